import type { Statement } from '@/lib/db/client';
import type { Query, Search, SearchFilter } from '@/lib/db/explore-verifications';
import { newParameters } from '@/lib/db/parameters';
import { ALL_APPS } from '@/lib/db/rollups/project';
import { cohortOf } from '@/lib/db/rollups/tally';
import { kindOf } from '@/lib/domain/search/language';
import {
  type Cut,
  cutFor,
  FINE_DAYS,
  type KeyDimension,
  MESSAGE_CUTS,
  VERIFICATION_CUTS,
} from '@/lib/domain/stats/cuts';

/** Steps named at most: 14 days of half-hours and a few years of days. Past that the rollups are no guide. */
const STEPS_MAX = 3_000;
/** Changes that may wait to be counted before the rollups are no guide at all: so many entries of the queue. */
const WAITING_MAX = 2_000;

/**
 * A step of time in which live verifications may match; `minutes` long. A row without a time says that there is
 * too much to name: then anything may be anywhere.
 */
export type GuideRow = { at: Date | null; minutes: number };

const OF_VERIFICATIONS = ['country', 'use_case', 'locale'] as const;
const OF_MESSAGES = ['connection', 'template', 'channel'] as const;
/** Which rows of a cut tell of a status: pending is a key, the others are measures. */
const STATUS_ROWS: Readonly<Record<string, string>> = {
  pending: 'r.is_pending AND r.created > 0',
  approved: 'r.approved > 0',
  expired: 'r.expired > 0',
  locked: 'r.locked > 0',
  canceled: 'r.canceled > 0',
  undeliverable: 'r.undeliverable > 0',
};

/**
 * Asks the rollups in which steps of time, newest first, a search of live traffic can find anything: where they count none there is none.
 * What has changed and is not counted yet is in the queue, and the same snapshot sees both; its steps are named too. Null: no filter of the
 * search is kept by the rollups.
 */
export function guideQuery(search: Search, now: Date): Query | null {
  // Whose first message is of a channel has a message of it.
  const wanted = search.filters
    .filter(({ isExcluded }) => !isExcluded)
    .map((filter) => ({ ...filter, key: kindOf(filter.key) }));
  const status = wanted.filter(({ key }) => key === 'status');
  const verifications = narrowest(VERIFICATION_CUTS, keyed(wanted, OF_VERIFICATIONS), 2);
  const message = keyed(wanted, OF_MESSAGES)[0];
  const messages = message ? narrowest(MESSAGE_CUTS, [message, ...keyed(wanted, ['country', 'use_case'])], 2) : null;
  const isByVerification = status.length > 0 || (verifications?.filters.length ?? 0) > 0;
  if (!isByVerification && !messages) return null;

  const parameters = newParameters();
  const add = (value: unknown, type: string) => `${parameters.add(value)}::${type}`;
  const apps = add(appsOf(wanted), 'uuid[]');
  const recent = add(new Date(Math.floor((now.getTime() - (FINE_DAYS - 1) * DAY_MS) / DAY_MS) * DAY_MS), 'timestamptz');
  const bounds = [
    ...(search.createdAfter
      ? [`r.at > ${add(search.createdAfter, 'timestamptz')} - make_interval(mins => r.grain)`]
      : []),
    ...(search.createdBefore ? [`r.at < ${add(search.createdBefore, 'timestamptz')}`] : []),
  ];
  const steps = (table: string, { cut, filters }: Narrowed, found: readonly string[]) => {
    const given = filters.map(
      ({ key, values: chosen }) =>
        `r.${key === 'connection' ? 'connection_id' : key} = ANY (${add(chosen, key === 'connection' ? 'uuid[]' : 'text[]')})`,
    );
    // Keys that the cut has not are empty in all its rows, and saying so lets the index by keys be used (rollup-sums.ts).
    const empty = SECOND_INDEX_KEYS.filter((key) => !cut.keys.includes(key)).map((key) => `r.${key} = ''`);
    const where = [`r.cut = ${cut.code}`, `r.app_id = ANY (${apps})`, ...empty, ...given, ...bounds, ...found].join(
      ' AND ',
    );
    // A day may not be there before it is over; its half-hours are until it is.
    return `SELECT DISTINCT CASE WHEN r.at < ${recent} THEN date_bin('1 day', r.at, 'epoch'::timestamptz) ELSE r.at END AS at,
                CASE WHEN r.at < ${recent} THEN 1440 ELSE 30 END AS grain
           FROM ${table} r WHERE r.grain = ANY ('{30,1440}'::smallint[]) AND (r.grain = 1440 AND r.at < ${recent} OR r.grain = 30 AND r.at >= LEAST(${recent}, (SELECT until FROM rollup_closed WHERE grain = 1440))) AND ${where}`;
  };
  const parts = [
    ...(isByVerification && verifications ? [steps('verification_rollup', verifications, statusRows(status))] : []),
    ...(messages ? [steps('message_rollup', messages, ['r.messages > 0'])] : []),
  ];
  const text = `
WITH waiting AS (SELECT verification_ids FROM rollup_queue ORDER BY seq LIMIT ${WAITING_MAX + 1}),
     counted AS (${parts.map((part) => `(${part})`).join('\nINTERSECT ')} ORDER BY at DESC LIMIT ${STEPS_MAX}),
     changed AS (SELECT DISTINCT date_bin('30 minutes', ${cohortOf('u.id')}, 'epoch'::timestamptz) AS at
                   FROM waiting w CROSS JOIN unnest(w.verification_ids) AS u(id) LIMIT ${STEPS_MAX})
SELECT at, grain AS minutes FROM counted
UNION SELECT at, 30 FROM changed
UNION SELECT NULL, 0 WHERE (SELECT count(*) FROM waiting) > ${WAITING_MAX}
   OR GREATEST((SELECT count(*) FROM counted), (SELECT count(*) FROM changed)) >= ${STEPS_MAX}
 ORDER BY at DESC NULLS FIRST`;
  return { values: parameters.values, statement: { name: 'search_guide', text } satisfies Statement };
}

const DAY_MS = 86_400_000;
const SECOND_INDEX_KEYS = ['country', 'use_case', 'channel'] as const;

type Keyed = SearchFilter & { key: KeyDimension };
type Narrowed = { cut: Cut; filters: readonly Keyed[] };

const keyed = (filters: readonly SearchFilter[], keys: readonly KeyDimension[]): Keyed[] =>
  filters
    .filter((filter): filter is Keyed => (keys as readonly string[]).includes(filter.key))
    .sort((one, other) => keys.indexOf(one.key) - keys.indexOf(other.key));

/** As many of the filters, the first ones first, as a cut has that is kept for all apps; leaving one out names more steps, never fewer. */
function narrowest(cuts: readonly Cut[], filters: readonly Keyed[], most: number): Narrowed | null {
  for (let n = Math.min(most, filters.length); n >= 0; n -= 1) {
    const chosen = filters.slice(0, n);
    const cut = cutFor(
      cuts,
      chosen.map(({ key }) => key),
    );
    if (cut && !cut.isWide) return { cut, filters: chosen };
  }
  return null;
}

const appsOf = (filters: readonly SearchFilter[]) => filters.find(({ key }) => key === 'app')?.values ?? [ALL_APPS];

/** Several filters by status are one of each. */
function statusRows(filters: readonly SearchFilter[]): string[] {
  if (filters.length === 0) return ['r.created > 0'];
  return filters.map(
    ({ values }) => `(${['false', ...values.map((value) => STATUS_ROWS[String(value)] ?? 'true')].join(' OR ')})`,
  );
}
