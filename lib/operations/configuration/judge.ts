import { systemClock, utcDay } from '@/lib/clock';
import type { Impact } from '@/lib/db/configuration-versions';
import type { Change, Entities } from '@/lib/domain/configuration/entities';
import { type Finding, type LintInput, lint } from '@/lib/domain/configuration/lint';
import { touchedBy, touches } from '@/lib/domain/configuration/touched';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { recentTraffic, type TrafficCell } from '@/lib/operations/configuration/traffic';

/** What entities are judged by that stands outside of them. Traffic null: it could not be told in time. */
export type Surroundings = Pick<LintInput, 'connections' | 'templates' | 'day'> & { traffic: TrafficCell[] | null };

/** The connections, templates and traffic of now. May wait for the reports' pool: ask before a transaction, never in one. */
export async function readSurroundings(): Promise<Surroundings> {
  const [{ connections, templates }, traffic] = await Promise.all([currentConfiguration(), recentTraffic()]);
  return { connections, templates, traffic, day: utcDay(systemClock.now()) };
}

/** What would go wrong under these entities. */
export const findingsOf = (entities: Entities, around: Surroundings): Finding[] => lint({ entities, ...around });

/** How much of the last seven days' traffic and money changes concern. */
export function impactOf(
  changes: readonly Change[],
  live: Entities,
  { traffic }: Surroundings,
): Impact & { isKnown: boolean } {
  const touched = touchedBy(changes, live);
  const cells = (traffic ?? []).filter((cell) => touches(touched, cell));
  return {
    isKnown: traffic !== null,
    verifications: cells.reduce((sum, { verifications }) => sum + verifications, 0),
    costMicros: cells.reduce((sum, { costMicros }) => sum + costMicros, 0),
    countries: touched.countries === 'all' ? ['all'] : touched.countries,
    useCases: touched.useCases === 'all' ? ['all'] : touched.useCases,
  };
}
