import { createHmac, randomBytes } from 'node:crypto';

/** A new secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/**
 * The headers of one event after Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, so that neither an event nor its moment can
 * be changed on the way. `at` is the moment of this try; receivers refuse what is older than a few minutes.
 */
export function webhookHeaders(secret: string, event: { id: string; at: Date; body: string }): Record<string, string> {
  const timestamp = String(Math.floor(event.at.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const digest = createHmac('sha256', key).update(`${event.id}.${timestamp}.${event.body}`).digest('base64');
  return { 'webhook-id': event.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` };
}
