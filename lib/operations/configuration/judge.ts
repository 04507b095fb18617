import { systemClock, utcDay } from '@/lib/clock';
import type { Impact } from '@/lib/db/configuration-versions';
import type { Change, Entities } from '@/lib/domain/configuration/entities';
import { type Finding, lint } from '@/lib/domain/configuration/lint';
import { touchedBy, touches } from '@/lib/domain/configuration/touched';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { recentTraffic } from '@/lib/operations/configuration/traffic';

/** What would go wrong under these entities, with the connections, templates and traffic of now. */
export async function findingsOf(entities: Entities): Promise<Finding[]> {
  const [configuration, traffic] = await Promise.all([currentConfiguration(), recentTraffic()]);
  return lint({
    entities,
    connections: configuration.connections,
    templates: configuration.templates,
    traffic,
    day: utcDay(systemClock.now()),
  });
}

/** How much of the last seven days' traffic and money changes concern; null: it could not be told in time. */
export async function impactOf(changes: readonly Change[], live: Entities): Promise<Impact & { isKnown: boolean }> {
  const traffic = await recentTraffic();
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
