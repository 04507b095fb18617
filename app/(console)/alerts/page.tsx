import { BellRing } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { ALERT_WORDS, wordFor } from '@/components/console/words';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo } from '@/lib/domain/permissions';
import { type AlertView, listAlerts } from '@/lib/operations/alerts/list';
import { AlertCard } from './alert-card';
import { RoomTabs } from './room-tabs';
import { RunningOverrides } from './running-overrides';

export const metadata: Metadata = { title: 'Alerts' };

export default async function AlertsPage() {
  const user = await requireUser('alerts:read');
  const [{ open, resolved, overrides }, timeZone] = await Promise.all([listAlerts(user), viewerTimeZone()]);
  const viewing = { user, timeZone, now: Date.now(), mayManage: mayDo(user, 'alerts:manage'), back: '/alerts' };
  return (
    <Page
      timeZone={timeZone}
      title="Alerts"
      lead="One per cause, looked at every 30 seconds. An alert resolves by itself when it has been quiet twice."
    >
      <RoomTabs current="/alerts" />
      <RunningOverrides overrides={overrides} {...viewing} />
      {open.length === 0 ? (
        <Panel>
          <EmptyState
            picture={<BellRing aria-hidden="true" className="size-8" strokeWidth={1.25} />}
            title="Nothing is wrong"
            action={
              <Link href="/alerts/rules" className={buttonStyle()}>
                What is watched
              </Link>
            }
          >
            No rule has found anything. When one does, its alert stands here with its figures and five verifications
            that show it.
          </EmptyState>
        </Panel>
      ) : (
        <div className="flex flex-col gap-4">
          {open.map((alert) => (
            <AlertCard key={alert.id} alert={alert} {...viewing} />
          ))}
        </div>
      )}
      {resolved.length > 0 ? <Resolved alerts={resolved} timeZone={timeZone} /> : null}
    </Page>
  );
}

function Resolved({ alerts, timeZone }: { alerts: readonly AlertView[]; timeZone: string }) {
  return (
    <Panel className="mt-6">
      <PanelHeading title="Resolved" hint={`the newest ${alerts.length}`} />
      <Table label="Resolved alerts">
        <TableHead>
          <tr>
            <TableHeading>Cause</TableHeading>
            <TableHeading className="hidden md:table-cell">Kind</TableHeading>
            <TableHeading>Opened</TableHeading>
            <TableHeading className="hidden sm:table-cell">Lasted</TableHeading>
          </tr>
        </TableHead>
        <tbody>
          {alerts.map((alert) => (
            <TableRow key={alert.id} className="focus-within:bg-hover hover:bg-hover">
              <TableCell className="py-2">
                <Link href={`/alerts/${alert.publicId}`} prefetch={false} data-row="" className="row-link">
                  {alert.cause}
                </Link>
              </TableCell>
              <TableCell className="hidden whitespace-nowrap text-ink-3 md:table-cell">
                {wordFor(ALERT_WORDS, alert.kind)}
              </TableCell>
              <TableCell className="text-ink-3 max-sm:pr-4">
                <TimeStamp at={alert.openedAt} timeZone={timeZone} />
              </TableCell>
              <TableCell className="num hidden whitespace-nowrap text-ink-3 sm:table-cell">{lasted(alert)}</TableCell>
            </TableRow>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function lasted({ openedAt, resolvedAt }: AlertView): string {
  const minutes = Math.max(1, Math.round(((resolvedAt ?? openedAt).getTime() - openedAt.getTime()) / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
