import { Send } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { NoteLines } from '@/components/console/note-lines';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo } from '@/lib/domain/permissions';
import { env } from '@/lib/env';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { listViews } from '@/lib/operations/views/list';
import { ExportMenu } from './export-menu';
import { FacetPanel, FacetSkeleton } from './facet-panel';
import { FaultNotice } from './fault-notice';
import { FilterBar } from './filter-bar';
import { ListPanel, ListSkeleton } from './list-panel';
import { choicesOf, vocabularyOf } from './names';
import { notesOf } from './notes';
import { queryOf, rangeOf } from './query';
import { zoneOf } from './range';
import { SearchBox } from './search-box';
import { hrefWith, loadView, viewHref } from './search-params';
import { TermChips } from './term-chips';
import { ViewsMenu } from './views-menu';
import { VolumePanel, VolumeSkeleton } from './volume-panel';

export const metadata: Metadata = { title: 'Verifications' };

export default async function VerificationsPage(props: { searchParams: Promise<SearchParams> }) {
  const user = await requireUser('verifications:read');
  const search = await props.searchParams;
  const view = loadView(search);
  const timeZone = zoneOf(view, await viewerTimeZone());
  const choices = choicesOf(await currentConfiguration());
  const key = viewHref('', view);
  const question = { user, view, timeZone, now: new Date() };

  return (
    <Page
      title="Verifications"
      lead="Every code that was asked for, and what became of it."
      aside={
        <>
          <ViewsMenu
            views={await listViews(user)}
            mayShare={mayDo(user, 'views:share')}
            hasNumber={view.number.length + view['-number'].length > 0}
          />
          <ExportMenu
            csv={hrefWith(view, {}, '/verifications/export?format=csv')}
            ndjson={hrefWith(view, {}, '/verifications/export?format=ndjson')}
          />
          {mayDo(user, 'verifications:write') ? (
            <Link href="/sandbox" className={buttonStyle({ tone: 'primary' })}>
              <Send aria-hidden="true" className="size-3.5" />
              Send a test code
            </Link>
          ) : null}
        </>
      }
    >
      <Suspense fallback={null}>
        <FaultNotice user={user} timeZone={timeZone} now={question.now} />
      </Suspense>
      <div className="mb-4 flex flex-col gap-2">
        <SearchBox view={view} choices={choices} vocabulary={vocabularyOf(choices)} path="/verifications" />
        <FilterBar view={view} range={rangeOf(view)} timeZone={timeZone} choices={choices} />
        <TermChips
          view={view}
          endings={queryOf(view, question.now, timeZone).endings ?? []}
          choices={choices}
          path="/verifications"
        />
      </div>
      <NoteLines notes={notesOf(search, view, question.now, timeZone, env().WATCHWORD_KEEP_DAYS)} />
      <Suspense key={`volume${key}`} fallback={<VolumeSkeleton />}>
        <VolumePanel {...question} />
      </Suspense>
      <div className="xl:grid xl:grid-cols-[13rem_minmax(0,1fr)] xl:items-start xl:gap-5">
        <Suspense key={`facets${hrefWith(view, {})}`} fallback={<FacetSkeleton />}>
          <FacetPanel {...question} choices={choices} />
        </Suspense>
        <Suspense key={`list${key}`} fallback={<ListSkeleton />}>
          <ListPanel {...question} choices={choices} />
        </Suspense>
      </div>
    </Page>
  );
}
