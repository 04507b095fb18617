import type { Actor } from '@/lib/domain/actor';
import type { Entities } from '@/lib/domain/configuration/entities';
import type { Finding } from '@/lib/domain/configuration/lint';
import { permit } from '@/lib/domain/permissions';
import { judgePolicy } from '@/lib/operations/policies/judge';

/** By use case: the worst severity, and how many findings have it. Use cases without any are not named. */
export type FindingCounts = ReadonlyMap<string, { severity: Finding['severity']; n: number }>;

/** policies.finding_counts: how each use case of a configuration stands with the lint. */
export async function findingCounts(actor: Actor, entities: Entities): Promise<FindingCounts> {
  permit(actor, 'config:read');
  const counts = new Map<string, { severity: Finding['severity']; n: number }>();
  for (const [key, policy] of Object.entries(entities)) {
    if (!key.startsWith('policies/')) continue;
    const useCase = key.slice('policies/'.length);
    const findings = await judgePolicy(actor, { useCase, policy, entities });
    const [worst] = findings;
    if (!worst) continue;
    counts.set(useCase, {
      severity: worst.severity,
      n: findings.filter(({ severity }) => severity === worst.severity).length,
    });
  }
  return counts;
}
