import type { SearchParams } from 'nuqs/server';
import { NoteLines } from '@/components/console/note-lines';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { knownUseCases } from '@/lib/operations/analytics/known-use-cases';
import { isCountry } from '@/lib/phone/number';
import { filterChoices } from './choices';
import { withKnown } from './known';
import { notesOf } from './notes';
import type { Asked } from './parts';
import { questionOf, wideningOf } from './range';
import { RangeBar } from './range-bar';
import { loadAnalyticsView } from './search-params';

/** Who asks for a room of figures, and what its address asks: the first line of every such page. */
export async function askedOf(path: string, search: SearchParams | Promise<SearchParams>): Promise<Asked> {
  const user = await requireUser('analytics:read');
  const now = new Date();
  const address = await search;
  const given = loadAnalyticsView(address);
  const useCases = await knownUseCases(given.use_case?.values ?? []);
  const view = withKnown(given, { country: isCountry, useCase: (value) => useCases.has(value) });
  const viewerZone = await viewerTimeZone();
  return {
    user,
    path,
    view,
    question: questionOf(view, now, viewerZone),
    widened: wideningOf(view, now, viewerZone),
    viewerZone,
    notes: notesOf(address, view, now, viewerZone),
  };
}

/** Range, comparison, filters and time zone of a room. */
export async function RoomBar({ path, view, question, viewerZone, notes }: Asked) {
  return (
    <>
      <RangeBar
        path={path}
        view={view}
        from={question.from.toISOString()}
        to={question.to.toISOString()}
        timeZone={question.timeZone}
        viewerZone={viewerZone}
        choices={await filterChoices()}
      />
      <NoteLines notes={notes} />
    </>
  );
}
