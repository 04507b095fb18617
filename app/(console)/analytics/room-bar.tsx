import type { SearchParams } from 'nuqs/server';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { type Configuration, currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { isCountry } from '@/lib/phone/number';
import { filterChoices } from './choices';
import type { Asked } from './parts';
import { questionOf, wideningOf } from './range';
import { RangeBar } from './range-bar';
import { type AnalyticsView, type Filter, loadAnalyticsView } from './search-params';

/** Who asks for a room of figures, and what its address asks: the first line of every such page. */
export async function askedOf(path: string, search: SearchParams | Promise<SearchParams>): Promise<Asked> {
  const user = await requireUser('analytics:read');
  const view = withKnown(loadAnalyticsView(await search), await currentConfiguration());
  const viewerZone = await viewerTimeZone();
  const now = new Date();
  return {
    user,
    path,
    view,
    question: questionOf(view, now, viewerZone),
    widened: wideningOf(view, now, viewerZone),
    viewerZone,
  };
}

/** Without countries and use cases that there are not: the bar shows which filters hold, and figures of nothing would look like figures. */
function withKnown(view: AnalyticsView, { policies }: Configuration): AnalyticsView {
  const among = (filter: Filter | null, isKnown: (value: string) => boolean): Filter | null => {
    const values = filter?.values.filter(isKnown) ?? [];
    return filter && values.length > 0 ? { ...filter, values } : null;
  };
  return {
    ...view,
    country: among(view.country, isCountry),
    use_case: among(view.use_case, (useCase) => policies.has(useCase)),
  };
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
