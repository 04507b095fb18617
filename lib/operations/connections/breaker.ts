import { claimBreakerLooks, closeBreaker, keepBreakerOpen, openBreaker } from '@/lib/db/breakers';
import { database } from '@/lib/db/client';
import { BREAKER, opensBreaker, outcomeOf, retryAfterSeconds, type SendOutcome } from '@/lib/domain/routing/breaker';
import { inBackground } from '@/lib/operations/background';
import { lastConfiguration } from '@/lib/operations/configuration/snapshot';
import { askAdapter } from '@/lib/operations/provider-fault';
import type { SendResult } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

/** Each process judges by what it saw itself; what it decides, all of them read with the configuration. */
const holder = globalThis as { watchwordOutcomes?: Map<string, SendOutcome[]> };
const seen = (): Map<string, SendOutcome[]> => {
  holder.watchwordOutcomes ??= new Map();
  return holder.watchwordOutcomes;
};

const RETRY_AFTER_SECONDS = Array.from({ length: 11 }, (_, failedLooks) => retryAfterSeconds(failedLooks));

/** A look may take this long; shorter than the claim on it. */
const LOOK_DEADLINE_MS = 8_000;

/** Notes how a send ended, and opens the connection's breaker when too many fail. Costs nothing while all is well. */
export function noteOutcome(connectionId: string, result: SendResult): void {
  const isFailure = outcomeOf(result);
  if (isFailure === null) return;
  const now = Date.now();
  const outcomes = seen().get(connectionId) ?? [];
  outcomes.push({ at: now, isFailure });
  if (outcomes.length > BREAKER.outcomesMax) outcomes.splice(0, outcomes.length - BREAKER.outcomesMax);
  seen().set(connectionId, outcomes);
  if (!isFailure || !opensBreaker(outcomes, now)) return;
  // What led to this has been judged: after the breaker closes it must not open it again.
  seen().delete(connectionId);
  const reason = result.kind === 'refused' ? result.reason : 'no_answer';
  inBackground('open_breaker', async () => {
    if (!(await openBreaker(database(), connectionId, reason, RETRY_AFTER_SECONDS))) return;
    log().error({ connectionId, reason }, 'connection.breaker_opened');
  });
}

/**
 * connections.look_again: asks providers whose breaker is open whether they work, each by one process at a time. A provider that
 * cannot be asked without sending gets its traffic back, and loses it again if it still fails. Answers how many were asked.
 */
export async function lookAgain(limit = 5): Promise<number> {
  const claimed = await claimBreakerLooks(database(), limit);
  await Promise.all(
    claimed.map(async ({ id, failedLooks }) => {
      const { isGood, detail } = await look(id);
      if (isGood) {
        if (await closeBreaker(database(), id)) log().info({ connectionId: id }, 'connection.breaker_closed');
      } else await keepBreakerOpen(database(), id, retryAfterSeconds(failedLooks + 1), detail.slice(0, 200));
    }),
  );
  return claimed.length;
}

async function look(connectionId: string): Promise<{ isGood: boolean; detail: string }> {
  const connection = (await lastConfiguration()).connections.get(connectionId);
  const testConnection = connection && providerNamed(connection.provider)?.testConnection;
  if (!connection || !testConnection) return { isGood: true, detail: 'cannot be asked' };
  const failed = { isGood: false, detail: 'the provider adapter failed' };
  return askAdapter(connection.provider, 'provider.test_threw', failed, () =>
    testConnection(connection, AbortSignal.timeout(LOOK_DEADLINE_MS)),
  );
}
