import Link from 'next/link';
import type { ReactNode } from 'react';
import { apiPath } from '@/components/charts/api-path';
import { BarList } from '@/components/charts/bar-list';
import { CopyCurl } from '@/components/charts/copy-curl';
import { DIMENSION_WORDS, valueWords } from '@/components/charts/model';
import { pendingText, sentenceOfRows } from '@/components/charts/sentences';
import { ChannelGlyph } from '@/components/console/channel-badge';
import { Flag } from '@/components/console/country';
import { classNames } from '@/components/ui/class-names';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { Trust } from '@/lib/contract/analytics';
import { CHANNELS, type Channel } from '@/lib/domain/channel';
import type { Dimension } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { type Asked, ask } from './ask';
import { questionBeside } from './range';
import { filtersIn, hrefCycling, hrefWith, standingOf } from './search-params';

const ROWS_MAX = 20;

/** Figures by country, channel and so on: choosing a row filters by it, again leaves it out. */
export async function ListPanel({
  asked: { user, path, view, question },
  title,
  dimensions,
  metrics,
  judge,
}: {
  asked: Asked;
  title: string;
  /** What it can be split by; the first unless the address says another. */
  dimensions: readonly [Dimension, ...Dimension[]];
  metrics: readonly [MetricName, ...MetricName[]];
  /** The figure that the sentence speaks of. */
  judge: MetricName;
}) {
  const dimension = dimensions.find((each) => each === view.by) ?? dimensions[0];
  const beside = questionBeside(question, dimension);
  const { answer, fault } = await ask(readBreakdown(user, beside, dimension, metrics, ROWS_MAX));
  const tabs = (
    <nav aria-label={`${title} by`} className="ml-auto flex gap-1">
      {dimensions.map((each) => (
        <Link
          key={each}
          href={hrefWith(path, view, { by: each })}
          scroll={false}
          prefetch={false}
          aria-current={each === dimension ? 'true' : undefined}
          className={classNames(
            'flex h-7 items-center rounded-control px-2 text-xs',
            each === dimension ? 'bg-sunken font-medium text-ink' : 'text-ink-3 hover:text-ink',
          )}
        >
          {DIMENSION_WORDS[each]}
        </Link>
      ))}
    </nav>
  );
  if (fault !== undefined) {
    return (
      <TablePanel title={title} sentence="" aside={tabs}>
        <Fault fault={fault} href={hrefWith(path, view)} />
      </TablePanel>
    );
  }
  const rows = answer.rows.map(({ key, label, values, before, share, pending }) => ({
    key,
    name: valueWords(dimension, key, label),
    sign: signOf(dimension, key),
    values,
    before,
    share,
    pending,
    href: hrefCycling(path, view, dimension, key),
    standing: standingOf(view, dimension, key),
  }));
  return (
    <TablePanel
      title={title}
      sentence={sentenceOfRows(
        rows.map(({ name, share, values }) => ({ name, share, value: values[judge] })),
        judge,
      )}
      aside={tabs}
      trust={answer.trust}
      query={apiPath(beside, { kind: 'breakdown', metrics, dimension, limit: ROWS_MAX })}
      note={answer.isTruncated ? `The ${ROWS_MAX} largest` : undefined}
    >
      {rows.length === 0 ? (
        <EmptyState title="Nothing here">Nothing was sent in this range, with these filters.</EmptyState>
      ) : (
        <BarList
          label={title}
          heading={DIMENSION_WORDS[dimension]}
          rows={rows}
          metrics={metrics}
          hasFilter={filtersIn(view).some((each) => each.dimension === dimension && !each.filter.exclude)}
        />
      )}
    </TablePanel>
  );
}

const isChannel = (key: string): key is Channel => (CHANNELS as readonly string[]).includes(key);

export function signOf(dimension: Dimension, key: string): ReactNode {
  if (dimension === 'country') return <Flag country={key} />;
  if (dimension === 'channel' && isChannel(key)) return <ChannelGlyph channel={key} className="size-3.5 text-ink-3" />;
  return null;
}

/** A panel that is a table already: title, one sentence, the rows, and below how far to trust them. */
export function TablePanel({
  id,
  title,
  sentence,
  aside,
  trust,
  query,
  note,
  children,
}: {
  id?: string;
  title: ReactNode;
  sentence: ReactNode;
  aside?: ReactNode;
  trust?: Trust;
  query?: string;
  note?: string | undefined;
  children: ReactNode;
}) {
  const pending = trust ? pendingText(trust) : null;
  return (
    <Panel className="flex min-w-0 flex-col overflow-visible">
      <header className="px-4 pt-3 pb-2">
        <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
          <h2 id={id} className="font-medium text-sm">
            {title}
          </h2>
          {aside}
        </div>
        <p className="min-h-[1.0625rem] text-ink-2 text-xs">{sentence}</p>
      </header>
      <div className="grow border-line border-t">{children}</div>
      <footer className="flex min-h-9 flex-wrap items-center gap-x-3 border-line border-t px-4 py-1 text-2xs text-ink-3">
        {note ? <span>{note}</span> : null}
        {pending ? <span>{pending}</span> : null}
        {query ? (
          <span className="ml-auto">
            <CopyCurl query={query} />
          </span>
        ) : null}
      </footer>
    </Panel>
  );
}

export function Fault({ fault, href }: { fault: string; href: string }) {
  return (
    <div role="alert" className="flex min-h-40 flex-col items-center justify-center gap-1 px-6 text-center text-sm">
      <p className="max-w-[46ch] text-balance text-ink-2">{fault}</p>
      <a href={href} className="underline decoration-line-strong underline-offset-2">
        Ask again
      </a>
    </div>
  );
}

export function TablePanelSkeleton({ title, rows = 8 }: { title: string; rows?: number }) {
  return (
    <Panel role="status" aria-label={`Loading ${title}`}>
      <div className="px-4 pt-3 pb-2">
        <div className="flex min-h-7 items-center font-medium text-sm">{title}</div>
        <Skeleton className="my-1 h-2.5 w-1/2" />
      </div>
      <div className="border-line border-t">
        <div className="h-8 border-line border-b" />
        {Array.from({ length: rows }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bars have a place and nothing else.
          <div key={at} className="flex h-10 items-center border-line border-b px-4">
            <Skeleton className="w-full" />
          </div>
        ))}
      </div>
      <div className="min-h-9" />
    </Panel>
  );
}
