import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Page } from '@/components/console/shell/shell';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { exploreVerifications, PATIENCE_MS, WALK_MIN } from '@/lib/operations/verifications/explore';
import { tailFrom } from '@/lib/operations/verifications/tail';
import { FilterBar } from '../verifications/filter-bar';
import { choicesOf, vocabularyOf } from '../verifications/names';
import { queryOf } from '../verifications/query';
import { zoneOf } from '../verifications/range';
import { SearchBox } from '../verifications/search-box';
import { hrefWith, loadView } from '../verifications/search-params';
import { TermChips } from '../verifications/term-chips';
import { TailList } from './tail-list';

export const metadata: Metadata = { title: 'Live' };

/** What there is to see before anything happens. */
const LINES = 25;
/** A code may be committed a moment after its id was made: lines that are there already are not shown twice. */
const OVERLAP_MS = 2_000;

export default async function LivePage(props: { searchParams: Promise<SearchParams> }) {
  const user = await requireUser('verifications:read');
  const view = loadView(await props.searchParams);
  const timeZone = zoneOf(view, await viewerTimeZone());
  const choices = choicesOf(await currentConfiguration());
  const now = new Date();
  const { query, endings } = queryOf(view, now, timeZone);
  const { data } = await exploreVerifications(user, {
    ...query,
    createdBefore: null,
    startingAfter: null,
    limit: LINES,
    walkMin: WALK_MIN,
    patienceMs: PATIENCE_MS.page,
  });
  return (
    <Page title="Live" lead="Codes as they are asked for, and what becomes of them.">
      <div className="mb-4 flex flex-col gap-2">
        <SearchBox view={view} choices={choices} vocabulary={vocabularyOf(choices)} path="/live" />
        <FilterBar view={view} range={null} timeZone={timeZone} choices={choices} path="/live" />
        <TermChips view={view} endings={endings ?? []} choices={choices} path="/live" />
      </div>
      <TailList
        key={hrefWith(view, {})}
        stream={hrefWith(view, {}, `/live/stream?since=${tailFrom(new Date(now.getTime() - OVERLAP_MS))}`)}
        first={data}
        timeZone={timeZone}
        useCases={choices.useCases}
      />
    </Page>
  );
}
