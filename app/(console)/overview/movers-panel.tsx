import Link from 'next/link';
import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ListFrame } from '@/components/charts/chart-frame';
import { DIMENSION_WORDS, valueWords } from '@/components/charts/dimensions';
import { figure } from '@/components/charts/figure';
import { count } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { Mover, ReasonMove } from '@/lib/contract/analytics';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { moveSentence } from '@/lib/domain/stats/move-sentence';
import { readMovers } from '@/lib/operations/analytics/movers';
import { ask } from '../analytics/ask';
import { type Asked, hereHref, verificationsHref } from '../analytics/parts';
import { hrefWith } from '../analytics/search-params';

const CHOICES = ['conversion', 'delivery_rate', 'fallback_rate'] as const satisfies readonly MetricName[];

/** Who moved a rate: each value’s own change, and its share of the traffic. The parts add up to the move. */
export async function MoversPanel(asked: Asked) {
  const { user, question, view, path } = asked;
  const name = CHOICES.find((choice) => choice === view.metric) ?? 'conversion';
  const title = 'Why did it move?';
  const compared: typeof question =
    question.compare === 'none' ? { ...question, compare: 'previous_period' } : question;
  const asking = await ask(readMovers(user, compared, name));
  if ('fault' in asking) {
    return <ChartFault title={title} metrics={[name]} height="tall" fault={asking.fault} retryHref={hereHref(asked)} />;
  }
  const { movers, reasons, before, after, trust } = asking.answer;
  const [first] = movers;
  // The operation says keys; here countries and channels have names.
  const sentence = moveSentence(name, before, after, { movers, reasons }, ({ dimension, key, label }) =>
    valueWords(dimension, key, label),
  );
  return (
    <ListFrame
      title={title}
      metrics={[name]}
      sentence={sentence}
      trust={trust}
      query={apiCall(compared, { kind: 'movers', metric: name })}
      isEmpty={!first || before.value === null || after.value === null}
      emptyText={after.value === null ? 'Nothing in this range, with these filters.' : 'Nothing to compare.'}
      className="min-h-[27.1rem]"
      aside={
        <nav aria-label={`Rate of ${title}`} className="flex gap-1">
          {CHOICES.map((choice) => (
            <Link
              key={choice}
              href={hrefWith(path, view, { metric: choice })}
              scroll={false}
              prefetch={false}
              aria-current={choice === name ? 'true' : undefined}
              className={classNames(
                'flex h-6 items-center rounded-tag px-1.5 text-xs',
                choice === name ? 'bg-sunken font-medium text-ink' : 'text-ink-3 hover:text-ink',
              )}
            >
              {metric(choice).label}
            </Link>
          ))}
        </nav>
      }
    >
      <Table label={`${title} By ${first ? DIMENSION_WORDS[first.dimension].toLowerCase() : 'dimension'}`}>
        <TableHead>
          <tr>
            <TableHeading className="w-full">{first ? DIMENSION_WORDS[first.dimension] : ''}</TableHeading>
            <TableHeading className="text-right max-sm:hidden">Before</TableHeading>
            <TableHeading className="text-right">After</TableHeading>
            <TableHeading className="text-right" title="Its own rate changed">
              By its rate
            </TableHeading>
            <TableHeading className="text-right max-sm:pr-4" title="Its share of the traffic changed">
              By the mix
            </TableHeading>
            <TableHeading className="text-right max-sm:hidden">Rows</TableHeading>
          </tr>
        </TableHead>
        <tbody>
          {movers.slice(0, 6 - reasons.length).map((mover) => (
            <MoverRow key={mover.key} mover={mover} asked={asked} />
          ))}
        </tbody>
      </Table>
      {reasons.length > 0 ? <Reasons reasons={reasons} asked={asked} /> : null}
    </ListFrame>
  );
}

