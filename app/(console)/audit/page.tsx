import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { listActions } from '@/lib/operations/audit/list';
import { zoneOf } from '../verifications/range';
import { EntryList } from './entry-list';
import { FilterBar } from './filter-bar';
import { hrefWith, loadView } from './search-params';

export const metadata: Metadata = { title: 'Audit log' };

export default async function AuditPage(props: { searchParams: Promise<SearchParams> }) {
  const user = await requireUser('audit:read');
  const view = loadView(await props.searchParams);
  const [actions, viewerZone] = await Promise.all([listActions(user), viewerTimeZone()]);
  const timeZone = zoneOf(view, viewerZone);
  return (
    <Page
      timeZone={timeZone}
      title="Audit log"
      lead="Who did what to what. It only grows: nobody can change or delete an entry."
      aside={
        // A plain link: the answer is a file, and reading the log out is noted in it.
        <a href={hrefWith(view, {}, '/audit/export')} download className={buttonStyle()}>
          <Download aria-hidden="true" className="size-3.5" /> CSV
        </a>
      }
    >
      <FilterBar view={view} actions={actions} timeZone={timeZone} />
      <Suspense key={hrefWith(view, { after: view.after })} fallback={<ListSkeleton />}>
        <EntryList user={user} view={view} timeZone={timeZone} now={new Date()} />
      </Suspense>
    </Page>
  );
}

function ListSkeleton() {
  return (
    <Panel aria-busy="true">
      {Array.from({ length: 12 }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <div key={n} className="flex h-10 items-center gap-6 border-line border-b px-4 last:border-b-0">
          <Skeleton className="w-28" />
          <Skeleton className="w-40" />
          <Skeleton className="w-32" />
        </div>
      ))}
    </Panel>
  );
}
