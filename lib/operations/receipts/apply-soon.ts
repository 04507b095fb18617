import { setTimeout as sleep } from 'node:timers/promises';
import { inBackground } from '@/lib/operations/background';
import { applyHeard, FACTS_MAX, type Heard } from '@/lib/operations/receipts/apply';
import { log } from '@/lib/telemetry/log';

/** A statement costs as much by itself as ten facts: a busy process gathers a little between two, one callback alone never waits. */
const GATHER_MS = 8;
const CALLBACKS_ENOUGH = 100;
/** Callbacks that may wait in memory; past it the sweep reads them back from the database. */
const WAITING_MAX = 2_000;

type Holder = { waiting: Heard[]; isRunning: boolean };
const holder = globalThis as { watchwordApplying?: Holder };
const state = (): Holder => {
  holder.watchwordApplying ??= { waiting: [], isRunning: false };
  return holder.watchwordApplying;
};

/** Applies what a kept callback said, right after its 2xx, together with whatever else has come in. */
export function applySoon(heard: Heard): void {
  const held = state();
  if (held.waiting.length >= WAITING_MAX) return;
  held.waiting.push(heard);
  if (held.isRunning) return;
  held.isRunning = true;
  inBackground('apply_receipts', async () => {
    try {
      while (held.waiting.length > 0) {
        // One batch that fails is left to the sweep; those that came in meanwhile are not.
        await applyHeard(takeBatch(held)).catch((error: unknown) => {
          log().error({ error: String(error) }, 'callbacks.not_applied');
        });
        if (!isEnough(held.waiting)) await sleep(GATHER_MS);
      }
    } finally {
      held.isRunning = false;
    }
  });
}

/** Whether what waits fills a statement, by callbacks or by what they say: five POSTs of a hundred statuses each need no company. */
function isEnough(waiting: readonly Heard[]): boolean {
  if (waiting.length >= CALLBACKS_ENOUGH) return true;
  let facts = 0;
  for (const { events } of waiting) facts += events.length;
  return facts >= FACTS_MAX;
}

function takeBatch(held: Holder): Heard[] {
  let facts = 0;
  let count = 0;
  for (const heard of held.waiting) {
    if (count > 0 && facts + heard.events.length > FACTS_MAX) break;
    facts += heard.events.length;
    count += 1;
  }
  return held.waiting.splice(0, count);
}
