import { randomInt } from 'node:crypto';
import { systemClock } from '@/lib/clock';
import { type IssueBody, type VerificationResource, verification } from '@/lib/contract/verifications';
import { blindIndex } from '@/lib/crypto/blind-index';
import { codeMac, generateCode } from '@/lib/crypto/code';
import { seal } from '@/lib/crypto/seal';
import { sendLimitKey } from '@/lib/db/bytes';
import { database } from '@/lib/db/client';
import type { AppRow } from '@/lib/db/configuration';
import { findFirstAnswer, forgetIssueKey } from '@/lib/db/idempotency';
import { type IssueResult, type IssueRow, issueVerifications } from '@/lib/db/issue-verifications';
import { forgetSends } from '@/lib/db/verifications';
import { networkOf } from '@/lib/domain/abuse/network';
import type { Actor } from '@/lib/domain/actor';
import { isRefusal, Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { ALPHABETS } from '@/lib/domain/policy/alphabet';
import { type Policy, testCode } from '@/lib/domain/policy/policy';
import { orderedSteps, type Plan } from '@/lib/domain/routing/plan';
import { budgetWait } from '@/lib/domain/verification/budget';
import { REPROBE_ONE_IN, type SendLimits } from '@/lib/domain/verification/limits';
import { sendWait } from '@/lib/domain/verification/send-limits';
import { boundTo, isBindable } from '@/lib/domain/verification/transaction';
import { newUuid, publicId } from '@/lib/ids';
import { Coalescer } from '@/lib/operations/coalescer';
import { type Configuration, currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { sendNow } from '@/lib/operations/messages/fall-back';
import {
  alternativeStep,
  planFor,
  policyOf,
  recipientOf,
  requireSteps,
  requireUseCase,
} from '@/lib/operations/routes/plan-for';
import { requireUnderCap } from '@/lib/operations/usage/meter';
import { countRefusal } from '@/lib/operations/usage/refusals';
import { codePlace, mailPlace, numberPlace } from '@/lib/operations/verifications/places';
import type { Recipient } from '@/lib/phone/number';

export type IssueOptions = {
  requestId: string;
  /** Key, and a keyed hash of the request. */
  idempotency?: { key: string; fingerprint: Buffer } | null;
  /** For a person in the console: which app and mode to issue for. A key issues for its own. */
  on?: { appId: string; livemode: boolean };
};

/** `isReplay`: an earlier request with the same Idempotency-Key answered this. */
export type Issued = { resource: VerificationResource; isReplay: boolean };

const holder = globalThis as { watchwordIssues?: Coalescer<IssueRow, IssueResult> };
const issues = (): Coalescer<IssueRow, IssueResult> => {
  holder.watchwordIssues ??= new Coalescer({
    run: (rows) => issueVerifications(database(), rows),
    keysOf: (row) => [
      row.numberKey.toString('latin1'),
      row.prefixKey.toString('latin1'),
      ...(row.ipKey ? [row.ipKey.toString('latin1')] : []),
      ...(row.idempotency ? [`k${row.appId}${row.livemode}${row.idempotency.key}`] : []),
    ],
    batchMax: 64,
    flightsMax: 2,
    gatherRows: 16,
    queueMax: 2_000,
  });
  return holder.watchwordIssues;
};

/**
 * verifications.issue: creates a code and sends it. When it answers, verification, message and timer are durable, and
 * the first send is on its way from this process; nothing left the building before the commit.
 */
export async function issueVerification(actor: Actor, input: IssueBody, options: IssueOptions): Promise<Issued> {
  permit(actor, 'verifications:write');
  const { appId, livemode } = targetOf(actor, options);
  let asked: { country: string; useCase: string } | null = null;
  try {
    const configuration = await currentConfiguration();
    const app = configuration.apps.get(appId);
    if (!app) throw new Refusal('not_found', { detail: 'No such app.' });

    const policy = policyOf(configuration, input.use_case);
    requireUseCase(app, policy.useCase);
    if (policy.bindsTransaction && !isBindable(input.transaction)) {
      throw new Refusal('transaction_required', {
        param: 'transaction',
        detail: `${policy.useCase} approves a transaction: name amount, currency and payee.`,
      });
    }
    const recipient = recipientOf(input.to);
    asked = { country: recipient.country, useCase: policy.useCase };
    return await issueTo(recipient, { configuration, app, policy, input, options, livemode });
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    const { idempotency } = options;
    // A database that did not answer is not asked again: the caller would hear of it too late, and repeats the request anyway.
    if (idempotency && error.code !== 'unavailable' && !error.code.startsWith('idempotency_')) {
      // What was done once is what a repeated request has to hear, whatever limits, caps and configuration say by now.
      const done = await firstAnswerTo({ appId, livemode, ...idempotency, metadata: input.metadata ?? {} });
      if (done) return done;
    }
    if (livemode && asked) countRefusal({ appId, ...asked, code: error.code }, systemClock.now());
    throw error;
  }
}

async function issueTo(
  recipient: Recipient,
  {
    configuration,
    app,
    policy,
    input,
    options,
    livemode,
  }: {
    configuration: Configuration;
    app: AppRow;
    policy: Policy;
    input: IssueBody;
    options: IssueOptions;
    livemode: boolean;
  },
): Promise<Issued> {
  const channel = input.channel ?? null;
  const plan = planFor(configuration, {
    country: recipient.country,
    policy,
    channel,
    hasMailAddress: input.email !== undefined,
    locale: input.locale ?? null,
    app,
    draw: randomInt(2 ** 32) / 2 ** 32,
  });
  requireSteps(plan, channel, recipient.country);
  if (livemode) await requireUnderCap(recipient.country, configuration.routeFor(recipient.country), systemClock.now());

  const id = newUuid();
  const code = livemode ? generateCode(policy.codeLength, ALPHABETS[policy.alphabet]) : testCode(policy);
  const row = rowFor({
    id,
    appId: app.id,
    livemode,
    input,
    options,
    recipient,
    plan,
    code,
    sendLimits: configuration.sendLimits,
  });
  const result = await issues().submit(row);
  if (result.kind !== 'issued') return refuseOrReplay(row, result);

  const step = plan.steps[result.step];
  if (livemode && step) {
    sendNow({
      messageId: row.messageId,
      leaseToken: row.leaseToken,
      verificationId: id,
      country: recipient.country,
      step,
      to: step.channel === 'email' ? (input.email ?? '') : recipient.e164,
      code,
      brand: plan.brand,
      webDomain: plan.webDomain,
      appHash: row.appHash,
      transaction: input.transaction ?? null,
      lifetimeSeconds: policy.lifetimeSeconds,
      secondsLeft: policy.lifetimeSeconds,
    });
  }
  const resource: VerificationResource = {
    ...firstAnswer(row, recipient),
    channel: step?.channel ?? null,
    switch_to: plan.switchTo.filter((channel) => channel !== step?.channel),
    created_at: result.createdAt.toISOString(),
    expires_at: result.expiresAt.toISOString(),
    resend_after: result.resendAfter.toISOString(),
    next_fallback_at: result.nextFallbackAt?.toISOString() ?? null,
  };
  return { resource, isReplay: false };
}

function targetOf(actor: Actor, options: IssueOptions): { appId: string; livemode: boolean } {
  if (actor.kind === 'api_key') return { appId: actor.appId, livemode: actor.livemode };
  if (!options.on) throw new Refusal('invalid_request', { param: 'app', detail: 'Name the app to issue for.' });
  return options.on;
}

function rowFor(made: {
  id: string;
  appId: string;
  livemode: boolean;
  input: IssueBody;
  options: IssueOptions;
  recipient: Recipient;
  plan: Plan;
  code: string;
  sendLimits: SendLimits;
}): IssueRow {
  const { id, appId, livemode, input, options, recipient, plan, code, sendLimits } = made;
  const toBlind = blindIndex('number', recipient.e164);
  const prefixBlind = blindIndex('prefix', recipient.prefix);
  const mac = codeMac(id, code, boundTo(plan.policy, input.transaction));
  const first = plan.steps[0];
  const row: IssueRow = {
    id,
    messageId: newUuid(),
    leaseToken: newUuid(),
    appId,
    livemode,
    useCase: input.use_case,
    country: recipient.country,
    toBlind,
    prefixBlind,
    toSealed: seal(recipient.e164, numberPlace(id)),
    toMasked: recipient.masked,
    // An address that no step and no switch could use is not kept.
    emailSealed: input.email && plan.switchTo.includes('email') ? seal(input.email, mailPlace(id)) : null,
    channel: input.channel ?? null,
    locale: first?.locale ?? 'en',
    codeMac: mac,
    messageMac: plan.policy.codeMode === 'code_per_message' ? mac : null,
    codeSealed: livemode && plan.policy.codeMode === 'same_code' ? seal(code, codePlace(id)) : null,
    plan,
    alternativeStep: randomInt(REPROBE_ONE_IN) === 0 ? null : alternativeStep(plan),
    sendLimits,
    numberKey: sendLimitKey('number', livemode, toBlind),
    prefixKey: sendLimitKey('prefix', livemode, prefixBlind),
    ipKey: input.client?.ip ? sendLimitKey('ip', livemode, blindIndex('ip', networkOf(input.client.ip))) : null,
    reference: input.reference ?? null,
    metadata: input.metadata ?? null,
    transaction: input.transaction ?? null,
    client: clientToKeep(input.client),
    appHash: input.app_hash ?? null,
    requestId: options.requestId,
    idempotency: null,
  };
  // Which of the channels is in use, and so not one to switch to, is decided with the step.
  if (options.idempotency)
    row.idempotency = {
      ...options.idempotency,
      response: { ...firstAnswer(row, recipient), switch_to: plan.switchTo },
    };
  return row;
}

/** The end user's address counts towards limits by its keyed hash and is not kept. */
function clientToKeep(client: IssueBody['client']): unknown {
  if (!client) return null;
  const { ip: _, ...rest } = client;
  return rest;
}

/** The answer to an issue, but for what only the database knows: times and the step it began with. */
function firstAnswer(row: IssueRow, recipient: Recipient): VerificationResource {
  const { plan } = row;
  return {
    id: publicId('verification', row.id),
    object: 'verification',
    status: 'pending',
    end_reason: null,
    to_masked: recipient.masked,
    country: recipient.country,
    use_case: row.useCase,
    locale: row.locale,
    channel: plan.steps[0]?.channel ?? null,
    route: orderedSteps(plan).map(({ channel }) => channel),
    switch_to: plan.switchTo.filter((channel) => channel !== plan.steps[0]?.channel),
    next_fallback_at: null,
    created_at: '',
    expires_at: '',
    resend_after: '',
    ended_at: null,
    approved_at: null,
    checks_remaining: plan.policy.checksMax,
    resends_remaining: plan.policy.resendsMax,
    livemode: row.livemode,
    reference: row.reference,
    metadata: row.metadata ?? {},
    transaction: row.transaction as VerificationResource['transaction'],
  };
}

async function refuseOrReplay(row: IssueRow, result: Exclude<IssueResult, { kind: 'issued' }>): Promise<Issued> {
  if (result.kind === 'repeated') return replay(row);
  // The statement claims the key before the limits judge; a refusal is never replayed, so the claim goes.
  if (row.idempotency && (result.kind === 'limited' || result.kind === 'raced'))
    await forgetIssueKey(database(), { ...row, key: row.idempotency.key }, publicId('verification', row.id));
  switch (result.kind) {
    case 'already_pending':
      throw new Refusal('already_pending', {
        detail: 'A code is on its way. Check it, resend it, or wait.',
        retryAfterSeconds: secondsUntil(result.resendAfter, result.now),
        quota: { requests: 1 },
      });
    case 'too_many_checks':
      throw new Refusal('too_many_checks', budgetWait(result, result.now));
    case 'limited':
      // Limits judge in order; those before the one that refused have counted a send that never was.
      await forgetSends(database(), [
        ...(result.limit === 'number' ? [] : [row.numberKey]),
        ...(result.limit === 'ip' ? [row.prefixKey] : []),
      ]);
      throw new Refusal('too_many_verifications', sendWait(result, row.sendLimits));
    case 'raced':
      await forgetSends(database(), [row.numberKey, row.prefixKey, ...(row.ipKey ? [row.ipKey] : [])]);
      throw new Refusal('already_pending', {
        detail: 'A code is on its way. Check it, resend it, or wait.',
        retryAfterSeconds: 1,
        quota: { requests: 1 },
      });
  }
}

async function replay(row: IssueRow): Promise<Issued> {
  if (!row.idempotency) throw new Error('a row without a key cannot be repeated');
  const done = await firstAnswerTo({ ...row, ...row.idempotency, metadata: row.metadata ?? {} });
  if (done) return done;
  throw new Refusal('idempotency_in_flight', { retryAfterSeconds: 1 });
}

/** What the first request with a key answered; null when there was none, or none that made a verification. */
async function firstAnswerTo({
  appId,
  livemode,
  key,
  fingerprint,
  metadata,
}: {
  appId: string;
  livemode: boolean;
  key: string;
  fingerprint: Buffer;
  metadata: VerificationResource['metadata'];
}): Promise<Issued | null> {
  const first = await findFirstAnswer(database(), { appId, livemode, operation: 'verifications.issue', key });
  if (!first) return null;
  if (first.isOrphan) {
    const { id } = first.response as { id: string };
    await forgetIssueKey(database(), { appId, livemode, key }, id);
    return null;
  }
  if (!first.fingerprint.equals(fingerprint)) throw new Refusal('idempotency_conflict');
  // Parsing brings the keys back into the contract's order; the same body names its metadata in the same order.
  return { resource: { ...verification.parse(first.response), metadata }, isReplay: true };
}

function secondsUntil(at: Date, now: Date): number {
  return Math.max(1, Math.ceil((at.getTime() - now.getTime()) / 1000));
}
