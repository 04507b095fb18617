import { randomInt } from 'node:crypto';
import { blindIndex } from '@/lib/crypto/blind-index';
import { codeMac, generateCode } from '@/lib/crypto/code';
import { seal } from '@/lib/crypto/seal';
import { sendLimitKey } from '@/lib/db/bytes';
import { database } from '@/lib/db/client';
import { type IssueRow, issueVerifications } from '@/lib/db/issue-verifications';
import { recordSends } from '@/lib/db/messages';
import { newUuid, publicId } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { alternativeStep, planFor, policyOf, recipientOf } from '@/lib/operations/routes/plan-for';
import { codePlace, numberPlace } from '@/lib/operations/verifications/places';
import { benchNumber, type NumberFamily } from './numbers';

/** A live verification whose code we know, and its accepted message. */
export type Prepared = { id: string; code: string; messageId: string; providerMessageId: string };

const BATCH = 200;
const LANES = 2;

/** The row that the issue operation would hand to its statement for a number of the bench, with a code that the bench knows. */
export const issueRowFor = (appId: string, family: NumberFamily, n: number) =>
  issueRowTo({ appId, to: benchNumber(family, n), useCase: 'login' });

/** The same for any number, in E.164. */
export async function issueRowTo({
  appId,
  to,
  useCase,
}: {
  appId: string;
  to: string;
  useCase: string;
}): Promise<{ row: IssueRow; code: string }> {
  const configuration = await currentConfiguration();
  const policy = policyOf(configuration, useCase);
  const recipient = recipientOf(to);
  const plan = planFor(configuration, {
    country: recipient.country,
    policy,
    channel: null,
    locale: null,
    app: configuration.apps.get(appId) ?? null,
    draw: 0,
  });
  const id = newUuid();
  const code = generateCode(policy.codeLength);
  const toBlind = blindIndex('number', recipient.e164);
  const prefixBlind = blindIndex('prefix', recipient.prefix);
  return {
    code,
    row: {
      id,
      messageId: newUuid(),
      leaseToken: newUuid(),
      appId,
      livemode: true,
      useCase,
      country: recipient.country,
      toBlind,
      prefixBlind,
      toSealed: seal(recipient.e164, numberPlace(id)),
      emailSealed: null,
      toMasked: recipient.masked,
      channel: null,
      locale: plan.steps[0]?.locale ?? 'en',
      codeMac: codeMac(id, code),
      messageMac: null,
      codeSealed: seal(code, codePlace(id)),
      plan,
      alternativeStep: alternativeStep(plan),
      sendLimits: configuration.sendLimits,
      numberKey: sendLimitKey('number', true, toBlind),
      prefixKey: sendLimitKey('prefix', true, prefixBlind),
      ipKey: null,
      reference: null,
      metadata: null,
      transaction: null,
      client: null,
      appHash: null,
      requestId: `req_bench_${randomInt(2 ** 40).toString(36)}`,
      idempotency: null,
    },
  };
}

/** Makes `count` verifications as the server would, from number `first` on, through the server's own statements. */
export async function prepareVerifications(appId: string, first: number, count: number): Promise<Prepared[]> {
  const made: Prepared[] = [];
  let next = first;
  const end = first + count;
  const lane = async () => {
    while (next < end) {
      const from = next;
      next = Math.min(end, next + BATCH);
      const batch = await Promise.all(
        Array.from({ length: next - from }, (_, i) => issueRowFor(appId, 'prepared', from + i)),
      );
      const results = await issueVerifications(
        database(),
        batch.map(({ row }) => row),
      );
      const refused = results.find(({ kind }) => kind !== 'issued');
      if (refused) throw new Error(`a verification could not be prepared: ${refused.kind}`);
      const sent = batch.map(({ row, code }) => ({
        id: row.id,
        code,
        messageId: row.messageId,
        leaseToken: row.leaseToken,
        providerMessageId: `wamid.HBgM${row.messageId}`,
      }));
      await recordSends(
        database(),
        sent.map(({ messageId, leaseToken, providerMessageId }) => ({
          messageId,
          leaseToken,
          state: 'accepted',
          providerMessageId,
          segments: 1,
          reason: null,
          isOffChannel: false,
          providerCode: null,
          detail: null,
          polls: false,
        })),
      );
      made.push(...sent.map(({ leaseToken: _, ...prepared }) => prepared));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return made;
}

/** One status of Meta's webhook (v25) for a prepared message. */
export function metaStatus(
  { messageId, providerMessageId }: Prepared,
  status: 'sent' | 'delivered',
  at: Date,
): unknown {
  return {
    id: providerMessageId,
    status,
    timestamp: String(Math.floor(at.getTime() / 1000)),
    recipient_id: '5511900000000',
    biz_opaque_callback_data: publicId('message', messageId),
    pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' },
  };
}

/** A whole POST of Meta's with these statuses. */
export function metaWebhook(statuses: readonly unknown[]): string {
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '398120477563019',
        changes: [
          {
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550100200', phone_number_id: '412763905118274' },
              statuses,
            },
            field: 'messages',
          },
        ],
      },
    ],
  });
}
