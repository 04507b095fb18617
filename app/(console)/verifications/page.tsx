import { Send } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { countryName } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo } from '@/lib/domain/permissions';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { FaultNotice } from './fault-notice';
import { FilterBar } from './filter-bar';
import { ListPanel, ListSkeleton } from './list-panel';
import { loadView, viewHref } from './search-params';
import { VolumePanel, VolumeSkeleton } from './volume-panel';

export const metadata: Metadata = { title: 'Verifications' };

export default async function VerificationsPage(props: { searchParams: Promise<SearchParams> }) {
  const user = await requireUser('verifications:read');
  const view = loadView(await props.searchParams);
  const timeZone = await viewerTimeZone();
  const configuration = await currentConfiguration();
  const key = viewHref('', view);
  const question = { user, view, timeZone, now: new Date() };

  return (
    <Page
      title="Verifications"
      lead="Every code that was asked for, and what became of it."
      aside={
        mayDo(user, 'verifications:write') ? (
          <Link href="/sandbox" className={buttonStyle({ tone: 'primary' })}>
            <Send aria-hidden="true" className="size-3.5" />
            Send a test code
          </Link>
        ) : null
      }
    >
      <Suspense fallback={null}>
        <FaultNotice user={user} timeZone={timeZone} now={question.now} />
      </Suspense>
      <FilterBar
        view={view}
        timeZone={timeZone}
        choices={{
          apps: [...configuration.apps.values()].map(({ id, name }) => ({ id, name })),
          useCases: [...configuration.policies.values()].map(({ useCase, name }) => ({ id: useCase, name })),
          countries: countriesOf(configuration.routes.keys()),
        }}
      />
      <Suspense key={`volume${key}`} fallback={<VolumeSkeleton />}>
        <VolumePanel {...question} />
      </Suspense>
      <Suspense key={`list${key}`} fallback={<ListSkeleton />}>
        <ListPanel {...question} />
      </Suspense>
    </Page>
  );
}

/** Named on the server: browsers name and sort some countries differently. */
function countriesOf(scopes: Iterable<string>): { id: string; name: string }[] {
  return [...scopes]
    .flatMap((scope) => (scope.startsWith('country:') ? [scope.slice(8)] : []))
    .map((id) => ({ id, name: countryName(id) }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
