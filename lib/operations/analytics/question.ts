import type { z } from 'zod';
import type {
  AnalyticsFilters,
  breakdownQuery,
  durationsQuery,
  heatmapQuery,
  moversQuery,
  Question,
  summaryQuery,
  timeseriesQuery,
} from '@/lib/contract/analytics';
import { CHANNELS } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { DIMENSIONS, type Dimension } from '@/lib/domain/stats/measures';
import { templateKey } from '@/lib/domain/template/key';
import { momentOf, wallOf } from '@/lib/domain/wall-clock';
import { uuidFrom } from '@/lib/ids';
import { knownUseCases } from '@/lib/operations/analytics/known-use-cases';
import { isCountry } from '@/lib/phone/number';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;

/**
 * The range to compare with: just as long, ending where this one begins or whole weeks earlier. Null where none is asked for. From a day on it is as long by the
 * clocks of the time zone: over a change of clocks days stay days, and each is compared with its own weekday.
 */
export function beforeOf(question: Question): Question | null {
  const { from, to, timeZone, compare } = question;
  if (compare === 'none') return null;
  const isShort = to.getTime() - from.getTime() < DAY_MS;
  const wall = (at: Date) => (isShort ? at.getTime() : wallOf(at.getTime(), timeZone));
  const moment = (shown: number) => new Date(isShort ? shown : momentOf(shown, timeZone));
  const length = wall(to) - wall(from);
  // Whole weeks, so that the same weekdays are compared. Seven days up to now end with a half-hour: what that takes of the week before is no reason to go back two.
  const weeks = Math.max(1, Math.ceil((length - HOUR_MS) / WEEK_MS));
  const back = compare === 'previous_week' ? weeks * WEEK_MS : length;
  const end = compare === 'previous_week' ? moment(wall(to) - back) : from;
  return { ...question, compare: 'none', from: moment(wall(from) - back), to: end };
}

type Query = z.output<
  | typeof summaryQuery
  | typeof timeseriesQuery
  | typeof breakdownQuery
  | typeof moversQuery
  | typeof durationsQuery
  | typeof heatmapQuery
>;

/** A question as the API asks it: public ids of connections and templates become our own, `-` before the first value excludes. 400 names the filter whose value nothing can have. */
export async function questionOf(query: Query): Promise<Question> {
  const useCases = await knownUseCases(query.use_case?.map((value) => value.replace(/^-/, '')) ?? []);
  const known = knownValues(useCases);
  const filters: AnalyticsFilters = {};
  for (const dimension of DIMENSIONS) {
    if (dimension === 'app') continue;
    const given = query[dimension];
    if (!given) continue;
    const exclude = given[0]?.startsWith('-') === true;
    const values = given.map((value) => (exclude ? value.replace(/^-/, '') : value));
    filters[dimension] = { exclude, values: values.map((value) => known(dimension, value)) };
  }
  return {
    from: new Date(query.from),
    to: new Date(query.to),
    timeZone: query.timezone,
    filters,
    compare: 'compare' in query ? query.compare : 'none',
  };
}

/**
 * What a filter's value is called where it is counted. A value that nothing can have is refused: zeros of a country that there is not would be read as
 * its figures. Names of templates and languages are anybody's.
 */
function knownValues(useCases: ReadonlySet<string>): (dimension: Dimension, value: string) => string {
  const refuse = (param: Dimension, detail: string): never => {
    throw new Refusal('invalid_request', { param, detail });
  };
  return (dimension, value) => {
    switch (dimension) {
      case 'connection':
        return uuidFrom('connection', value) ?? refuse(dimension, 'Not the id of a connection.');
      case 'template':
        return templateKey(value);
      case 'country': {
        const code = value.toUpperCase();
        return isCountry(code) ? code : refuse(dimension, `No country has the code “${value}”.`);
      }
      case 'use_case':
        return useCases.has(value) ? value : refuse(dimension, `There is no use case “${value}”.`);
      case 'channel':
        return isOneOf(CHANNELS, value) ? value : refuse(dimension, `A channel is one of ${CHANNELS.join(', ')}.`);
      case 'reason':
        return Object.hasOwn(FAILURE_REASONS, value)
          ? value
          : refuse(dimension, `There is no failure reason “${value}”.`);
      default:
        return value;
    }
  };
}

const isOneOf = (values: readonly string[], value: string) => values.includes(value);
