import { randomInt } from 'node:crypto';
import type { VerificationResource } from '@/lib/contract/verifications';
import { codeMac, generateCode } from '@/lib/crypto/code';
import { isKeyGone, open, seal } from '@/lib/crypto/seal';
import { sendLimitKey } from '@/lib/db/bytes';
import { database } from '@/lib/db/client';
import { findForResend, forgetSends, type ResendRow, resendVerification as resend } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ALPHABETS } from '@/lib/domain/policy/alphabet';
import { testCode } from '@/lib/domain/policy/policy';
import { passedOver, secondsToNext, workingStep } from '@/lib/domain/routing/fallback';
import type { Plan } from '@/lib/domain/routing/plan';
import { sendWait } from '@/lib/domain/verification/send-limits';
import { boundTo, type Transaction } from '@/lib/domain/verification/transaction';
import { newUuid } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { sendNow } from '@/lib/operations/messages/fall-back';
import { planFor, policyOf, requireSteps } from '@/lib/operations/routes/plan-for';
import { codePlace, recipientFor } from '@/lib/operations/verifications/places';
import { describeStep, describeVerification, reachOf, verificationUuid } from '@/lib/operations/verifications/resource';

/**
 * verifications.resend: sends the code again, on the same channel or another one the user chose. Once per cooldown,
 * however many ask at once; counts as a send of the number and of its prefix, as an issue does.
 */
export async function resendVerification(
  actor: Actor,
  input: { verificationId: string; channel?: Channel | undefined },
): Promise<VerificationResource> {
  permit(actor, 'verifications:write');
  const found = await findForResend(database(), verificationUuid(input.verificationId), reachOf(actor));
  if (!found) throw new Refusal('not_found', { detail: 'No such verification.' });
  refuseWhenClosed(found);

  const { plan, step } = await stepFor(found, input.channel ?? null);
  const chosen = plan.steps[step];
  if (!chosen) throw new Error(`plan of ${found.id} has no step ${step}`);

  const { to, code } = whileKeyStands(() => ({
    to: recipientFor(chosen.channel, {
      id: found.id,
      toSealed: found.to_sealed,
      emailSealed: found.email_sealed,
    }),
    code: codeFor(found, plan),
  }));
  const transaction = found.transaction as Transaction | null;
  const bound = boundTo(plan.policy, transaction);
  const { sendLimits } = await currentConfiguration();
  const messageId = newUuid();
  const messageLease = newUuid();
  const result = await resend(database(), {
    verificationId: found.id,
    resendsUsed: found.resends_used,
    resendsMax: plan.policy.resendsMax,
    stepSeen: found.step,
    messageId,
    messageLease,
    eventId: newUuid(),
    numberKey: sendLimitKey('number', found.livemode, found.to_blind),
    prefixKey: sendLimitKey('prefix', found.livemode, found.prefix_blind),
    sendLimits,
    plan,
    planChange: changeOf(found.plan, plan),
    // Without a channel of the user's, another step than the one in use stands in for it.
    passedOver: passedOver(plan, input.channel === undefined && step !== found.step ? found.step : null),
    step,
    cooldownSeconds: plan.policy.resendCooldownSeconds,
    nextAfterSeconds: found.livemode ? secondsToNext(plan, step) : null,
    channel: input.channel ?? null,
    code: code.isNew
      ? {
          mac: codeMac(found.id, code.digits, bound),
          sealed: code.keep ? seal(code.digits, codePlace(found.id)) : null,
          replaces: code.replaces,
        }
      : null,
    messageMac: plan.policy.codeMode === 'code_per_message' ? codeMac(found.id, code.digits, bound) : null,
  });
  // Limits judge in order, and before the verification is held: whoever was refused after them sent nothing.
  if (result.kind !== 'resent') await forgetSends(database(), result.counted);
  if (result.kind === 'limited') throw new Refusal('too_many_verifications', sendWait(result, sendLimits));
  if (result.kind === 'raced')
    throw new Refusal('already_pending', {
      detail: 'It was sent again a moment ago.',
      retryAfterSeconds: plan.policy.resendCooldownSeconds || 1,
      quota: { requests: 1 },
    });

  if (found.livemode) {
    sendNow({
      messageId,
      leaseToken: messageLease,
      verificationId: found.id,
      country: found.country,
      step: chosen,
      to,
      code: code.digits,
      brand: plan.brand,
      webDomain: plan.webDomain,
      appHash: found.app_hash,
      transaction,
      lifetimeSeconds: plan.policy.lifetimeSeconds,
      secondsLeft: found.seconds_left,
    });
  }
  return describeVerification(result.row);
}

