import { type VerificationRow, verificationColumns } from '@/lib/db/check-verifications';
import type { Statement } from '@/lib/db/client';
import { newParameters, type Parameters } from '@/lib/db/parameters';
import type { MessageState } from '@/lib/domain/message/states';
import { metadataName, type PlainKey, type SearchKey } from '@/lib/domain/search/language';
import { NIL_UUID, uuidFloor } from '@/lib/ids';

/** A filter in the database's own values: uuids, keyed hashes, booleans. */
export type SearchFilter = { key: SearchKey; values: readonly (string | boolean | Buffer)[]; isExcluded: boolean };
export type Search = { filters: readonly SearchFilter[]; createdAfter: Date | null; createdBefore: Date | null };

const inMessage = (column: string, type: string) => (p: string) =>
  `EXISTS (SELECT 1 FROM message x WHERE x.verification_id = v.id AND x.${column} = ANY (${p}::${type}[]))`;
/** The first as the rollups number them (tally.ts): figures and rows agree. */
const inFirst = (column: string, type: string) => (p: string) =>
  `(SELECT x.${column} FROM message x WHERE x.verification_id = v.id ORDER BY x.submitted_at, x.id LIMIT 1) = ANY (${p}::${type}[])`;
const inRow = (column: string, type: string) => (p: string) => `v.${column} = ANY (${p}::${type}[])`;
const FELL_BACK = `SELECT 1 FROM verification_event e WHERE e.verification_id = v.id AND e.kind = 'fallback'`;

const CONDITIONS: Record<PlainKey, (parameter: string) => string> = {
  status: inRow('status', 'text'),
  channel: inMessage('channel', 'text'),
  country: inRow('country', 'text'),
  use_case: inRow('use_case', 'text'),
  app: inRow('app_id', 'uuid'),
  connection: inMessage('connection_id', 'uuid'),
  template: inMessage('template', 'text'),
  first_channel: inFirst('channel', 'text'),
  first_connection: inFirst('connection_id', 'uuid'),
  first_template: inFirst('template', 'text'),
  locale: inRow('locale', 'text'),
  reason: inMessage('reason', 'text'),
  cause: (p) =>
    `(EXISTS (${FELL_BACK} AND e.detail->>'cause' = ANY (${p}::text[])) OR ('none' = ANY (${p}::text[]) AND NOT EXISTS (${FELL_BACK})))`,
  mode: inRow('livemode', 'boolean'),
  reference: inRow('reference', 'text'),
  id: inRow('id', 'uuid'),
  to: inRow('to_blind', 'bytea'),
};

/** These have an index of their own; everything else is found by walking back through time. */
const INDEXED: ReadonlySet<SearchKey> = new Set<SearchKey>(['id', 'to', 'reference']);
export const isIndexed = ({ filters }: Search): boolean =>
  filters.some(({ key, isExcluded }) => !isExcluded && INDEXED.has(key));
/** These cost a look into another table per row. */
const OUTSIDE: ReadonlySet<SearchKey> = new Set<SearchKey>([
  'channel',
  'connection',
  'template',
  'first_channel',
  'first_connection',
  'first_template',
  'reason',
  'cause',
]);
export const looksOutside = ({ filters }: Search): boolean => filters.some(({ key }) => OUTSIDE.has(key));

function conditionOf({ key, values, isExcluded }: SearchFilter, parameters: Parameters): string {
  const metadata = metadataName(key);
  const given = () => parameters.add(values);
  // One app is an equality: then the index over app and id serves the order as well.
  const condition =
    metadata !== null
      ? `v.metadata->>(${parameters.add(metadata)}::text) = ANY (${given()}::text[])`
      : key === 'app' && values.length === 1
        ? `v.app_id = ${parameters.add(values[0])}::uuid`
        : CONDITIONS[key as PlainKey](given());
  return isExcluded ? `NOT COALESCE(${condition}, false)` : condition;
}

/** These ends are a few in a hundred and have an index of their own, in the order of the walk. */
const RARE_ENDS: ReadonlySet<unknown> = new Set(['locked', 'canceled', 'undeliverable']);
const isRare = ({ key, values, isExcluded }: SearchFilter) =>
  key === 'status' && !isExcluded && values.every((value) => RARE_ENDS.has(value));
/** What that index holds beside the id. */
const COVERED: ReadonlySet<SearchKey> = new Set<SearchKey>(['status', 'country', 'use_case', 'app', 'mode']);
const isOfTests = ({ key, values, isExcluded }: SearchFilter) =>
  key === 'mode' && values.length === 1 && values[0] === isExcluded;