/** Failure reasons whose share of all messages moved by more than chance would do it. */
function Reasons({ reasons, asked }: { reasons: readonly ReasonMove[]; asked: Asked }) {
  return (
    <Table label="Failure reasons that moved">
      <TableHead>
        <tr>
          <TableHeading className="w-full">Messages that failed as</TableHeading>
          <TableHeading className="text-right max-sm:hidden">Before</TableHeading>
          <TableHeading className="text-right">After</TableHeading>
          <TableHeading className="text-right max-sm:pr-4">Of all messages</TableHeading>
          <TableHeading className="text-right max-sm:hidden">Rows</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {reasons.map(({ key, label, effect, before, after }) => {
          const words = valueWords('reason', key, label);
          return (
            <TableRow key={key} className="focus-within:bg-hover hover:bg-hover">
              <TableCell className="max-w-40">
                <DeliveryLink asked={asked} dimension="reason" value={key}>
                  {words}
                </DeliveryLink>
              </TableCell>
              <TableCell className="num whitespace-nowrap text-right text-ink-2 leading-tight max-sm:hidden">
                {figure(before.value, 'share')}
                <span className="block text-2xs text-ink-3">n {count(before.n)}</span>
              </TableCell>
              <TableCell className="num whitespace-nowrap text-right leading-tight">
                {figure(after.value, 'share')}
                <span className="block text-2xs text-ink-3">n {count(after.n)}</span>
              </TableCell>
              <TableCell className="text-right max-sm:pr-4">
                <Effect points={effect} />
              </TableCell>
              <TableCell className="text-right text-xs max-sm:hidden">
                <Link
                  href={verificationsHref(asked, { reason: key }, { behind: 'message' })}
                  prefetch={false}
                  className="underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
                >
                  Open<span className="sr-only"> the verifications with messages that failed as {words}</span>
                </Link>
              </TableCell>
            </TableRow>
          );
        })}
      </tbody>
    </Table>
  );
}

/** Into the room of delivery, filtered by one value; the room cannot be cut by reasons. */
function DeliveryLink({
  asked,
  dimension,
  value,
  children,
}: {
  asked: Asked;
  dimension: Mover['dimension'];
  value: string;
  children: string;
}) {
  return (
    <Link
      href={hrefWith('/analytics/delivery', asked.view, {
        metric: null,
        by: dimension === 'reason' ? null : dimension,
        [dimension]: { values: [value], exclude: false },
      })}
      prefetch={false}
      data-row=""
      className="block truncate underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
    >
      {children}
    </Link>
  );
}

function MoverRow({ mover, asked }: { mover: Mover; asked: Asked }) {
  const { dimension, key, label, before, after } = mover;
  const words = valueWords(dimension, key, label);
  return (
    <TableRow className="focus-within:bg-hover hover:bg-hover">
      <TableCell className="max-w-40">
        {key === '' ? (
          words
        ) : (
          <DeliveryLink asked={asked} dimension={dimension} value={key}>
            {words}
          </DeliveryLink>
        )}
      </TableCell>
      <TableCell className="num whitespace-nowrap text-right text-ink-2 leading-tight max-sm:hidden">
        {figure(before.rate, 'share')}
        <span className="block text-2xs text-ink-3">n {count(before.n)}</span>
      </TableCell>
      <TableCell className="num whitespace-nowrap text-right leading-tight">
        {figure(after.rate, 'share')}
        <span className="block text-2xs text-ink-3">n {count(after.n)}</span>
      </TableCell>
      <TableCell className="text-right">
        <Effect points={mover.rateEffect} />
      </TableCell>
      <TableCell className="text-right max-sm:pr-4">
        <Effect points={mover.mixEffect} />
      </TableCell>
      <TableCell className="text-right text-xs max-sm:hidden">
        {key === '' ? null : (
          <Link
            href={verificationsHref(asked, { [dimension]: key })}
            prefetch={false}
            className="underline decoration-line-strong underline-offset-2 hover:decoration-ink-3"
          >
            Open<span className="sr-only"> the verifications of {words}</span>
          </Link>
        )}
      </TableCell>
    </TableRow>
  );
}

/** A part of the move, in points. */
function Effect({ points }: { points: number }) {
  const rounded = Number((points * 100).toFixed(2));
  if (rounded === 0) return <span className="num text-ink-3">0</span>;
  return (
    <span className="num whitespace-nowrap">
      {rounded > 0 ? '+' : '−'}
      {Math.abs(rounded).toFixed(2)} pp
    </span>
  );
}