/** A key that was taken off the ring takes along what was sealed with it: such a code can still be checked, if at all, and not sent. */
function whileKeyStands<T>(opened: () => T): T {
  try {
    return opened();
  } catch (error: unknown) {
    if (!isKeyGone(error)) throw error;
    throw new Refusal('verification_closed', { detail: 'Its key is gone: it cannot be sent again.' });
  }
}

function refuseWhenClosed(row: ResendRow): void {
  if (row.status !== 'pending' || row.is_past_expiry) {
    throw new Refusal('verification_closed', {
      detail: row.status === 'pending' ? 'It has expired.' : `It ended as ${row.status}.`,
    });
  }
  const wait = Math.ceil((row.resend_after.getTime() - row.now.getTime()) / 1000);
  if (wait > 0)
    throw new Refusal('already_pending', {
      detail: 'Wait before sending again.',
      retryAfterSeconds: wait,
      quota: { requests: 1 },
    });
  if (row.resends_used >= row.outline.resendsMax) throw new Refusal('resends_spent');
}

/**
 * The step to send. Without a channel it is the current one. A channel that is named, be it the current one, is the user's own choice: from
 * then on nothing falls back by itself. A channel outside the frozen plan is planned as configuration stands now.
 */
async function stepFor(row: ResendRow, channel: Channel | null): Promise<{ plan: Plan; step: number }> {
  if (channel === null) {
    const { isDown } = await currentConfiguration();
    return { plan: row.plan, step: workingStep(row.plan, row.step, [], isDown) };
  }
  const own = { ...row.plan, isUserChoice: true, fallbackOnFailed: false, fallbackAfterSeconds: 0 };
  if (row.plan.steps[row.step]?.channel === channel) return { plan: own, step: row.step };
  const known = row.plan.steps.findIndex((step) => step.channel === channel);
  if (known >= 0) return { plan: own, step: known };

  const configuration = await currentConfiguration();
  const fresh = planFor(configuration, {
    country: row.country,
    // What is approved stays as it was issued, and so do the texts that tell it.
    policy: { ...policyOf(configuration, row.use_case), bindsTransaction: row.plan.policy.bindsTransaction ?? false },
    channel,
    hasMailAddress: row.email_sealed !== null,
    locale: row.locale,
    app: configuration.apps.get(row.app_id) ?? null,
    draw: randomInt(2 ** 32) / 2 ** 32,
  });
  requireSteps(fresh, channel, row.country);
  const [added] = fresh.steps;
  if (!added) throw new Error('a plan with steps has a first one');
  return { plan: { ...own, steps: [...own.steps, added] }, step: own.steps.length };
}

/** What a choice changes in the plan of the issue; null when it changes nothing. */
function changeOf(before: Plan, after: Plan): Record<string, unknown> | null {
  const added = after.steps[before.steps.length];
  const change = {
    ...(before.isUserChoice === after.isUserChoice ? {} : { is_user_choice: after.isUserChoice }),
    ...(before.fallbackOnFailed === after.fallbackOnFailed ? {} : { fallback_on_failed: after.fallbackOnFailed }),
    ...(before.fallbackAfterSeconds === after.fallbackAfterSeconds
      ? {}
      : { fallback_after_seconds: after.fallbackAfterSeconds || null }),
    ...(added ? { added_step: describeStep(added) } : {}),
  };
  return Object.keys(change).length > 0 ? change : null;
}

type Code = { digits: string; isNew: boolean; keep: boolean; replaces: boolean };

/** The code of this message: the same, a new one for everything (policy `new_code`), or one of its own (`code_per_message`). */
function codeFor(row: ResendRow, plan: Plan): Code {
  const newCode = () => generateCode(plan.policy.codeLength, ALPHABETS[plan.policy.alphabet]);
  if (!row.livemode) return { digits: testCode(plan.policy), isNew: false, keep: false, replaces: false };
  if (plan.policy.codeMode === 'code_per_message') {
    return { digits: newCode(), isNew: true, keep: false, replaces: false };
  }
  if (plan.policy.resendCode === 'new_code') {
    return { digits: newCode(), isNew: true, keep: true, replaces: true };
  }
  if (!row.code_sealed) throw new Refusal('verification_closed', { detail: 'Its code is gone.' });
  return { digits: open(row.code_sealed, codePlace(row.id)).toString(), isNew: false, keep: false, replaces: false };
}
