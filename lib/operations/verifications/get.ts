import type { MessageResource, VerificationLife } from '@/lib/contract/verifications';
import { database } from '@/lib/db/client';
import { findVerificationLife, type LifeMessage, type LifeRow } from '@/lib/db/verifications';
import type { Actor } from '@/lib/domain/actor';
import type { Channel } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { isUuid } from '@/lib/domain/uuid';
import { type IdKind, publicId } from '@/lib/ids';
import { inheritedFrom } from '@/lib/operations/routes/inherited-from';
import { describeStep, describeVerification, reachOf, verificationUuid } from '@/lib/operations/verifications/resource';

/** verifications.get: one whole life, for API and console alike. Unknown and out of reach are the same 404. */
export async function getVerification(actor: Actor, input: { verificationId: string }): Promise<VerificationLife> {
  permit(actor, 'verifications:read');
  const row = await findVerificationLife(database(), verificationUuid(input.verificationId), reachOf(actor));
  if (!row) throw new Refusal('not_found', { detail: 'No such verification.' });
  return {
    ...describeVerification(row),
    messages: row.messages.map(describeMessage),
    checks: row.checks.map((check) => ({ ...check, at: iso(check.at) })),
    decisions: decisionsOf(row),
  };
}

const iso = (time: string): string => new Date(time).toISOString();
const isoOrNull = (time: string | null): string | null => (time === null ? null : iso(time));

function describeMessage(message: LifeMessage): MessageResource {
  return {
    ...message,
    id: publicId('message', message.id),
    channel: message.channel as Channel,
    // Text templates have no name at a provider: their own id stands for them.
    template: isUuid(message.template) ? publicId('template', message.template) : message.template,
    submitted_at: iso(message.submitted_at),
    answered_at: isoOrNull(message.answered_at),
    sent_at: isoOrNull(message.sent_at),
    delivered_at: isoOrNull(message.delivered_at),
    read_at: isoOrNull(message.read_at),
    failed_at: isoOrNull(message.failed_at),
    currency: 'USD',
    receipts: message.receipts.map((receipt) => ({
      ...receipt,
      at: iso(receipt.at),
      received_at: iso(receipt.received_at),
    })),
  };
}

/** Fields of a decision's detail that hold an id. */
const DETAIL_IDS: Readonly<Record<string, IdKind>> = { message_id: 'message', failed_message_id: 'message' };

/** A decision's detail as it is told: it is kept with plain uuids, and ids outside carry their prefix. */
function publicDetail(detail: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => {
      const kind = DETAIL_IDS[name];
      return [name, kind && typeof value === 'string' && isUuid(value) ? publicId(kind, value) : value];
    }),
  );
}

/** The decision trace, oldest first: the route as it was issued and why, each channel left out and why, then what happened since. */
function decisionsOf(row: LifeRow): VerificationLife['decisions'] {
  const { issued_plan: plan } = row;
  const at = row.created_at.toISOString();
  const first = row.messages[0];
  const decisions: VerificationLife['decisions'] = [
    {
      at,
      kind: 'route',
      detail: {
        mode: plan.mode,
        is_user_choice: plan.isUserChoice,
        steps: plan.steps.map(describeStep),
        fallback_on_failed: plan.fallbackOnFailed,
        fallback_after_seconds: plan.fallbackAfterSeconds || null,
        coverage: plan.coverage,
        inherited_from: inheritedFrom(plan),
        lifetime_seconds: plan.policy.lifetimeSeconds,
        code_mode: plan.policy.codeMode,
        ...(plan.policy.bindsTransaction ? { binds_transaction: true } : {}),
        ...(plan.override ? { override: { until: plan.override.until, reason: plan.override.reason } } : {}),
      },
    },
    ...plan.skipped.map((skipped) => ({ at, kind: 'skipped', detail: { channel: skipped.channel, why: skipped.why } })),
  ];
  if (first && first.step > 0 && first.cause === 'issue') {
    decisions.push({
      at,
      kind: 'skipped',
      detail: { channel: plan.steps[0]?.channel ?? '', why: 'remembered_not_on_channel' },
    });
  }
  decisions.push(
    ...row.events.map((event) => ({ at: iso(event.at), kind: event.kind, detail: publicDetail(event.detail) })),
  );
  if (row.ended_at) {
    decisions.push({
      at: row.ended_at.toISOString(),
      kind: 'ended',
      detail: { status: row.status, reason: row.end_reason },
    });
  }
  return decisions.sort((a, b) => a.at.localeCompare(b.at));
}
