import { codeMac, generateCode } from '@/lib/crypto/code';
import { open } from '@/lib/crypto/seal';
import { database } from '@/lib/db/client';
import type { TimerPause } from '@/lib/db/configuration';
import {
  claimTimers,
  closeUndeliverable,
  type DecidingFailure,
  type DueTimer,
  pauseTimer,
  restTimer,
  sendFallback,
} from '@/lib/db/timers';
import { ALPHABETS } from '@/lib/domain/policy/alphabet';
import { decideFallback, type FallbackDecision, passedOver } from '@/lib/domain/routing/fallback';
import { boundTo } from '@/lib/domain/verification/transaction';
import { newUuid } from '@/lib/ids';
import { inBackground } from '@/lib/operations/background';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { dispatchMessage, type Handover } from '@/lib/operations/messages/dispatch';
import { codePlace, recipientFor } from '@/lib/operations/verifications/places';
import { log } from '@/lib/telemetry/log';
import { countFallback } from '@/lib/telemetry/metrics';

/**
 * messages.fall_back: takes due timers, decides each, and sends what the decision says. Any number of processes may
 * run it at once: a timer is claimed by one of them, and its result is written only under that claim.
 *
 * @param ids look at these only (news about them has just come in), or null for whatever is due.
 * @returns how many timers were taken; at the limit there may be more.
 */
export async function fallBack(ids: readonly string[] | null, limit = 50): Promise<number> {
  const timers = await claimTimers(database(), limit, ids);
  await Promise.all(
    timers.map((timer) =>
      settle(timer).catch((error: unknown) => {
        // The lease ends by itself and another look follows; the others must not suffer.
        log().error({ verificationId: timer.id, error: String(error) }, 'fallback.failed');
      }),
    ),
  );
  return timers.length;
}

/** Looks at these verifications now, in the background: from a failure to the next send without waiting for a poll. */
export function fallBackNow(ids: readonly string[]): void {
  if (ids.length > 0) inBackground('fall_back', () => fallBack(ids, ids.length));
}

/** Sends a committed message in the background, and the next channel at once when it is refused. */
export function sendNow(handover: Handover): void {
  inBackground('dispatch', async () => {
    if (await dispatchMessage(handover)) await fallBack([handover.verificationId], 1);
  });
}

async function settle(timer: DueTimer): Promise<void> {
  // A snapshot of the last second is enough, and without one nothing is known to be down.
  const isDown = await currentConfiguration().then(
    (configuration) => configuration.isDown,
    () => new Set<string>(),
  );
  const decision = decideFallback({ ...timer, isDown });
  const eventId = newUuid();
  if (decision.kind === 'wait') {
    await restTimer(database(), {
      id: timer.id,
      leaseToken: timer.leaseToken,
      eventId,
      cause: timer.cause,
      why: decision.why,
      silenceAfterSeconds: decision.silenceAfterSeconds,
      // Nothing is on its way: whoever chooses again may do so at once, within the send limits.
      mayResendNow: decision.why === 'switch_offered',
    });
    return;
  }
  if (decision.kind === 'undeliverable') {
    await closeUndeliverable(database(), {
      id: timer.id,
      leaseToken: timer.leaseToken,
      eventId,
      why: decision.why,
      failure: failureOf(timer),
    });
    log().warn({ verificationId: timer.id }, 'verification.undeliverable');
    return;
  }
  const pause = decision.why === 'timeout' ? await timerPause(timer.plan.steps[timer.step]?.connectionId) : null;
  if (pause && (await pauseTimer(database(), { id: timer.id, leaseToken: timer.leaseToken, eventId, ...pause })))
    return;
  await sendNext(timer, decision, eventId);
}

/** While its connection's webhook is deaf, silence says nothing of a message. Null: timers run, also when nobody can tell: a code is worth more than a bill. */
async function timerPause(connectionId: string | undefined): Promise<TimerPause | null> {
  return currentConfiguration().then(
    ({ pauses }) =>
      pauses
        .filter(({ deaf }) => deaf === null || deaf.includes(connectionId ?? ''))
        .toSorted((one, other) => other.pauseUntil.getTime() - one.pauseUntil.getTime())[0] ?? null,
    () => null,
  );
}

async function sendNext(
  timer: DueTimer,
  decision: Extract<FallbackDecision, { kind: 'send' }>,
  eventId: string,
): Promise<void> {
  const { plan } = timer;
  const step = plan.steps[decision.step];
  if (!step) throw new Error(`plan of ${timer.id} has no step ${decision.step}`);

  const isOwnCode = plan.policy.codeMode === 'code_per_message';
  const code = isOwnCode ? generateCode(plan.policy.codeLength, ALPHABETS[plan.policy.alphabet]) : openCode(timer);
  const messageId = newUuid();
  const messageLease = newUuid();
  const mayLeave = await sendFallback(database(), {
    verificationId: timer.id,
    leaseToken: timer.leaseToken,
    messageId,
    messageLease,
    eventId,
    step: decision.step,
    cause: decision.why,
    failure: decision.why === 'failed' ? failureOf(timer) : null,
    nextAfterSeconds: decision.nextAfterSeconds,
    codeMac: isOwnCode ? codeMac(timer.id, code, boundTo(plan.policy, timer.transaction)) : null,
    skipped: decision.notOnChannel.map((passed) => ({
      eventId: newUuid(),
      channel: plan.steps[passed]?.channel ?? '',
      why: 'remembered_not_on_channel',
    })),
    passedOver: passedOver(plan, decision.breakerOpen),
  });
  if (!mayLeave) return;

  countFallback(decision.why);
  sendNow({
    messageId,
    leaseToken: messageLease,
    verificationId: timer.id,
    country: timer.country,
    step,
    to: recipientFor(step.channel, timer),
    code,
    brand: plan.brand,
    webDomain: plan.webDomain,
    appHash: timer.appHash,
    transaction: timer.transaction,
    lifetimeSeconds: plan.policy.lifetimeSeconds,
    secondsLeft: timer.secondsLeft,
  });
}

/** The newest failure: whatever was sent after it is not what the decision rests on. */
function failureOf({ messages }: DueTimer): DecidingFailure | null {
  const failed = messages.findLast(({ state }) => state === 'failed');
  return failed ? { messageId: failed.id, reason: failed.reason, providerCode: failed.providerCode } : null;
}

function openCode(timer: DueTimer): string {
  if (!timer.codeSealed) throw new Error(`verification ${timer.id} has no sealed code left`);
  return open(timer.codeSealed, codePlace(timer.id)).toString();
}
