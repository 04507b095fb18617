import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { CountryName } from '@/components/console/country';
import { count } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { ALERT_WORDS, wordFor } from '@/components/console/words';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { type AlertView, getAlert } from '@/lib/operations/alerts/list';
import { listOverrides } from '@/lib/operations/overrides/list';
import { AlertCard } from '../alert-card';
import { FIGURE_WORDS, figureText, restsOn } from '../figures';
import { RunningOverrides } from '../running-overrides';

export const metadata: Metadata = { title: 'Alert' };

export default async function AlertPage({ params }: { params: Promise<{ id: string }> }) {
  const user = await requireUser('alerts:read');
  const { id } = await params;
  const [alert, timeZone, running] = await Promise.all([
    getAlert(user, id).catch((error: unknown) => {
      if (isRefusal(error) && error.code === 'not_found') notFound();
      throw error;
    }),
    viewerTimeZone(),
    listOverrides(user),
  ]);
  const viewing = {
    user,
    timeZone,
    now: Date.now(),
    mayManage: mayDo(user, 'alerts:manage'),
    back: `/alerts/${alert.publicId}`,
  };
  return (
    <Page
      timeZone={timeZone}
      title={wordFor(ALERT_WORDS, alert.kind)}
      lead={
        <>
          <Link href="/alerts" className="underline">
            All alerts
          </Link>{' '}
          · opened <TimeStamp at={alert.openedAt} timeZone={timeZone} />
        </>
      }
    >
      <RunningOverrides
        overrides={running.filter(
          ({ country, alertId }) => alertId === alert.id || alert.scope.countries.includes(country),
        )}
        {...viewing}
      />
      <AlertCard alert={alert} headingLink={false} {...viewing} />
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-2">
        {alert.evidence.affected.length > 0 ? <Countries alert={alert} /> : null}
        {alert.evidence.unit === 'messages' ? null : <Looks alert={alert} timeZone={timeZone} />}
      </div>
    </Page>
  );
}

function Countries({ alert }: { alert: AlertView }) {
  const { affected, unit } = alert.evidence;
  return (
    <Panel>
      <PanelHeading title="Countries" hint={`${affected.length} affected`} />
      <Table label="Affected countries">
        <TableHead>
          <tr>
            <TableHeading>Country</TableHeading>
            <TableHeading className="text-right">Before</TableHeading>
            <TableHeading className="text-right">Now</TableHeading>
            <TableHeading className="hidden text-right sm:table-cell">Rests on</TableHeading>
          </tr>
        </TableHead>
        <tbody>
          {affected.map(({ country, now, before }) => (
            <TableRow key={country}>
              <TableCell>
                <Link href={`/config/countries/${country}`} className="hover:underline">
                  <CountryName country={country} />
                </Link>
              </TableCell>
              <TableCell className="num text-right text-ink-3">{figureText(before, unit)}</TableCell>
              <TableCell className="num text-right">
                {before === null ? `n ${count(now.n)}` : figureText(now, unit)}
              </TableCell>
              <TableCell className="num hidden text-right text-ink-3 sm:table-cell">{restsOn(now)}</TableCell>
            </TableRow>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

const LOOKS_SHOWN = 20;

/** The line of the picture as a table, newest first. */
function Looks({ alert, timeZone }: { alert: AlertView; timeZone: string }) {
  const { unit } = alert.evidence;
  return (
    <Panel>
      <PanelHeading title={wordFor(FIGURE_WORDS, alert.kind)} hint="each look since it opened, newest first" />
      <Table label="Looks">
        <TableHead>
          <tr>
            <TableHeading>At</TableHeading>
            <TableHeading className="text-right">Value</TableHeading>
            <TableHeading className="text-right">n</TableHeading>
          </tr>
        </TableHead>
        <tbody>
          {alert.series
            .slice(-LOOKS_SHOWN)
            .toReversed()
            .map(([at, value, n]) => (
              <TableRow key={at}>
                <TableCell className="text-ink-3">
                  <TimeStamp at={new Date(at)} timeZone={timeZone} />
                </TableCell>
                <TableCell className="num text-right">
                  {figureText({ value, n, low: null, high: null }, unit)}
                </TableCell>
                <TableCell className="num text-right text-ink-3">{count(n)}</TableCell>
              </TableRow>
            ))}
        </tbody>
      </Table>
    </Panel>
  );
}
