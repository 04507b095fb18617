import type { SearchParams } from 'nuqs/server';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { filterChoices } from './choices';
import type { Asked } from './parts';
import { questionOf } from './range';
import { RangeBar } from './range-bar';
import { loadAnalyticsView } from './search-params';

/** Who asks for a room of figures, and what its address asks: the first line of every such page. */
export async function askedOf(path: string, search: SearchParams | Promise<SearchParams>): Promise<Asked> {
  const user = await requireUser('analytics:read');
  const view = loadAnalyticsView(await search);
  const viewerZone = await viewerTimeZone();
  return { user, path, view, question: questionOf(view, new Date(), viewerZone), viewerZone };
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
