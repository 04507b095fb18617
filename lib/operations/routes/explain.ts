import type { z } from 'zod';
import { systemClock } from '@/lib/clock';
import type { explainAnswer, explainBody } from '@/lib/contract/routes';
import { blindIndex } from '@/lib/crypto/blind-index';
import { database } from '@/lib/db/client';
import { rememberedUnreachable } from '@/lib/db/reachability';
import type { Actor } from '@/lib/domain/actor';
import { isRefusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { nextReachable } from '@/lib/domain/routing/fallback';
import { orderedSteps, type Plan } from '@/lib/domain/routing/plan';
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
import { requireUnderCap } from '@/lib/operations/usage/meter';
import { describeStep } from '@/lib/operations/verifications/resource';

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
  const alternative = alternativeStep(plan);
  const unreachable =
    alternative === null
      ? new Set<string>()
      : await rememberedUnreachable(database(), blindIndex('number', recipient.e164));
  const startsAt = unreachable.has(plan.steps[0]?.channel ?? '') ? (alternative ?? 0) : 0;
  const places = placesFrom(plan, startsAt, unreachable);

  const refusal = await refusalOf(async () => {
    requireUseCase(app, policy.useCase);
    requireSteps(plan, channel, recipient.country);
    // A test key sends nothing, so no cap holds it.
    if (actor.kind !== 'api_key' || actor.livemode)
      await requireUnderCap(recipient.country, configuration.routeFor(recipient.country), systemClock.now());
  });

  return {
    country: recipient.country,
    to_masked: recipient.masked,
    would_send: refusal === null,
    refusal,
    mode: plan.mode,
    steps: orderedSteps(plan).map((step, n) => ({
      ...describeStep(step),
      currency: 'USD',
      starts_after_seconds: startsAfter(plan, places.get(n)),
    })),
    skipped: [
      ...plan.skipped.map(({ channel: skipped, connectionId, why }) => ({
        channel: skipped,
        connection: connectionId === null ? null : (configuration.connections.get(connectionId)?.name ?? null),
        why,
      })),
      ...orderedSteps(plan).flatMap((step, n) =>
        places.has(n)
          ? []
          : [{ channel: step.channel, connection: step.connectionName, why: 'remembered_not_on_channel' }],
      ),
    ],
    starts_at_step: startsAt,
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

/** By step, its place in the order in which they would leave; those that are passed over have none. */
function placesFrom(plan: Plan, start: number, unreachable: ReadonlySet<string>): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (let step: number | null = start; step !== null; step = nextReachable(plan, step, unreachable).next)
    places.set(step, places.size);
  return places;
}

function startsAfter({ fallbackAfterSeconds }: Plan, place: number | undefined): number | null {
  if (place === undefined) return null;
  if (place === 0) return 0;
  return fallbackAfterSeconds > 0 ? place * fallbackAfterSeconds : null;
}

async function refusalOf(check: () => Promise<void>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error: unknown) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
}
