import type { VerificationResource } from '@/lib/contract/verifications';
import type { VerificationRow } from '@/lib/db/check-verifications';
import type { Reach } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import type { PlanStep } from '@/lib/domain/routing/plan';
import { publicId, uuidFrom } from '@/lib/ids';

/** What an actor can see: a key its own app and mode, a person and the system everything. */
export function reachOf(actor: Actor): Reach {
  return actor.kind === 'api_key' ? { appId: actor.appId, livemode: actor.livemode } : { appId: null, livemode: null };
}

/** The uuid behind `vrf_…`, or the same 404 that an unknown one gets. */
export function verificationUuid(id: string): string {
  const uuid = uuidFrom('verification', id);
  if (!uuid) throw new Refusal('not_found', { detail: 'No such verification.' });
  return uuid;
}

/** A step of a plan, as the decision trace tells it. */
export const describeStep = (step: PlanStep) => ({
  channel: step.channel,
  provider: step.provider,
  connection: step.connectionName,
  template: step.template.name ?? publicId('template', step.template.id),
  locale: step.locale,
  price_micros: step.priceMicros,
  ...(step.failsOverFor === undefined ? {} : { fails_over_for: step.failsOverFor }),
});

/** A row in the words of the contract. */
export function describeVerification(row: VerificationRow): VerificationResource {
  // A plan that a process of the version before wrote while this statement ran has no stepChannels.
  const { stepChannels, channels } = row.outline;
  const channel = (stepChannels ?? channels)[row.step] ?? null;
  return {
    id: publicId('verification', row.id),
    object: 'verification',
    status: row.status,
    end_reason: row.end_reason,
    to_masked: row.to_masked,
    country: row.country,
    use_case: row.use_case,
    locale: row.locale,
    channel,
    route: [...row.outline.channels],
    switch_to: row.status === 'pending' ? row.outline.switchTo.filter((other) => other !== channel) : [],
    next_fallback_at: row.next_fallback_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    resend_after: row.resend_after.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    approved_at: row.approved_at?.toISOString() ?? null,
    checks_remaining: row.can_be_checked ? row.checks_max - row.checks_used : 0,
    resends_remaining: row.status === 'pending' ? row.outline.resendsMax - row.resends_used : 0,
    livemode: row.livemode,
    reference: row.reference,
    metadata: row.metadata ?? {},
    transaction: row.transaction as VerificationResource['transaction'],
  };
}