/** Where a walk goes on, and how far at most: ids are below `before` and not below `floor`. `isOfTests`: it meets test traffic alone. */
export type Place = { before: string | null; floor: string | null; isOfTests: boolean };

export const ANYWHERE: Place = { before: null, floor: null, isOfTests: false };

/** A walk back through time: which rows it passes, and which of them are wanted. What has an index in the order of the walk is not passed. */
function walkOf(
  search: Search,
  { before, floor, isOfTests: isTestPlace }: Place,
  parameters: Parameters,
  isByIndex = isIndexed(search),
) {
  const range: string[] = [];
  if (search.createdAfter) range.push(`v.id >= ${parameters.add(uuidFloor(search.createdAfter))}::uuid`);
  if (search.createdBefore) range.push(`v.id < ${parameters.add(uuidFloor(search.createdBefore))}::uuid`);
  if (before) range.push(`v.id < ${parameters.add(before)}::uuid`);
  if (floor) range.push(`v.id >= ${parameters.add(floor)}::uuid`);
  // Written out: a partial index serves no condition on a parameter.
  if (isTestPlace || search.filters.some(isOfTests)) range.push('NOT v.livemode');
  const indexed = isByIndex ? search.filters.filter(({ key, isExcluded }) => !isExcluded && INDEXED.has(key)) : [];
  const app = search.filters.filter(
    ({ key, values, isExcluded }) => key === 'app' && !isExcluded && values.length === 1,
  );
  const rare = search.filters.filter(isRare);
  const rest = search.filters.filter(
    (filter) => !indexed.includes(filter) && !app.includes(filter) && !rare.includes(filter),
  );
  const sql = (filters: readonly SearchFilter[]) => filters.map((filter) => conditionOf(filter, parameters));
  const passed = [...range, ...sql(app), ...sql(rare)];
  // Rows that match by what the index holds; null where it is another walk. Asked for by whom it serves alone: its values are parameters.
  const covered =
    rare.length > 0 ? () => and([...range, ...sql(search.filters.filter(({ key }) => COVERED.has(key)))]) : null;
  return { passed: and(passed), covered, found: and(sql(indexed)), wanted: and([...passed, ...sql(rest)]) };
}
const and = (conditions: readonly string[]) => (conditions.length === 0 ? 'true' : conditions.join(' AND '));

/**
 * The rows that are wanted, newest first. By an index of their own where there is one (the fence keeps the planner from walking
 * after all). Otherwise among the next `scanMax` rows of the walk: `edge` is the last of them, null where the walk ends.
 */
function source(isByIndex: boolean, walk: ReturnType<typeof walkOf>, scan: string, limit: string) {
  if (isByIndex) {
    return {
      edge: 'SELECT NULL::uuid AS id',
      rows: () =>
        `SELECT v.* FROM (SELECT v.* FROM verification v WHERE ${walk.found} OFFSET 0) v WHERE ${walk.wanted} ORDER BY v.id DESC LIMIT ${limit}`,
    };
  }
  return {
    edge: `SELECT (SELECT v.id FROM verification v WHERE ${walk.passed} ORDER BY v.id DESC OFFSET ${scan} LIMIT 1) AS id`,
    rows: (edge: string) => {
      const until = `v.id >= COALESCE(${edge}, '${NIL_UUID}')`;
      // Rare ends lie far apart: a page of the table for each that does not match would be seconds where nothing is in memory.
      const from = walk.covered
        ? `(SELECT v.id FROM verification v WHERE ${walk.covered()} AND ${until} ORDER BY v.id DESC OFFSET 0) c JOIN verification v ON v.id = c.id`
        : 'verification v';
      return `SELECT v.* FROM ${from} WHERE ${walk.wanted} AND ${until} ORDER BY v.id DESC LIMIT ${limit}`;
    },
  };
}

export type Query = { statement: Statement; values: unknown[] };
/** A verification as lists show it: with its app's name and the trail of its messages. Money in micros of a US dollar, as text. */
export type ListRow = VerificationRow & {
  app_name: string;
  trail: { channel: string; cause: string; state: MessageState; reason: string | null }[];
  seconds_to_deliver: number | null;
  cost_micros: string;
};
export type ExploredRow = ListRow & { edge: string | null };
/** How much one statement may look at. `isByIndex`: all that has an index of its own at once, instead of a stretch of the walk. */
export type Stretch = { limit: number; scanMax: number; isByIndex: boolean };

