import { RotateCw } from 'lucide-react';
import { deltaOf, figure, figureOf, intervalText } from '@/components/charts/figure';
import { MetricTerm } from '@/components/charts/metric-term';
import { Sparkline } from '@/components/charts/sparkline';
import { count } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { classNames } from '@/components/ui/class-names';
import { Skeleton } from '@/components/ui/skeleton';
import { type MetricName, unitOf } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';

const TONES = { good: 'text-good', bad: 'text-bad', neutral: 'text-ink-3' } as const;
/** Characters, not pictures: a list has hundreds of them. */
const ARROWS = { up: '↑', down: '↓', same: '=' } as const;
const SIGNS = { up: '+', down: '−', same: '±' } as const;

/** How a figure moved. Grey when chance explains it; the arrow says the way without the colour. */
export function DeltaText({
  name,
  after,
  before,
  against = 'the period before',
  className,
}: {
  name: MetricName;
  after: Value | undefined;
  before: Value | undefined;
  /** What `before` is of, in words. */
  against?: string | undefined;
  className?: string;
}) {
  const delta = deltaOf(name, after, before);
  if (!delta) return null;
  return (
    <span
      title={`Against ${against}${delta.isCertain ? '' : '; chance may explain it'}`}
      className={classNames(
        'num inline-flex items-center gap-0.5 whitespace-nowrap text-xs',
        TONES[delta.tone],
        className,
      )}
    >
      <span aria-hidden="true">{ARROWS[delta.direction]}</span>
      {/* The arrow is the sign; who does not see it hears it. */}
      <span className="sr-only">{SIGNS[delta.direction]}</span>
      {delta.size}
      <span className="sr-only">
        {delta.isCertain ? `than ${against}` : `than ${against}, which chance may explain`}
      </span>
    </span>
  );
}

/** Two, three or five in a row; what is left over in the last row takes the rest of it. */
const TILES =
  'grid grid-cols-2 gap-px overflow-hidden rounded-panel border border-line bg-surface sm:grid-cols-3 xl:grid-cols-5 max-sm:[&>:last-child:nth-child(odd)]:col-span-2 sm:max-xl:[&>:last-child:nth-child(3n+1)]:col-span-3 sm:max-xl:[&>:last-child:nth-child(3n+2)]:col-span-2';

/** One figure with all it takes to read it: its definition, its interval or sample, how it moved, its shape over the range. */
export function KpiTile({
  name,
  label,
  value,
  before,
  against,
  second,
  spark,
  isLastPartial = false,
  className,
}: {
  name: MetricName;
  label?: string;
  value: Value | undefined;
  before?: Value | undefined;
  against?: string;
  /** Another percentile of the same, after the first; or a rate of its own, which then says what it rests on. */
  second?: { name: MetricName; label: string; value: Value | undefined };
  spark?: readonly (number | null)[];
  isLastPartial?: boolean;
  className?: string;
}) {
  const unit = unitOf(name);
  const interval = value ? intervalText(value) : null;
  const isRead = unit === 'share' || unit === 'ms';
  // The label may leave it out; the figure may not.
  const percentile = name.match(/_(p\d+)_ms$/)?.[1];
  return (
    <div
      className={classNames(
        'flex h-[8.25rem] min-w-0 flex-col px-4 pt-2.5 pb-2 shadow-[0_0_0_1px_var(--line)]',
        className,
      )}
    >
      <dt className="flex min-h-6 items-center justify-between gap-2 text-ink-2 text-xs">
        <MetricTerm names={second ? [name, second.name] : [name]} className="truncate">
          {label}
        </MetricTerm>
        {value?.isLowSample && value.value !== null ? <Badge tone="warn">Low sample</Badge> : null}
      </dt>
      <dd className="flex items-baseline gap-2 max-sm:gap-1">
        <span
          className={classNames(
            'num truncate text-xl max-sm:text-base',
            value?.value === null ? 'text-ink-3' : 'text-ink',
          )}
        >
          {figureOf(name, value?.value ?? null)}
        </span>
        {second && percentile ? <span className="num text-ink-3 text-xs">{percentile}</span> : null}
        <DeltaText name={name} after={value} before={before} against={against} className="ml-auto" />
      </dd>
      {second ? (
        <dd className="num truncate text-ink-2 text-xs">
          <span className="text-ink-3">{second.label}</span> {figure(second.value?.value ?? null, unit)}
          {second.value && second.value.value !== null && second.value.n !== value?.n ? (
            <span className="text-2xs text-ink-3">
              {' '}
              n {count(second.value.n)}
              {second.value.isLowSample ? ', low sample' : ''}
            </span>
          ) : null}
        </dd>
      ) : null}
      <dd className="num min-h-4 truncate text-2xs text-ink-3">
        {value && isRead && value.n > 0 ? `${interval ? `${interval} · ` : ''}n ${count(value.n)}` : null}
      </dd>
      <dd className="mt-auto text-ink-3">
        {spark ? (
          <Sparkline
            values={spark}
            isFromZero={unit === 'count'}
            isLastPartial={isLastPartial}
            {...(second ? { className: 'h-5' } : {})}
          />
        ) : null}
      </dd>
    </div>
  );
}

/** Tiles side by side with hairlines between; they break into rows by themselves. */
export function KpiRow({ children, label }: { children: React.ReactNode; label: string }) {
  return (
    <dl aria-label={label} className={classNames('mb-4', TILES)}>
      {children}
    </dl>
  );
}

/** The figures could not be had; as tall as they would be. */
export function KpiRowFault({ fault, retryHref, className }: { fault: string; retryHref: string; className?: string }) {
  return (
    <div
      role="alert"
      className={classNames(
        'mb-4 flex min-h-[8.25rem] flex-wrap items-center justify-center gap-x-3 gap-y-2 rounded-panel border border-line bg-surface px-6 text-center text-ink-2 text-sm',
        className,
      )}
    >
      {fault}
      <a
        href={retryHref}
        className="inline-flex h-7 items-center gap-1.5 rounded-control border border-line-strong bg-raised px-2 font-medium text-ink text-xs hover:bg-hover"
      >
        <RotateCw aria-hidden="true" className="size-3" /> Ask again
      </a>
    </div>
  );
}

export function KpiRowSkeleton({ names }: { names: readonly string[] }) {
  return (
    <div role="status" aria-label="Loading figures" className={classNames('mb-4', TILES)}>
      {names.map((name) => (
        <div key={name} className="flex h-[8.25rem] flex-col gap-2 px-4 pt-3.5 shadow-[0_0_0_1px_var(--line)]">
          <Skeleton className="h-2.5 w-20" />
          <Skeleton className="h-5 w-24" />
        </div>
      ))}
    </div>
  );
}
