import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { VonageApplication } from '@/lib/simulator/accounts';
import type { VonageMessage } from '@/lib/simulator/vonage-judge';
import { isTaken, type WebhookFate } from '@/lib/simulator/webhooks-out';
import type { World } from '@/lib/simulator/world';

/** Vonage repeats for up to a day; six tries, doubling, are enough of a day here. */
const RETRY = { triesMax: 6, backoffMs: 1000, retries: (result: Parameters<typeof isTaken>[0]) => !isTaken(result) };

/** `Bearer` and a JWT (HS256, signature secret) whose `payload_hash` is the SHA-256 of the body in hex. */
export function vonageBearer(application: VonageApplication, body: string, issuedAt: Date): string {
  const head = part({ alg: 'HS256', typ: 'JWT' });
  const claims = part({
    iat: Math.floor(issuedAt.getTime() / 1000),
    jti: randomUUID(),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(body, 'utf8').digest('hex'),
    api_key: application.api_key,
    application_id: application.application_id,
  });
  const signature = createHmac('sha256', application.signature_secret).update(`${head}.${claims}`).digest('base64url');
  return `Bearer ${head}.${claims}.${signature}`;
}

/** Callbacks so far: each world counts for itself, so that its tests can. */
const counted = new WeakMap<World, number>();
/** The documentation admits that some callbacks come unsigned; they are repeated with a signature when they are refused. */
const UNSIGNED_ONE_IN = 40;

/** Reports one status to the address of the message, else of the application. */
export async function reportVonageStatus(
  world: World,
  application: VonageApplication,
  message: VonageMessage,
  status: Record<string, unknown>,
): Promise<WebhookFate> {
  const url = message.webhookUrl ?? application.status_url;
  if (url === null) return 'given_up';
  const callbacks = (counted.get(world) ?? 0) + 1;
  counted.set(world, callbacks);
  // Vonage adds keys without notice.
  const body = JSON.stringify(
    callbacks % 5 === 0 ? { ...status, workflow: { id: randomUUID(), items_total: '1' } } : status,
  );
  const headers = { 'content-type': 'application/json', 'user-agent': 'vonage-webhooks/1.0' };
  if (world.settings.unsigned_callbacks && callbacks % UNSIGNED_ONE_IN === 0) {
    const fate = await world.webhooks.post({ url, headers, body, retry: { ...RETRY, triesMax: 1 } });
    if (fate === 'taken') return fate;
  }
  const authorization = vonageBearer(application, body, new Date());
  return world.webhooks.post({ url, headers: { ...headers, authorization }, body, retry: RETRY });
}

function part(claims: unknown): string {
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}