/** One stretch of the list: at most `limit` rows among the `scanMax` before the cursor. A stretch without any is one row whose id is null. */
export function exploreQuery(search: Search, place: Place, stretch: Stretch): Query {
  const parameters = newParameters();
  const limit = parameters.add(stretch.limit);
  const walk = walkOf(search, place, parameters, stretch.isByIndex);
  const { edge, rows } = source(
    stretch.isByIndex,
    walk,
    stretch.isByIndex ? '0' : parameters.add(stretch.scanMax),
    limit,
  );
  return {
    values: parameters.values,
    statement: {
      name: 'explore_verifications',
      text: `
SELECT e.id AS edge, ${verificationColumns('v')}, v.app_name, v.trail, v.seconds_to_deliver, v.cost_micros
  FROM (${edge}) e
  LEFT JOIN LATERAL (
    SELECT v.*, a.name AS app_name, m.trail, m.seconds_to_deliver, COALESCE(m.cost_micros, 0) AS cost_micros
      FROM (${rows('e.id')}) v JOIN app a ON a.id = v.app_id CROSS JOIN LATERAL (${TRAIL}) m
  ) v ON true
 ORDER BY v.id DESC`,
    },
  };
}

const TRAIL = `
      SELECT COALESCE(json_agg(json_build_object('channel', m.channel, 'cause', m.cause, 'state', m.state, 'reason', m.reason) ORDER BY m.submitted_at, m.step), '[]') AS trail,
             CASE WHEN min(m.delivered_at) IS NOT NULL THEN GREATEST(0, EXTRACT(epoch FROM min(m.delivered_at) - min(m.submitted_at)))::float8 END AS seconds_to_deliver,
             sum(m.cost_micros) AS cost_micros
        FROM message m WHERE m.verification_id = v.id`;

/** Verifications per bucket and status over the whole range of a search. Buckets without any are absent. */
export function volumeQuery(search: Search, bucketSeconds: number): Query {
  const parameters = newParameters();
  const size = parameters.add(bucketSeconds);
  const walk = walkOf(search, ANYWHERE, parameters);
  return {
    values: parameters.values,
    statement: {
      name: 'explore_volume',
      text: `
SELECT to_timestamp(floor(EXTRACT(epoch FROM v.created_at) / ${size}::int) * ${size}::int) AS bucket_start, v.status, count(*)::int AS n
  FROM (${everyRow(search, walk)}) v GROUP BY 1, 2 ORDER BY 1`,
    },
  };
}

const everyRow = (search: Search, walk: ReturnType<typeof walkOf>) =>
  isIndexed(search)
    ? `SELECT v.* FROM (SELECT v.* FROM verification v WHERE ${walk.found} OFFSET 0) v WHERE ${walk.wanted}`
    : `SELECT v.* FROM verification v WHERE ${walk.wanted}`;

/** The newest verifications of a search, as a table of its own inside a larger question. */
export function sampleOf(search: Search, sampleMax: number): { text: string; values: unknown[] } {
  const parameters = newParameters();
  const limit = parameters.add(sampleMax);
  const walk = walkOf(search, ANYWHERE, parameters);
  return { text: `${everyRow(search, walk)} ORDER BY v.id DESC LIMIT ${limit}`, values: parameters.values };
}

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type ExportStretch = { edge: string | null; last: string | null; n: number; lines: string | null };

// A JSON string, and so a cell of CSV as well; half of what to_char costs. The searches' pool shows times in UTC.
const time = (column: string) => `replace(to_json(${column})::text, '+00:00', 'Z')`;

/** What a file shows of a verification. `text` may hold anything a caller wrote; `word` is ours; `raw` is as it should be in both formats. */
const EXPORT_COLUMNS: readonly { name: string; kind: 'text' | 'word' | 'raw' | 'json'; sql: string }[] = [
  { name: 'id', kind: 'word', sql: `'vrf_' || encode(uuid_send(v.id), 'hex')` },
  { name: 'created_at', kind: 'raw', sql: time('v.created_at') },
  { name: 'status', kind: 'word', sql: 'v.status' },
  { name: 'end_reason', kind: 'word', sql: 'v.end_reason' },
  { name: 'app', kind: 'text', sql: 'a.name' },
  { name: 'livemode', kind: 'raw', sql: `CASE WHEN v.livemode THEN 'true' ELSE 'false' END` },
  { name: 'use_case', kind: 'word', sql: 'v.use_case' },
  { name: 'country', kind: 'word', sql: 'v.country' },
  { name: 'to_masked', kind: 'text', sql: 'v.to_masked' },
  { name: 'locale', kind: 'text', sql: 'v.locale' },
  { name: 'trail', kind: 'word', sql: 'm.trail' },
  { name: 'failure_reasons', kind: 'word', sql: 'm.reasons' },
  { name: 'seconds_to_deliver', kind: 'raw', sql: 'm.seconds_to_deliver' },
  { name: 'cost_micros', kind: 'raw', sql: 'COALESCE(m.cost_micros, 0)::text' },
  { name: 'checks_used', kind: 'raw', sql: 'v.checks_used::text' },
  { name: 'expires_at', kind: 'raw', sql: time('v.expires_at') },
  { name: 'ended_at', kind: 'raw', sql: time('v.ended_at') },
  { name: 'approved_at', kind: 'raw', sql: time('v.approved_at') },
  { name: 'reference', kind: 'text', sql: 'v.reference' },
  { name: 'metadata', kind: 'json', sql: 'v.metadata::text' },
];

