import { rangeOf } from './query';
import { RANGES, rangeBounds, zoneOf } from './range';
import { dayText, givenIn, isReversed, type Misread, misreadRange, misreadWords, REVERSED } from './range-notes';
import type { View } from './search-params';
import { misreadTerms } from './terms';

/** What of the address the list does not show, or shows otherwise, a sentence each. `keptDays`: how long verifications are kept. */
export function notesOf(
  search: Readonly<Record<string, string | string[] | undefined>>,
  view: View,
  now: Date,
  viewerZone: string,
  keptDays: number,
): string[] {
  const range = givenIn(search, 'range');
  const misread: Misread[] = [
    ...misreadTerms(view).map(({ key, value }) => ({ what: key.replaceAll('_', ' '), value })),
    ...misreadRange({ ...view, range }, RANGES),
  ];
  const name = rangeOf(view);
  const timeZone = zoneOf(view, viewerZone);
  const keptSince = new Date(now.getTime() - keptDays * 86_400_000);
  const { after } = rangeBounds({ name, from: view.from, to: view.to }, now, timeZone);
  return [
    misreadWords(misread),
    name === 'custom' && isReversed(view) ? REVERSED : null,
    name === 'custom' && after < keptSince
      ? `Range cut to what is kept, ${keptDays} days: from ${dayText(keptSince, timeZone)}.`
      : null,
  ].filter((note) => note !== null);
}
