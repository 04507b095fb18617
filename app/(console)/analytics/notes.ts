import { DIMENSION_WORDS } from '@/components/charts/dimensions';
import { DIMENSIONS } from '@/lib/domain/stats/measures';
import { zoneOf } from '../verifications/range';
import {
  dayText,
  givenIn,
  isReversed,
  type Misread,
  misreadRange,
  misreadWords,
  REVERSED,
} from '../verifications/range-notes';
import { boundsOf, isCut, RANGES, rangeOf } from './range';
import { type AnalyticsView, analyticsParams, spelledIn } from './search-params';

const LITERALS = ['compare', 'interval', 'by', 'prices'] as const;
const LITERAL_WORDS = { compare: 'comparison', interval: 'interval', by: 'split by', prices: 'prices' };

/** What of the address the figures do not follow, or follow otherwise, a sentence each. `view`: what is left of it after everything that was read. */
export function notesOf(
  search: Readonly<Record<string, string | string[] | undefined>>,
  view: AnalyticsView,
  now: Date,
  viewerZone: string,
): string[] {
  const misread: Misread[] = DIMENSIONS.flatMap((dimension) =>
    spelledIn(dimension, givenIn(search, dimension) ?? '')
      .filter((value) => !view[dimension]?.values.includes(value))
      .map((value) => ({ what: DIMENSION_WORDS[dimension].toLowerCase(), value })),
  );
  for (const name of LITERALS) {
    const value = givenIn(search, name);
    if (value !== null && analyticsParams[name].parse(value) === null)
      misread.push({ what: LITERAL_WORDS[name], value });
  }
  const range = givenIn(search, 'range');
  misread.push(...misreadRange({ ...view, range }, RANGES));
  const timeZone = zoneOf(view, viewerZone);
  const isCustom = rangeOf(view) === 'custom';
  return [
    misreadWords(misread),
    isCustom && isReversed(view) ? REVERSED : null,
    isCut(view, now, timeZone)
      ? `Range cut to 400 days, the longest: from ${dayText(boundsOf(view, now, timeZone).from, timeZone)}.`
      : null,
  ].filter((note) => note !== null);
}
