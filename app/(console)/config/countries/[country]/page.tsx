import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { MetricTerm } from '@/components/charts/metric-term';
import { ChangeList } from '@/components/console/configuration/change-list';
import { FIELD_WORDS } from '@/components/console/configuration/change-words';
import { Flag } from '@/components/console/country';
import { count, countryName, DASH, money } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { FiguresSkeleton, TableSkeleton } from '@/components/ui/skeleton';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { type Entities, type Json, withDraft } from '@/lib/domain/configuration/entities';
import { cellOf, chainOf, SHEET_COLUMNS, type SheetColumn, writeCell } from '@/lib/domain/configuration/sheet';
import { sheetRows } from '@/lib/domain/configuration/sheet-rows';
import { mayDo } from '@/lib/domain/permissions';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { recentTraffic } from '@/lib/operations/configuration/traffic';
import { entityHistory } from '@/lib/operations/configuration/versions';
import { listOverrides } from '@/lib/operations/overrides/list';
import { OverrideForm } from '../../../alerts/override-form';
import { RunningOverrides } from '../../../alerts/running-overrides';
import { authorOf } from '../../changes/version-list';
import { draftOf } from '../../draft-of';
import { scopeName } from '../scope-name';
import { ExplainForm } from './explain-form';
import { writePriceChanges } from './price-changes';
import { type RouteFields, RouteForm } from './route-form';

type Props = { params: Promise<{ country: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: countryName((await params).country) };
}

