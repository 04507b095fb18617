import type { z } from 'zod';
import type { explainAnswer, explainBody } from '@/lib/contract/routes';
import { blindIndex } from '@/lib/crypto/blind-index';
import { database } from '@/lib/db/client';
import { rememberedUnreachable } from '@/lib/db/reachability';
import type { Actor } from '@/lib/domain/actor';
import { isRefusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { orderedSteps } from '@/lib/domain/routing/plan';
import { publicId } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { inheritedFrom } from '@/lib/operations/routes/inherited-from';
import {
  alternativeStep,
  planFor,
  policyOf,
  recipientOf,
  requireSteps,
  requireUseCase,
} from '@/lib/operations/routes/plan-for';

/** routes.explain: what would happen for this number and use case now, and why. Nothing is sent, counted or kept. */
export async function explainRoute(
  actor: Actor,
  input: z.output<typeof explainBody>,
): Promise<z.output<typeof explainAnswer>> {
  permit(actor, 'routes:explain');
  const configuration = await currentConfiguration();
  const recipient = recipientOf(input.to);
  const policy = policyOf(configuration, input.use_case);
  const channel = input.channel ?? null;
  const app = actor.kind === 'api_key' ? (configuration.apps.get(actor.appId) ?? null) : null;
  const plan = planFor(configuration, {
    country: recipient.country,
    policy,
    channel,
    hasMailAddress: input.email !== undefined,
    locale: input.locale ?? null,
    app,
    draw: 0,
  });
  const [first] = plan.steps;
  const alternative = alternativeStep(plan);
  const isRemembered =
    first !== undefined &&
    alternative !== null &&
    (await rememberedUnreachable(database(), blindIndex('number', recipient.e164))).has(first.channel);

  const refusal = refusalOf(() => {
    requireUseCase(app, policy.useCase);
    requireSteps(plan, channel, recipient.country);
  });

  return {
    country: recipient.country,
    to_masked: recipient.masked,
    would_send: refusal === null,
    refusal,
    mode: plan.mode,
    steps: orderedSteps(plan).map((step, n) => ({
      channel: step.channel,
      provider: step.provider,
      connection: step.connectionName,
      template: step.template.name ?? publicId('template', step.template.id),
      locale: step.locale,
      price_micros: step.priceMicros,
      currency: 'USD',
      starts_after_seconds: n === 0 ? 0 : plan.fallbackAfterSeconds > 0 ? n * plan.fallbackAfterSeconds : null,
    })),
    skipped: plan.skipped.map(({ channel: skipped, connectionId, why }) => ({
      channel: skipped,
      connection: connectionId === null ? null : (configuration.connections.get(connectionId)?.name ?? null),
      why,
    })),
    starts_at_step: isRemembered ? alternative : 0,
    fallback_on_failed: plan.fallbackOnFailed,
    fallback_after_seconds: plan.fallbackAfterSeconds || null,
    inherited_from: inheritedFrom(plan),
    override: plan.override ? { until: plan.override.until, reason: plan.override.reason } : null,
    policy: {
      use_case: policy.useCase,
      lifetime_seconds: policy.lifetimeSeconds,
      code_length: policy.codeLength,
      checks_max: policy.checksMax,
    },
  };
}

function refusalOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error: unknown) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
}
