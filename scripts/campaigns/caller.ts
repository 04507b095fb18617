import { randomInt, randomUUID } from 'node:crypto';
import { readNumber } from '@/lib/phone/number';

/** Area codes of Brazil's larger cities: with random digits behind, numbers hardly ever share a prefix. */
const AREAS = ['11', '21', '31', '41', '51', '61', '71', '81', '85', '91'];

/** A new valid mobile number that the simulator treats as ordinary (its last four digits are no personality). */
export function ordinaryNumber(): string {
  for (;;) {
    const area = AREAS[randomInt(AREAS.length)] ?? '11';
    const to = `+55${area}9${randomInt(60_000_000, 100_000_000)}`;
    if (Number(to.slice(-4)) > 10 && typeof readNumber(to) !== 'string') return to;
  }
}

export type Answer = { status: number; body: Record<string, unknown>; retryAfter: number | null };

/** One call with a deadline; a refused or reset connection rejects. */
export async function call(
  baseUrl: string,
  key: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${baseUrl}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    signal: AbortSignal.timeout(10_000),
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const retryAfter = response.headers.get('retry-after');
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    retryAfter: retryAfter === null ? null : Number(retryAfter),
  };
}

/** Issues as a careful client does: one Idempotency-Key, again at another server until one answers. Null when none did in time. */
export async function issueUntilAnswered(
  servers: () => readonly string[],
  key: string,
  to: string,
  withinMs: number,
): Promise<{ id: string; at: number } | null> {
  const idempotencyKey = randomUUID();
  const deadline = Date.now() + withinMs;
  for (let n = randomInt(1000); Date.now() < deadline; n += 1) {
    const among = servers();
    const server = among[n % Math.max(1, among.length)];
    try {
      if (server) {
        const answer = await call(server, key, '/verifications', { to }, { 'idempotency-key': idempotencyKey });
        if (answer.status === 201) return { id: String(answer.body.id), at: Date.now() };
        if (answer.status < 500 && answer.status !== 409)
          throw new Error(`issue answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
    } catch (error: unknown) {
      if (error instanceof Error && error.message.startsWith('issue answered')) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

/** Runs `work` for every item, at most `width` at once. */
export async function eachOf<T>(
  items: readonly T[],
  width: number,
  work: (item: T, n: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let n = next++; n < items.length; n = next++) await work(items[n] as T, n);
    }),
  );
}
