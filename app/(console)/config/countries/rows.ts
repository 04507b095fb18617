import { countryName } from '@/components/console/format';
import type { Entities } from '@/lib/domain/configuration/entities';
import type { TrafficCell } from '@/lib/operations/configuration/traffic';

/** The last seven days of a scope; null: not known. */
export type WeekFigures = {
  messages: number;
  submitted: number;
  delivered: number;
  ended: number;
  approved: number;
  costMicros: number;
} | null;

export type SheetRow = { scope: string; name: string; region: string | null; week: WeekFigures };

/** `global`, then the regions, then the countries by name, each with its last seven days. */
export function sheetRows(entities: Entities, traffic: readonly TrafficCell[] | null): SheetRow[] {
  const scopes = Object.keys(entities).flatMap((key) => (key.startsWith('routes/') ? [key.slice(7)] : []));
  const regionOf = (scope: string) => {
    const parent = entities[`routes/${scope}`]?.parent;
    return typeof parent === 'string' && parent.startsWith('region:') ? parent.slice(7) : null;
  };
  const weeks = new Map<string, NonNullable<WeekFigures>>();
  for (const cell of traffic ?? []) {
    const region = regionOf(`country:${cell.country}`);
    for (const scope of ['global', `region:${region}`, `country:${cell.country}`]) {
      const sum = weeks.get(scope) ?? { messages: 0, submitted: 0, delivered: 0, ended: 0, approved: 0, costMicros: 0 };
      weeks.set(scope, {
        messages: sum.messages + cell.messages,
        submitted: sum.submitted + cell.submitted,
        delivered: sum.delivered + cell.delivered,
        ended: sum.ended + cell.ended,
        approved: sum.approved + cell.approved,
        costMicros: sum.costMicros + cell.costMicros,
      });
    }
  }
  const none = { messages: 0, submitted: 0, delivered: 0, ended: 0, approved: 0, costMicros: 0 };
  const rank = (scope: string) => (scope === 'global' ? 0 : scope.startsWith('region:') ? 1 : 2);
  return scopes
    .map((scope) => ({
      scope,
      name: scopeName(scope),
      region: regionOf(scope),
      week: traffic === null ? null : (weeks.get(scope) ?? none),
    }))
    .sort((a, b) => rank(a.scope) - rank(b.scope) || a.name.localeCompare(b.name, 'en'));
}

/** `country:BR` → Brazil, `region:asia` → Asia. */
export function scopeName(scope: string): string {
  if (scope === 'global') return 'Every country';
  const [kind, id = ''] = scope.split(':');
  return kind === 'country' ? countryName(id) : id.charAt(0).toUpperCase() + id.slice(1);
}
