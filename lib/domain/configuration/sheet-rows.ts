import type { Entities } from '@/lib/domain/configuration/entities';
import { cellOf, type SheetColumn } from '@/lib/domain/configuration/sheet';

/** What a country did, by use case and locale; the sheet adds it up. */
export type CountryTraffic = {
  country: string;
  messages: number;
  submitted: number;
  delivered: number;
  ended: number;
  approved: number;
  costMicros: number;
};
/** The last seven days of a scope; null: not known. */
export type WeekFigures = Omit<CountryTraffic, 'country'> | null;

/** One line of the sheet. `region` is that of a country, null where it has none. */
export type SheetRow = { scope: string; name: string; region: string | null; week: WeekFigures };

const NOTHING: NonNullable<WeekFigures> = {
  messages: 0,
  submitted: 0,
  delivered: 0,
  ended: 0,
  approved: 0,
  costMicros: 0,
};

/**
 * `global`, then the regions, then the countries by name. A country's traffic counts for itself, its region and everybody;
 * when the traffic is not known, no scope's is.
 */
export function sheetRows(
  entities: Entities,
  traffic: readonly CountryTraffic[] | null,
  nameOf: (scope: string) => string,
): SheetRow[] {
  const regionOf = (scope: string) => {
    const parent = entities[`routes/${scope}`]?.parent;
    return typeof parent === 'string' && parent.startsWith('region:') ? parent.slice(7) : null;
  };
  const weeks = new Map<string, NonNullable<WeekFigures>>();
  for (const cell of traffic ?? []) {
    for (const scope of ['global', `region:${regionOf(`country:${cell.country}`)}`, `country:${cell.country}`]) {
      weeks.set(scope, plus(weeks.get(scope) ?? NOTHING, cell));
    }
  }
  const rank = (scope: string) => (scope === 'global' ? 0 : scope.startsWith('region:') ? 1 : 2);
  return Object.keys(entities)
    .flatMap((key) => (key.startsWith('routes/') ? [key.slice(7)] : []))
    .map((scope) => ({
      scope,
      name: nameOf(scope),
      region: regionOf(scope),
      week: traffic === null ? null : (weeks.get(scope) ?? NOTHING),
    }))
    .sort((a, b) => rank(a.scope) - rank(b.scope) || a.name.localeCompare(b.name, 'en'));
}

function plus(sum: NonNullable<WeekFigures>, cell: CountryTraffic): NonNullable<WeekFigures> {
  return {
    messages: sum.messages + cell.messages,
    submitted: sum.submitted + cell.submitted,
    delivered: sum.delivered + cell.delivered,
    ended: sum.ended + cell.ended,
    approved: sum.approved + cell.approved,
    costMicros: sum.costMicros + cell.costMicros,
  };
}

/** Which rows a person wants to see. Null and empty: all of them. */
export type SheetView = {
  q: string;
  region: string | null;
  /** `unknown`: countries without a class. */
  coverage: string | null;
  show: 'all' | 'overridden' | 'drafted' | 'traffic';
};

/** What of a country's own counts as steering it: prices, language and coverage are facts that every country has. */
const STEERED: readonly SheetColumn[] = [
  'mode',
  'channels',
  'fallbackOnFailed',
  'fallbackAfterSeconds',
  'sendsPerDayMax',
  'spendPerDayMaxMicros',
];

/** Whether a row belongs to a view of the sheet. `entities` is `live` with the draft taken over. */
export function isShown(row: SheetRow, view: SheetView, live: Entities, entities: Entities): boolean {
  const { scope } = row;
  const isCountry = scope.startsWith('country:');
  const typed = view.q.trim().toLowerCase();
  if (typed && !row.name.toLowerCase().includes(typed) && !scope.slice(-2).toLowerCase().includes(typed)) return false;
  if (view.region) {
    // What a region inherits from stays in sight with it.
    const isInside = isCountry ? row.region === view.region : scope === `region:${view.region}` || scope === 'global';
    if (!isInside) return false;
  }
  if (view.coverage) {
    const coverage = cellOf(entities, scope, 'coverage').value ?? 'unknown';
    if (!isCountry || coverage !== view.coverage) return false;
  }
  switch (view.show) {
    case 'overridden':
      return STEERED.some((column) => cellOf(entities, scope, column).own !== null);
    case 'drafted':
      return JSON.stringify(live[`routes/${scope}`]) !== JSON.stringify(entities[`routes/${scope}`]);
    case 'traffic':
      return (row.week?.messages ?? 0) > 0;
    default:
      return true;
  }
}
