import { Download, Upload } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import type { SearchParams } from 'nuqs/server';
import { Suspense } from 'react';
import { Page } from '@/components/console/shell/shell';
import { buttonStyle } from '@/components/ui/button';
import { requireUser, type UserActor } from '@/lib/auth/session';
import type { Entities } from '@/lib/domain/configuration/entities';
import { type SheetView, sheetRows } from '@/lib/domain/configuration/sheet-rows';
import { mayDo } from '@/lib/domain/permissions';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { recentTraffic } from '@/lib/operations/configuration/traffic';
import { draftOf } from '../draft-of';
import { scopeName } from './scope-name';
import { loadView } from './search-params';
import { Sheet } from './sheet';
import { SheetSkeleton } from './sheet-skeleton';

export const metadata: Metadata = { title: 'Countries' };

export default async function CountriesPage(props: { searchParams: Promise<SearchParams> }) {
  const user = await requireUser('config:read');
  const view = loadView(await props.searchParams);
  const mayWrite = mayDo(user, 'config:write');
  return (
    <Page
      title="Countries"
      lead="Which channels carry a code, what happens when one fails or stays silent, and what that costs."
      aside={
        <>
          {/* A file, not a page: Next must not fetch it ahead. */}
          <a href="/config/countries/export" className={buttonStyle()}>
            <Download aria-hidden="true" className="size-3.5" />
            Export CSV
          </a>
          {mayWrite ? (
            <Link href="/config/countries/import" className={buttonStyle()}>
              <Upload aria-hidden="true" className="size-3.5" />
              Import CSV
            </Link>
          ) : null}
        </>
      }
    >
      <Suspense fallback={<SheetSkeleton />}>
        <SheetPanel user={user} view={view} />
      </Suspense>
    </Page>
  );
}

async function SheetPanel({ user, view }: { user: UserActor; view: SheetView }) {
  const [{ live, draft }, traffic, configuration] = await Promise.all([
    draftOf(user),
    recentTraffic(),
    currentConfiguration(),
  ]);
  return (
    <Sheet
      rows={sheetRows(live, traffic, scopeName)}
      live={routesOf(live)}
      draft={routesOf(draft as Entities)}
      connections={[...configuration.connections.values()].map(({ id, name, channels, enabled }) => ({
        id,
        name,
        channels: [...channels],
        enabled,
      }))}
      view={view}
      mayWrite={mayDo(user, 'config:write')}
    />
  );
}

/** Only routes, without the fields that say nothing: what the browser needs. */
function routesOf(entities: Entities): Entities {
  return Object.fromEntries(
    Object.entries(entities).flatMap(([key, entity]) =>
      key.startsWith('routes/') && entity
        ? [
            [
              key,
              Object.fromEntries(
                Object.entries(entity).filter(([field, value]) => value !== null && field !== 'coverageSource'),
              ),
            ],
          ]
        : [],
    ),
  );
}
