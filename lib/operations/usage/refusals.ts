import { database } from '@/lib/db/client';
import { addRefusedIssues, type RefusedIssues } from '@/lib/db/refused-issues';
import type { ErrorCode } from '@/lib/domain/errors';
import { log } from '@/lib/telemetry/log';

const TELL_EVERY_MS = 1_000;
const HALF_HOUR_MS = 30 * 60_000;
/** Every combination is a row; whoever asks for nonsense names no country and no use case that exist. */
const WAITING_MAX = 5_000;

/** Refusals by a limit or a block: somebody who might have had a code got none. */
const BLOCKING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'country_not_served',
  'country_cap_reached',
  'too_many_verifications',
  'too_many_checks',
]);

type Tally = { waiting: Map<string, RefusedIssues>; timer: NodeJS.Timeout | null };
const holder = globalThis as { watchwordRefusals?: Tally };
const tally = (): Tally => {
  holder.watchwordRefusals ??= { waiting: new Map(), timer: null };
  return holder.watchwordRefusals;
};

/** Counts one live request that was refused, where a limit or a block did it. Written a second later: a process that dies forgets less than that. */
export function countRefusal(
  refused: { appId: string; country: string; useCase: string; code: ErrorCode },
  now: Date,
): void {
  if (!BLOCKING.has(refused.code)) return;
  const { waiting } = tally();
  const at = new Date(Math.floor(now.getTime() / HALF_HOUR_MS) * HALF_HOUR_MS);
  const key = `${at.getTime()} ${refused.appId} ${refused.country} ${refused.useCase} ${refused.code}`;
  const known = waiting.get(key);
  if (!known && waiting.size >= WAITING_MAX) return;
  waiting.set(key, { ...refused, at, n: (known?.n ?? 0) + 1 });
  tally().timer ??= setTimeout(() => void tellRefusals(), TELL_EVERY_MS).unref();
}

/** Writes what was counted. What cannot be written now is tried again. */
export async function tellRefusals(): Promise<void> {
  const held = tally();
  if (held.timer) clearTimeout(held.timer);
  held.timer = null;
  const telling = [...held.waiting.entries()];
  held.waiting = new Map();
  if (telling.length === 0) return;
  try {
    await addRefusedIssues(
      database(),
      telling.map(([, refused]) => refused),
    );
  } catch (error: unknown) {
    log().warn({ error: String(error) }, 'refusals.not_told');
    for (const [key, refused] of telling)
      held.waiting.set(key, { ...refused, n: refused.n + (held.waiting.get(key)?.n ?? 0) });
    held.timer ??= setTimeout(() => void tellRefusals(), TELL_EVERY_MS).unref();
  }
}
