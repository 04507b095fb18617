import { createHmac } from 'node:crypto';
import type { MetaAccount } from '@/lib/simulator/accounts';
import type { MetaTemplate } from '@/lib/simulator/meta-template-store';
import type { RetryRule } from '@/lib/simulator/webhooks-out';
import { isTaken, type WebhookFate } from '@/lib/simulator/webhooks-out';
import type { World } from '@/lib/simulator/world';

/** Meta repeats for up to 7 days with growing gaps; a simulator gives up after six tries (31 s of simulated time). */
const META_RETRY: RetryRule = { triesMax: 6, backoffMs: 1000, retries: (result) => !isTaken(result) };

/** JSON as Meta writes it: slashes and everything outside ASCII escaped, so that whoever re-serialises it fails the signature. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `X-Hub-Signature-256` over the exact bytes of the body. */
export function metaSignature(appSecret: string, rawBody: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(rawBody).digest('hex')}`;
}

type Change = { value: Record<string, unknown>; field: string };

/** Statuses that wait for their batch, per sender. Bounded by `batch_max`, which flushes at once. */
const waiting = new WeakMap<World, Map<string, Record<string, unknown>[]>>();

/**
 * Reports one status, at once or with its batch. `isUrgent` leaves alone whatever batch is on. Resolves when the app
 * has taken it; a batched status resolves as `taken` when it joins its batch.
 */
export function reportStatus(
  world: World,
  account: MetaAccount,
  status: Record<string, unknown>,
  isUrgent = false,
): Promise<WebhookFate> {
  if (isUrgent || world.settings.batch_window_ms === null) return postStatuses(world, account, [status]);
  const batches = waiting.get(world) ?? new Map<string, Record<string, unknown>[]>();
  waiting.set(world, batches);
  const batch = batches.get(account.phone_number_id) ?? [];
  batch.push(status);
  batches.set(account.phone_number_id, batch);
  if (batch.length >= world.settings.batch_max) flush(world, account);
  else if (batch.length === 1) world.time.after(world.settings.batch_window_ms, () => flush(world, account));
  return Promise.resolve('taken');
}

function flush(world: World, account: MetaAccount): void {
  const batches = waiting.get(world);
  const batch = batches?.get(account.phone_number_id);
  if (!batch || batch.length === 0) return;
  batches?.delete(account.phone_number_id);
  void postStatuses(world, account, batch);
}

function postStatuses(world: World, account: MetaAccount, statuses: Record<string, unknown>[]): Promise<WebhookFate> {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: account.display_phone_number, phone_number_id: account.phone_number_id },
    statuses,
  };
  return postChange(world, account, { value, field: 'messages' });
}

/** Tells the app what became of a template. Rejections come with a reason and a recommendation. */
export function reportTemplate(world: World, account: MetaAccount, template: MetaTemplate): Promise<WebhookFate> {
  const isRejected = template.status === 'REJECTED';
  const value = {
    event: template.status,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    // The webhook spells languages with a dash where the API uses an underscore.
    message_template_language: template.language.replace('_', '-'),
    reason: isRejected ? 'INVALID_FORMAT' : 'NONE',
    message_template_category: 'AUTHENTICATION',
    ...(isRejected
      ? {
          rejection_info: {
            reason: 'The template has a component that authentication templates do not allow.',
            recommendation: 'Remove the component and submit the template again.',
          },
        }
      : {}),
  };
  return postChange(world, account, { value, field: 'message_template_status_update' }, Math.floor(Date.now() / 1000));
}

/** The person pressed "I didn't request a code" under a message. */
export function reportCodeDenied(
  world: World,
  account: MetaAccount,
  from: string,
  wamid: string,
): Promise<WebhookFate> {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: account.display_phone_number, phone_number_id: account.phone_number_id },
    contacts: [{ profile: { name: 'Sari' }, wa_id: from.slice(1) }],
    messages: [
      {
        context: { from: account.display_phone_number, id: wamid },
        from: from.slice(1),
        id: `${wamid.slice(0, -4)}IN==`,
        timestamp: String(Math.floor(Date.now() / 1000)),
        type: 'button',
        button: { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" },
      },
    ],
  };
  return postChange(world, account, { value, field: 'messages' });
}

function postChange(world: World, account: MetaAccount, change: Change, time?: number): Promise<WebhookFate> {
  // Accounts may learn their webhook after a message was sent, as when a demo starts.
  const current = world.accounts.metaByPhoneId(account.phone_number_id) ?? account;
  if (current.webhook_url === null) return Promise.resolve('given_up');
  const entry = { id: current.waba_id, ...(time === undefined ? {} : { time }), changes: [change] };
  const body = metaJson({ object: 'whatsapp_business_account', entry: [entry] });
  return world.webhooks.post({
    url: current.webhook_url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': metaSignature(current.app_secret, body),
    },
    body,
    retry: META_RETRY,
  });
}

/** Meta's subscription handshake: the app must answer with the bare challenge. Returns what went wrong, null when nothing. */
export async function verifyWebhook(world: World, url: string, verifyToken: string): Promise<string | null> {
  const challenge = String(1_000_000_000 + Math.floor(world.random() * 1_000_000_000));
  const target = new URL(url);
  target.searchParams.set('hub.mode', 'subscribe');
  target.searchParams.set('hub.challenge', challenge);
  target.searchParams.set('hub.verify_token', verifyToken);
  const result = await world.client.call({ method: 'GET', url: target.href, timeoutMs: 5000 });
  if (result.kind === 'failed') return result.cause;
  if (result.status !== 200) return `answered ${result.status}`;
  return result.body === challenge ? null : 'answered something else than the challenge';
}