export default async function CountryPage({ params }: Props) {
  const user = await requireUser('config:read');
  const { country } = await params;
  const scope = `country:${country}`;
  const [{ live, draft }, configuration, overrides, timeZone] = await Promise.all([
    draftOf(user),
    currentConfiguration(),
    listOverrides(user, country),
    viewerTimeZone(),
  ]);
  const mayOverride = mayDo(user, 'alerts:manage');
  const entities = withDraft(live, draft);
  const entity = entities[`routes/${scope}`];
  if (!/^[A-Z]{2}$/.test(country) || !entity) notFound();

  return (
    <Page
      timeZone={timeZone}
      title={
        <span className="flex items-center gap-3">
          <Flag country={country} className="h-4 w-6" />
          {countryName(country)}
        </span>
      }
      lead={
        <>
          <Link href="/config/countries" className="underline">
            All countries
          </Link>{' '}
          · {chainOf(entities, scope).slice(1).map(scopeName).join(', then ').replace('Every country', 'every country')}{' '}
          answer for what it does not say itself.
        </>
      }
    >
      <RunningOverrides
        overrides={overrides}
        timeZone={timeZone}
        mayManage={mayOverride}
        back={`/config/countries/${country}`}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Panel>
            <PanelHeading title="What it says itself" hint="Empty fields inherit." />
            <RouteForm scope={scope} fields={fieldsOf(entities, scope)} mayWrite={mayDo(user, 'config:write')} />
          </Panel>
          <Panel>
            <PanelHeading
              title="Where each answer comes from"
              hint="With your draft. The first that says something wins."
            />
            <Inheritance entities={entities} scope={scope} />
            <p className="border-line border-t px-4 py-2 text-ink-3 text-xs">
              Coverage: {sourceWords(entity.coverageSource)}
            </p>
          </Panel>
          <Panel>
            <PanelHeading title="History" hint="Versions that changed it" />
            <Suspense fallback={<TableSkeleton label="Loading the history" rows={2} row="h-16" hasHead={false} />}>
              <Versions user={user} scope={scope} live={live} />
            </Suspense>
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <Panel>
            <PanelHeading title="Last 7 days" hint="live traffic" />
            <Suspense fallback={<FiguresSkeleton label="Loading the figures" rows={4} />}>
              <Week entities={entities} scope={scope} />
            </Suspense>
          </Panel>
          {mayOverride ? (
            <Panel>
              <PanelHeading title="Fallback first" hint="for a while, without a publish" />
              <div className="p-4">
                <OverrideForm countries={[country]} reason="" />
              </div>
            </Panel>
          ) : null}
          <Panel>
            <PanelHeading title="Try a number" hint="under what is live" />
            <ExplainForm
              useCases={[...configuration.policies.values()].map(({ useCase, name }) => ({ id: useCase, name }))}
              mails={configuration
                .routeFor(country)
                .channels.some(({ channel, enabled }) => enabled && channel === 'email')}
            />
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function fieldsOf(entities: Entities, scope: string): RouteFields {
  const parent = chainOf(entities, scope)[1];
  const inherited = (column: SheetColumn) =>
    parent === undefined ? '' : writeCell(column, cellOf(entities, parent, column).value);
  const columns = SHEET_COLUMNS.map((column) => [
    column,
    { own: writeCell(column, cellOf(entities, scope, column).own), inherited: inherited(column) },
  ]);
  const above = chainOf(entities, scope)
    .slice(1)
    .map((at) => entities[`routes/${at}`]?.priceChanges ?? null)
    .find((value) => value !== null);
  return {
    ...Object.fromEntries(columns),
    priceChanges: {
      own: writePriceChanges(entities[`routes/${scope}`]?.priceChanges ?? null),
      inherited: writePriceChanges(above ?? null),
    },
  } as RouteFields;
}

/** `medium: GWI 2020, …` → where the class comes from, and how sure that is. */
function sourceWords(source: Json | undefined): string {
  if (typeof source !== 'string') return 'no source was found.';
  const [, confidence, from] = /^(high|medium|low): (.*)$/s.exec(source) ?? [];
  return from ? `${from}. Confidence: ${confidence}.` : source;
}

/** As the sheet writes it, with the unit that its heading tells there. */
const withUnit = (column: SheetColumn, value: Json) =>
  `${writeCell(column, value)}${column === 'fallbackAfterSeconds' && value !== 0 ? ' s' : ''}`;

const COLUMN_WORDS: Partial<Record<SheetColumn, string>> = { priceWhatsapp: 'WhatsApp, $', priceSms: 'SMS, $' };

function Inheritance({ entities, scope }: { entities: Entities; scope: string }) {
  const chain = chainOf(entities, scope);
  return (
    <Table label="Inheritance">
      <TableHead>
        <tr>
          <TableHeading>Field</TableHeading>
          {chain.map((at) => (
            <TableHeading key={at}>{scopeName(at)}</TableHeading>
          ))}
        </tr>
      </TableHead>
      <tbody>
        {SHEET_COLUMNS.map((column) => {
          const { from } = cellOf(entities, scope, column);
          return (
            <TableRow key={column}>
              <TableCell className="whitespace-nowrap text-ink-3">
                {COLUMN_WORDS[column] ?? FIELD_WORDS[column]}
              </TableCell>
              {chain.map((at) => {
                const own = cellOf(entities, at, column).own;
                const wins = at === from;
                return (
                  <TableCell key={at} className={wins ? 'num font-medium' : 'num text-ink-3'}>
                    {own === null ? DASH : withUnit(column, own)}
                    {wins ? <span className="sr-only"> (this one holds)</span> : null}
                  </TableCell>
                );
              })}
            </TableRow>
          );
        })}
      </tbody>
    </Table>
  );
}

async function Versions({ user, scope, live }: { user: UserActor; scope: string; live: Entities }) {
  const [history, timeZone] = await Promise.all([entityHistory(user, `routes/${scope}`), viewerTimeZone()]);
  if (history.length === 0) return <EmptyState title="Never changed">It is as the installation began.</EmptyState>;
  return (
    <ul className="divide-y divide-line">
      {history.map((version) => (
        <li key={version.version} className="pt-3">
          <p className="px-4 text-sm">
            <Link href={`/config/changes/${version.version}`} className="num font-medium hover:underline">
              Version {version.version}
            </Link>{' '}
            · {version.note}
            <span className="block text-ink-3 text-xs">
              {authorOf(version)}, <TimeStamp at={version.at} timeZone={timeZone} />
            </span>
          </p>
          <ChangeList changes={version.changes} entities={live} />
        </li>
      ))}
    </ul>
  );
}

/** Not the rate of messages, which the Delivery page tells. */
const DELIVERY = 'Delivery (verifications)';

async function Week({ entities, scope }: { entities: Entities; scope: string }) {
  const rows = sheetRows(entities, await recentTraffic(), scopeName);
  const week = rows.find((row) => row.scope === scope)?.week ?? null;
  const rate = (part: number, whole: number) =>
    whole === 0
      ? DASH
      : `${((100 * part) / whole).toFixed(1)} % of ${count(whole)} verifications${whole < 30 ? ' (low sample)' : ''}`;
  const figures: [string, string][] =
    week === null
      ? [
          ['Messages', DASH],
          [DELIVERY, DASH],
          ['Conversion', DASH],
          ['Cost', DASH],
        ]
      : [
          ['Messages', count(week.messages)],
          [DELIVERY, rate(week.delivered, week.submitted)],
          ['Conversion', rate(week.approved, week.ended)],
          ['Cost', week.messages === 0 ? DASH : money(week.costMicros)],
        ];
  return (
    <dl className="divide-y divide-line px-4 text-sm">
      {figures.map(([label, words]) => (
        <div key={label} className="flex min-h-9 items-center justify-between gap-4">
          <dt className="text-ink-3">
            {label === DELIVERY ? <MetricTerm names={['delivery_rate']}>{label}</MetricTerm> : label}
          </dt>
          <dd className="num text-right">{words}</dd>
        </div>
      ))}
    </dl>
  );
}
