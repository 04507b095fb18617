import { Plug, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { type ReactNode, Suspense } from 'react';
import { ChannelGlyph } from '@/components/console/channel-badge';
import { count, DASH, duration } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { CHANNEL_WORDS, PROVIDER_WORDS } from '@/components/console/words';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { TableSkeleton } from '@/components/ui/skeleton';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { mayDo } from '@/lib/domain/permissions';
import { listConnections } from '@/lib/operations/connections/list';
import { StandingBadge, share } from './health';

export const metadata: Metadata = { title: 'Connections' };

export default async function ConnectionsPage() {
  const user = await requireUser('config:read');
  const addButton = mayDo(user, 'connections:manage') ? (
    <Link href="/config/connections/new" className={buttonStyle({ tone: 'primary' })}>
      <Plus aria-hidden="true" className="size-3.5" />
      Add a connection
    </Link>
  ) : null;
  return (
    <Page
      title="Connections"
      lead="The providers’ accounts that carry codes, and how they are doing right now."
      aside={addButton}
    >
      <Panel>
        <Suspense fallback={<TableSkeleton label="Loading the connections" rows={5} row="h-[54px]" />}>
          <Connections user={user} addButton={addButton} />
        </Suspense>
      </Panel>
    </Page>
  );
}

async function Connections({ user, addButton }: { user: UserActor; addButton: ReactNode }) {
  const connections = await listConnections(user);
  if (connections.length === 0) {
    return (
      <EmptyState
        picture={<Plug aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        title="No connection yet"
        action={addButton}
      >
        A connection is a provider plus credentials. Without one no code can leave.
      </EmptyState>
    );
  }
  return (
    <Table label="Connections">
      <TableHead>
        <tr>
          <TableHeading>Name</TableHeading>
          <TableHeading>State</TableHeading>
          <TableHeading className="hidden md:table-cell">Channels</TableHeading>
          <TableHeading className="hidden text-right sm:table-cell">Messages, 15 min</TableHeading>
          <TableHeading className="hidden text-right sm:table-cell">Accepted</TableHeading>
          <TableHeading className="hidden text-right lg:table-cell">Delivered</TableHeading>
          <TableHeading className="hidden text-right lg:table-cell">To deliver, p95</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {connections.map((connection) => (
          <TableRow key={connection.id} className="focus-within:bg-hover hover:bg-hover">
            <TableCell className="py-2">
              <Link
                href={`/config/connections/${connection.publicId}`}
                prefetch={false}
                data-row=""
                className="row-link font-medium"
              >
                {connection.name}
              </Link>
              <span className="block text-ink-3 text-xs">{PROVIDER_WORDS[connection.provider]}</span>
            </TableCell>
            <TableCell>
              <StandingBadge connection={connection} />
            </TableCell>
            <TableCell className="hidden md:table-cell">
              <span className="flex gap-2 text-ink-2">
                {connection.channels.map((channel) => (
                  <span key={channel} className="inline-flex items-center gap-1 text-xs">
                    <ChannelGlyph channel={channel} className="size-3.5" />
                    {CHANNEL_WORDS[channel]}
                  </span>
                ))}
              </span>
            </TableCell>
            <TableCell className="num hidden text-right sm:table-cell">
              {connection.health ? count(connection.health.submitted) : DASH}
            </TableCell>
            <TableCell className="num hidden text-right sm:table-cell">
              {connection.health ? share(connection.health.accepted, connection.health.answered) : DASH}
            </TableCell>
            <TableCell className="num hidden text-right lg:table-cell">
              {connection.health && connection.hasReceipts
                ? share(connection.health.delivered, connection.health.accepted)
                : DASH}
            </TableCell>
            <TableCell className="num hidden text-right lg:table-cell">
              {duration(connection.hasReceipts ? (connection.health?.deliverMsP95 ?? null) : null)}
            </TableCell>
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}
