import type { Dimension } from '@/lib/domain/stats/measures';
import { templateNames } from '@/lib/domain/template/key';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** What a key of a dimension is called: names of apps, connections, use cases and our own texts; the other keys are words already (screens name countries and languages). */
export async function labelsOf(dimension: Dimension): Promise<(key: string) => string> {
  const configuration = await currentConfiguration();
  if (dimension === 'app') return (key) => configuration.apps.get(key)?.name ?? key;
  if (dimension === 'connection') return (key) => configuration.connections.get(key)?.name ?? key;
  if (dimension === 'use_case') return (key) => configuration.policies.get(key)?.name ?? key;
  if (dimension === 'template') return templateNames(configuration);
  return (key) => key;
}
