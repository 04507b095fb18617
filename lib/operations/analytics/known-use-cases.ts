import { countedUseCases } from '@/lib/db/analytics/counted-use-cases';
import { reports } from '@/lib/db/client';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** Of some use cases, those that a question can name: configured ones, and removed ones that have figures. A part of questions, which ask for permission themselves. */
export async function knownUseCases(names: readonly string[]): Promise<ReadonlySet<string>> {
  const { policies } = await currentConfiguration();
  const removed = await countedUseCases(
    reports(),
    names.filter((name) => !policies.has(name)),
  );
  return new Set(names.filter((name) => policies.has(name) || removed.has(name)));
}
