import { open } from '@/lib/crypto/seal';
import { claimDeliveries, type DueDelivery, settleDelivery } from '@/lib/db/alert-deliveries';
import { database } from '@/lib/db/client';
import { retryAfterSeconds } from '@/lib/domain/alerts/retry';
import { publicId } from '@/lib/ids';
import type { AlertNotice } from '@/lib/operations/alerts/notify';
import { postWebhook } from '@/lib/operations/alerts/post-webhook';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

const MAIL_TIMEOUT_MS = 10_000;

/** Where a destination's signing secret is sealed to. */
export const destinationPlace = (destinationId: string) => `alert_destination/secret/${destinationId}`;

/**
 * alerts.deliver: sends what is due to its destinations, each by one process at a time, and notes what came of it. What fails is tried
 * again from 5 s to 24 h later, and then given up. Answers how many were tried.
 */
export async function deliverNotices(limit = 10): Promise<number> {
  const due = await claimDeliveries(database(), limit);
  await Promise.all(
    due.map(async (delivery) => {
      const result = await send(delivery).catch((error: unknown) => {
        // Its text may hold an address or a secret.
        log().error(
          { deliveryId: delivery.id, error: error instanceof Error ? error.name : 'unknown' },
          'alert.delivery_threw',
        );
        return { isDelivered: false, words: 'could not be sent' };
      });
      await settleDelivery(database(), delivery.id, delivery.tries, {
        ...result,
        retryAfterSeconds: retryAfterSeconds(delivery.tries),
      });
      if (!result.isDelivered) log().warn({ deliveryId: delivery.id, tries: delivery.tries }, 'alert.not_delivered');
    }),
  );
  return due.length;
}

async function send(delivery: DueDelivery): Promise<{ isDelivered: boolean; words: string }> {
  if (delivery.kind === 'email') return sendMail(delivery);
  if (!delivery.secretSealed) return { isDelivered: false, words: 'its secret is gone' };
  const secret = open(delivery.secretSealed, destinationPlace(delivery.destinationId)).toString('utf8');
  // One id for all tries of an event: the receiver can tell a repetition from a new one.
  const event = { id: publicId('event', delivery.id), at: new Date(), body: JSON.stringify(delivery.body) };
  return postWebhook(delivery.address, secret, event);
}

/** Through the installation's own mail connection, as plain text. */
async function sendMail(delivery: DueDelivery): Promise<{ isDelivered: boolean; words: string }> {
  const { connections } = await currentConfiguration();
  const connection = [...connections.values()].find(({ provider, enabled }) => provider === 'smtp' && enabled);
  if (!connection) return { isDelivered: false, words: 'no SMTP connection is set up' };
  const notice = delivery.body as AlertNotice;
  const result = await providerNamed('smtp')?.send(
    connection,
    {
      messageId: publicId('event', delivery.id),
      channel: 'email',
      to: delivery.address,
      code: '',
      content: { kind: 'mail', ...mailOf(notice) },
      validitySeconds: 86_400,
      statusCallbackUrl: null,
    },
    AbortSignal.timeout(MAIL_TIMEOUT_MS),
  );
  if (result?.kind === 'accepted') return { isDelivered: true, words: 'taken by the mail server' };
  // May have arrived: two letters are better than none.
  if (result?.kind === 'unknown') return { isDelivered: false, words: 'the mail server did not answer' };
  return { isDelivered: false, words: `refused: ${result?.detail ?? 'no provider'}` };
}

const SUBJECTS: Record<AlertNotice['type'], string> = {
  'alert.opened': 'Alert',
  'alert.resolved': 'Resolved',
  'alert.test': 'Test',
};

export function mailOf({ type, data }: AlertNotice): { subject: string; body: string } {
  const lines = [
    data.cause,
    '',
    `Since: ${data.opened_at}${data.resolved_at ? `, resolved ${data.resolved_at}` : ''}`,
    ...(data.scope.countries.length > 0 ? [`Countries: ${data.scope.countries.join(', ')}`] : []),
    ...(data.openings > 1 ? [`Opened ${data.openings} times within a day.`] : []),
    ...(data.samples.length > 0 ? ['', 'Verifications that show it:', ...data.samples] : []),
    '',
    data.url,
  ];
  return { subject: `${SUBJECTS[type]}: ${data.cause}`.slice(0, 200), body: lines.join('\n') };
}
