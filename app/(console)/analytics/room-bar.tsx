import type { SearchParams } from 'nuqs/server';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { ANALYTICS_LIMITS, type Question } from '@/lib/contract/analytics';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { isCountry } from '@/lib/phone/number';
import { ask } from './ask';
import { filterChoices } from './choices';
import { unconfigured, withKnown } from './known';
import type { Asked } from './parts';
import { questionOf, wideningOf } from './range';
import { RangeBar } from './range-bar';
import { loadAnalyticsView } from './search-params';

/** Who asks for a room of figures, and what its address asks: the first line of every such page. */
export async function askedOf(path: string, search: SearchParams | Promise<SearchParams>): Promise<Asked> {
  const user = await requireUser('analytics:read');
  const now = new Date();
  const given = loadAnalyticsView(await search);
  const { policies } = await currentConfiguration();
  const removed = await withFigures(user, unconfigured(given, policies), now);
  const view = withKnown(given, {
    country: isCountry,
    useCase: (value) => policies.has(value) || removed.has(value),
  });
  const viewerZone = await viewerTimeZone();
  return {
    user,
    path,
    view,
    question: questionOf(view, now, viewerZone),
    widened: wideningOf(view, now, viewerZone),
    viewerZone,
  };
}

const DAY_MS = 86_400_000;

/**
 * Of these use cases, those that verifications were counted for: one that was removed keeps its figures. Asked of all the time a question may span, not of
 * the range shown: a range without any must show nothing, and not everything. Where that cannot be told they all stand.
 */
async function withFigures(user: UserActor, useCases: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  if (useCases.length === 0) return new Set();
  const from = new Date(now.getTime() - (ANALYTICS_LIMITS.days - 1) * DAY_MS);
  const filters = { use_case: { values: [...useCases], exclude: false } };
  const question: Question = { from, to: now, timeZone: 'UTC', filters, compare: 'none' };
  const asking = await ask(readBreakdown(user, question, 'use_case', ['created'], useCases.length));
  return new Set('fault' in asking ? useCases : asking.answer.rows.map(({ key }) => key));
}

/** Range, comparison, filters and time zone of a room. */
export async function RoomBar({ path, view, question, viewerZone }: Asked) {
  return (
    <RangeBar
      path={path}
      view={view}
      from={question.from.toISOString()}
      to={question.to.toISOString()}
      timeZone={question.timeZone}
      viewerZone={viewerZone}
      choices={await filterChoices()}
    />
  );
}
