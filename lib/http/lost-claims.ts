import { setTimeout as pause } from 'node:timers/promises';
import { database, isDatabaseAway } from '@/lib/db/client';
import { forgetIdempotencyKey, type IdempotencyClaim, type IdempotencyId } from '@/lib/db/idempotency';
import { inBackground } from '@/lib/operations/background';

type Lost = { id: IdempotencyId; claim: IdempotencyClaim; answers: number };
type Holder = { lost: Lost[]; isAtWork: boolean };
const holder = globalThis as { watchwordLostClaims?: Holder };
const state = (): Holder => {
  holder.watchwordLostClaims ??= { lost: [], isAtWork: false };
  return holder.watchwordLostClaims;
};

/** One more is left to its lock, which ends after 30 s. */
const LOST_MAX = 1_000;
const ROUND_MS = 1_000;
/** Some ten minutes of an outage at the least. */
const ROUNDS_MAX = 600;
/** A claim that is not there may still lie in the hands of a server that wakes up: it is looked for once more, a round later. */
const ANSWERS_MIN = 2;

/**
 * Forgets a claim as soon as the database answers: its caller was told 503 and may come again, but a server that hung may have
 * run the claim, or may yet, when nobody waits for it any more. Never a claim that somebody else holds. Returns at once.
 */
export function forgetOnceBack(id: IdempotencyId, claim: IdempotencyClaim): void {
  const held = state();
  if (held.lost.length >= LOST_MAX) return;
  held.lost.push({ id, claim, answers: 0 });
  if (held.isAtWork) return;
  held.isAtWork = true;
  inBackground('forget_lost_claims', async () => {
    try {
      for (let round = 0; round < ROUNDS_MAX && held.lost.length > 0; round += 1) {
        if (round > 0) await pause(ROUND_MS);
        await forgetAll(held);
      }
    } finally {
      held.lost = [];
      held.isAtWork = false;
    }
  });
}

/** Asks about each, one after the other; the first that gets no answer ends the round. */
async function forgetAll(held: Holder): Promise<void> {
  for (const each of [...held.lost]) {
    try {
      each.answers = (await forgetIdempotencyKey(database(), each.id, each.claim)) ? ANSWERS_MIN : each.answers + 1;
    } catch (error: unknown) {
      if (isDatabaseAway(error)) return;
      throw error;
    }
    if (each.answers >= ANSWERS_MIN) held.lost.splice(held.lost.indexOf(each), 1);
  }
}
