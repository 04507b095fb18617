import { createHmac, randomBytes } from 'node:crypto';
import type { YCloudAccount } from '@/lib/simulator/accounts';
import { isTaken, type RetryRule, type WebhookFate } from '@/lib/simulator/webhooks-out';
import type { World } from '@/lib/simulator/world';

/** YCloud repeats seven times within six hours; a simulator gives up after six tries (31 s of simulated time). */
const RETRY: RetryRule = { triesMax: 6, backoffMs: 1000, retries: (result) => !isTaken(result) };

/** `YCloud-Signature` over the time, a dot and the exact bytes of the body. */
export function ycloudSignature(secret: string, seconds: number, rawBody: string): string {
  return `t=${seconds},s=${createHmac('sha256', secret).update(`${seconds}.${rawBody}`).digest('hex')}`;
}

export const newEventId = (): string => `evt_${randomBytes(12).toString('hex')}`;

/** Posts one event to the account's webhook endpoint. The payload's key follows from the type at the caller. */
export function reportEvent(
  world: World,
  account: YCloudAccount,
  type: string,
  payload: Record<string, unknown>,
  id = newEventId(),
): Promise<WebhookFate> {
  // Accounts may learn their webhook after a message was sent, as when a demo starts.
  const current = world.accounts.ycloudByKey(account.api_key) ?? account;
  if (current.webhook_url === null) return Promise.resolve('given_up');
  const now = new Date();
  const body = JSON.stringify({ id, type, apiVersion: 'v2', createTime: now.toISOString(), ...payload });
  return world.webhooks.post({
    url: current.webhook_url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'YCloud-Webhook/2',
      'ycloud-signature': ycloudSignature(current.webhook_secret, Math.floor(now.getTime() / 1000), body),
    },
    body,
    retry: RETRY,
  });
}
