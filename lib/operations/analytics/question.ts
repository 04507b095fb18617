import type { z } from 'zod';
import type {
  AnalyticsFilters,
  breakdownQuery,
  Question,
  summaryQuery,
  timeseriesQuery,
} from '@/lib/contract/analytics';
import { Refusal } from '@/lib/domain/errors';
import { DIMENSIONS, type Dimension } from '@/lib/domain/stats/measures';
import { templateKey } from '@/lib/domain/template/key';
import { uuidFrom } from '@/lib/ids';

const WEEK_MS = 7 * 86_400_000;

/** The range to compare with: just as long, ending where this one begins or a week earlier. Null where none is asked for. */
export function beforeOf(question: Question): Question | null {
  const { from, to, compare } = question;
  if (compare === 'none') return null;
  const length = to.getTime() - from.getTime();
  // Whole weeks, so that the same weekdays are compared.
  const back = compare === 'previous_week' ? Math.ceil(length / WEEK_MS) * WEEK_MS : length;
  return { ...question, compare: 'none', from: new Date(from.getTime() - back), to: new Date(to.getTime() - back) };
}

type Query = z.output<typeof summaryQuery> | z.output<typeof timeseriesQuery> | z.output<typeof breakdownQuery>;

/** A question as the API asks it: public ids of connections and templates become our own, `-` before the first value excludes. */
export function questionOf(query: Query): Question {
  const filters: AnalyticsFilters = {};
  for (const dimension of DIMENSIONS) {
    if (dimension === 'app') continue;
    const given = query[dimension];
    if (!given) continue;
    const exclude = given[0]?.startsWith('-') === true;
    const values = given.map((value) => (exclude ? value.replace(/^-/, '') : value));
    filters[dimension] = { exclude, values: values.map(keyed[dimension] ?? asItIs) };
  }
  return {
    from: new Date(query.from),
    to: new Date(query.to),
    timeZone: query.timezone,
    filters,
    compare: query.compare,
  };
}

const asItIs = (value: string) => value;
const keyed: Partial<Record<Dimension, (value: string) => string>> = {
  connection: connectionUuid,
  template: templateKey,
};

function connectionUuid(id: string): string {
  const uuid = uuidFrom('connection', id);
  if (!uuid) throw new Refusal('invalid_request', { param: 'connection', detail: 'Not the id of a connection.' });
  return uuid;
}
