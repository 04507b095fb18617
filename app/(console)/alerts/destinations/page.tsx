import { Mail, Webhook } from 'lucide-react';
import type { Metadata } from 'next';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo } from '@/lib/domain/permissions';
import { type DestinationView, listDestinations } from '@/lib/operations/alerts/destinations/list';
import { RoomTabs } from '../room-tabs';
import { changeDestination } from './actions';
import { DestinationForm } from './destination-form';

export const metadata: Metadata = { title: 'Alert destinations' };

export default async function DestinationsPage() {
  const user = await requireUser('alerts:read');
  const [{ destinations, hasMail }, timeZone] = await Promise.all([listDestinations(user), viewerTimeZone()]);
  const mayManage = mayDo(user, 'alerts:manage');
  return (
    <Page title="Alerts" lead="Who is told when an alert opens and when it resolves." timeZone={timeZone}>
      <RoomTabs current="/alerts/destinations" />
      <div className={mayManage ? 'grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]' : ''}>
        <div className="flex min-w-0 flex-col gap-4">
          {destinations.length === 0 ? (
            <Panel>
              <EmptyState
                picture={<Webhook aria-hidden="true" className="size-8" strokeWidth={1.25} />}
                title="Nobody is told yet"
              >
                Alerts stand on their page. Add a webhook or a mailbox, and they come to you.
              </EmptyState>
            </Panel>
          ) : (
            destinations.map((each) => (
              <Destination key={each.id} destination={each} timeZone={timeZone} mayManage={mayManage} />
            ))
          )}
        </div>
        {mayManage ? (
          <Panel>
            <PanelHeading title="Add a destination" />
            <DestinationForm hasMail={hasMail} />
          </Panel>
        ) : null}
      </div>
    </Page>
  );
}

function Destination({
  destination,
  timeZone,
  mayManage,
}: {
  destination: DestinationView;
  timeZone: string;
  mayManage: boolean;
}) {
  const Icon = destination.kind === 'email' ? Mail : Webhook;
  return (
    <Panel>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-4 py-2.5">
        <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
        <div className="min-w-0 flex-1">
          <h2 className="font-medium text-sm">
            {destination.name}
            {destination.enabled ? null : <Badge className="ml-2">off</Badge>}
          </h2>
          <p className="truncate text-ink-3 text-xs">{shownAddress(destination)}</p>
          {destination.onlyOneOf.length > 0 ? (
            <p className="text-ink-3 text-xs">
              The only one told by {destination.onlyOneOf.join(', ')}. To remove it, choose another one there first.
            </p>
          ) : null}
        </div>
        {mayManage ? (
          <form action={changeDestination} className="flex gap-1.5">
            <input type="hidden" name="destination" value={destination.id} />
            <SubmitButton tone="secondary" size="small" name="change" value="test">
              Send a test<span className="sr-only"> to {destination.name}</span>
            </SubmitButton>
            <SubmitButton tone="quiet" size="small" name="change" value={destination.enabled ? 'off' : 'on'}>
              {destination.enabled ? 'Switch off' : 'Switch on'}
              <span className="sr-only"> {destination.name}</span>
            </SubmitButton>
            {destination.onlyOneOf.length === 0 ? (
              <SubmitButton tone="danger" size="small" name="change" value="remove">
                Remove<span className="sr-only"> {destination.name}</span>
              </SubmitButton>
            ) : null}
          </form>
        ) : null}
      </header>
      {destination.deliveries.length === 0 ? (
        <p className="px-4 py-3 text-ink-3 text-sm">Nothing was sent to it yet.</p>
      ) : (
        <Table label={`Last events of ${destination.name}`}>
          <TableHead>
            <tr>
              <TableHeading>Event</TableHeading>
              <TableHeading>State</TableHeading>
              <TableHeading className="hidden sm:table-cell">What came of it</TableHeading>
              <TableHeading className="hidden text-right md:table-cell">Tries</TableHeading>
              <TableHeading>At</TableHeading>
            </tr>
          </TableHead>
          <tbody>
            {destination.deliveries.map((delivery) => (
              <TableRow key={delivery.id}>
                <TableCell className="num whitespace-nowrap text-xs">{delivery.event}</TableCell>
                <TableCell>
                  {delivery.deliveredAt ? (
                    <Badge tone="good">delivered</Badge>
                  ) : delivery.nextTryAt ? (
                    <Badge tone="wait">waiting</Badge>
                  ) : (
                    <Badge tone="bad">given up</Badge>
                  )}
                </TableCell>
                <TableCell className="hidden text-ink-3 sm:table-cell">
                  {delivery.lastResult ?? 'not tried yet'}
                </TableCell>
                <TableCell className="num hidden text-right text-ink-3 md:table-cell">{delivery.tries}</TableCell>
                <TableCell className="text-ink-3">
                  <TimeStamp at={delivery.createdAt} timeZone={timeZone} />
                </TableCell>
              </TableRow>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

/** What stands after a webhook's host may be a secret of its receiver. */
function shownAddress({ kind, address }: DestinationView): string {
  if (kind === 'email') return address;
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname === '/' ? '' : '/…'}`;
}