/** The first line of a CSV file; JSON lines carry their names themselves. */
export const EXPORT_HEADING = EXPORT_COLUMNS.map(({ name }) => name).join(',');

// A cell that begins like a formula gets an apostrophe: a spreadsheet then shows it and runs nothing (OWASP, CSV injection).
const csvText = (sql: string) =>
  `COALESCE('"' || CASE WHEN left(${sql}, 1) = ANY ('{=,+,-,@,"\t","\r","\n",＝,＋,－,＠}') THEN '''' ELSE '' END || replace(${sql}, '"', '""') || '"', '')`;
const csvCell = ({ kind, sql }: (typeof EXPORT_COLUMNS)[number]) =>
  kind === 'text'
    ? csvText(sql)
    : kind === 'json'
      ? `COALESCE('"' || replace(${sql}, '"', '""') || '"', '')`
      : `COALESCE(${sql}, '')`;
const jsonCell = ({ name, kind, sql }: (typeof EXPORT_COLUMNS)[number]) => {
  const value = kind === 'text' ? `to_json(${sql})::text` : kind === 'word' ? `'"' || (${sql}) || '"'` : sql;
  return `'"${name}":' || COALESCE(${value}, 'null')`;
};
const LINE: Record<ExportFormat, string> = {
  csv: EXPORT_COLUMNS.map(csvCell).join(` || ',' || `),
  ndjson: `'{' || ${EXPORT_COLUMNS.map(jsonCell).join(` || ',' || `)} || '}'`,
};

const EXPORTED =
  'v.id, v.app_id, v.created_at, v.status, v.end_reason, v.livemode, v.use_case, v.country, v.to_masked, v.locale, v.checks_used, v.expires_at, v.ended_at, v.approved_at, v.reference, v.metadata';

/**
 * The lines of one stretch, finished by the database and put together into one value: a row object per verification would cost
 * more than the row. Ends in a line break. Messages are read for the whole stretch at once, in the order of their index: one look for each
 * verification, with a sort of its own, was half of what an export cost. The lines are added up in the order they come in: they are too
 * long to be sorted.
 */
export function exportQuery(search: Search, place: Place, stretch: Stretch, format: ExportFormat): Query {
  const parameters = newParameters();
  const limit = parameters.add(stretch.limit);
  const walk = walkOf(search, place, parameters, stretch.isByIndex);
  const { edge, rows } = source(
    stretch.isByIndex,
    walk,
    stretch.isByIndex ? '0' : parameters.add(stretch.scanMax),
    limit,
  );
  return {
    values: parameters.values,
    statement: {
      name: 'export_verifications',
      text: `
WITH e AS MATERIALIZED (${edge}),
chosen AS MATERIALIZED (SELECT ${EXPORTED} FROM (${rows('(SELECT id FROM e)')}) v),
sent AS (
  SELECT m.verification_id, string_agg(m.channel || ':' || m.state, ' > ' ORDER BY m.submitted_at, m.step) AS trail,
         string_agg(m.reason, ' ' ORDER BY m.submitted_at, m.step) AS reasons,
         GREATEST(0, round(EXTRACT(epoch FROM min(m.delivered_at) - min(m.submitted_at)), 3))::text AS seconds_to_deliver,
         sum(m.cost_micros) AS cost_micros
    FROM message m WHERE m.verification_id = ANY (ARRAY(SELECT id FROM chosen)) GROUP BY m.verification_id
),
line AS (
  SELECT v.id, ${LINE[format]} AS text
    FROM chosen v JOIN app a ON a.id = v.app_id LEFT JOIN sent m ON m.verification_id = v.id
   ORDER BY v.id DESC
)
SELECT e.id AS edge, l.last, l.n, l.lines
  FROM e CROSS JOIN (SELECT count(*)::int AS n, (array_agg(id))[count(*)] AS last, string_agg(text, E'\\n') || E'\\n' AS lines FROM line) l`,
    },
  };
}
