import { AppWindow, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { count, DASH } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { TimeAgo } from '@/components/console/time-ago';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo } from '@/lib/domain/permissions';
import { listApps } from '@/lib/operations/apps/list';

export const metadata: Metadata = { title: 'Apps and keys' };

export default async function AppsPage() {
  const user = await requireUser('apps:read');
  const [apps, timeZone] = await Promise.all([listApps(user), viewerTimeZone()]);
  const now = Date.now();
  const create = mayDo(user, 'apps:manage') ? (
    <Link href="/apps/new" className={buttonStyle({ tone: 'primary' })}>
      <Plus aria-hidden="true" className="size-3.5" /> New app
    </Link>
  ) : null;

  return (
    <Page
      title="Apps and keys"
      lead="Who asks for codes: each app has a brand of its own, and keys that speak for it."
      aside={apps.length > 0 ? create : null}
    >
      <Panel>
        {apps.length === 0 ? (
          <EmptyState
            picture={<AppWindow aria-hidden="true" className="size-8" strokeWidth={1.25} />}
            title="There is no app yet"
            action={create}
          >
            A code goes out in the name of an app: its brand is what people read. Make the first one, then give it a
            key.
          </EmptyState>
        ) : (
          <Table label="Apps">
            <TableHead>
              <tr>
                <TableHeading>App</TableHeading>
                <TableHeading className="hidden sm:table-cell">Brand</TableHeading>
                <TableHeading className="hidden md:table-cell">May ask for</TableHeading>
                <TableHeading className="hidden md:table-cell">From</TableHeading>
                <TableHeading className="text-right">Keys</TableHeading>
                <TableHeading className="text-right">Last used</TableHeading>
              </tr>
            </TableHead>
            <tbody>
              {apps.map((app) => (
                <TableRow key={app.id} className="-outline-offset-2 focus-within:bg-hover hover:bg-hover">
                  <TableCell className="font-medium">
                    <Link href={`/apps/${app.id}`} className="row-link">
                      {app.name}
                    </Link>
                  </TableCell>
                  <TableCell className="hidden text-ink-2 sm:table-cell">{app.brand}</TableCell>
                  <TableCell className="hidden md:table-cell">
                    <Limit listed={app.allowedUseCases.length} all="everything" word="use case" />
                  </TableCell>
                  <TableCell className="hidden md:table-cell">
                    <Limit listed={app.allowedNetworks.length} all="anywhere" word="address block" />
                  </TableCell>
                  <TableCell className="num text-right">{count(app.activeKeys)}</TableCell>
                  <TableCell className="text-right text-ink-3">
                    {app.lastUsedAt ? (
                      <TimeAgo at={app.lastUsedAt.toISOString()} now={now} timeZone={timeZone} />
                    ) : (
                      DASH
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </Page>
  );
}

function Limit({ listed, all, word }: { listed: number; all: string; word: string }) {
  if (listed === 0) return <span className="text-ink-3">{all}</span>;
  return (
    <Badge tone="outline">
      {listed} {word}
      {listed === 1 ? '' : 's'}
    </Badge>
  );
}
