import type { Actor } from '@/lib/domain/actor';
import { type Entities, type Entity, entityKey } from '@/lib/domain/configuration/entities';
import type { Finding, FindingCode } from '@/lib/domain/configuration/lint';
import { permit } from '@/lib/domain/permissions';
import { findingsOf, readSurroundings } from '@/lib/operations/configuration/judge';

/** What a policy decides, alone or together with routes, templates and texts. */
const ABOUT_A_POLICY: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'lifetime_too_long',
  'code_too_short',
  'guess_odds',
  'timer_outlives_code',
  'message_outlives_code',
  'template_tells_other_minutes',
  'transaction_not_told',
]);

/** policies.judge: what would go wrong under this policy, among the routes, templates and texts of `entities`. */
export async function judgePolicy(
  actor: Actor,
  input: { useCase: string; policy: Entity; entities: Entities },
): Promise<Finding[]> {
  permit(actor, 'config:read');
  // As if no other use case existed: whatever is found is about this one.
  const alone = Object.entries(input.entities).filter(([key]) => !key.startsWith('policies/'));
  const findings = findingsOf(
    { ...Object.fromEntries(alone), [entityKey('policies', input.useCase)]: input.policy },
    await readSurroundings(),
  );
  return findings.filter(({ code }) => ABOUT_A_POLICY.has(code));
}
