import Link from 'next/link';
import { type ApiCall, apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame, ChartSkeleton } from '@/components/charts/chart-frame';
import { durationChart } from '@/components/charts/durations';
import { figure } from '@/components/charts/figure';
import { DurationPicture } from '@/components/charts/lazy';
import { MetricTerm } from '@/components/charts/metric-term';
import { durationTable } from '@/components/charts/tables';
import { count, DASH, duration } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import type { Question } from '@/lib/contract/analytics';
import type { Value } from '@/lib/domain/stats/value';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readLifetimeFits, type UseCaseFit } from '@/lib/operations/reports/lifetime-fits';
import { lifetimeWords } from '../../config/policies/words';
import { ask } from '../ask';
import { NOT_KEPT } from '../kept';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';
import { lifetimeSentence } from './lifetime-words';

const TITLE = 'Time to verify against the lifetime';
const METRICS = ['time_to_verify_p50_ms', 'time_to_verify_p95_ms'] as const;

/** How long people took, per use case, drawn against how long its codes live, with those who came when they had died. */
export async function LifetimePanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const asking = await ask(readLifetimeFits(user, question));
  if ('fault' in asking) {
    return <ChartFault title={TITLE} metrics={METRICS} fault={asking.fault} retryHref={hrefWith(path, view)} />;
  }
  const { answer } = asking;
  if (answer.fits.length === 0) {
    return (
      <Panel>
        <EmptyState title="Nobody entered a code">No codes were sent in this range, with these filters.</EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <div className="grid gap-4 xl:grid-cols-2">
        {answer.fits.map((fit) => (
          <Fit key={fit.useCase} fit={fit} query={queryOf(question, fit.useCase)} />
        ))}
      </div>
      {answer.isTruncated ? (
        <p className="mt-2 text-ink-3 text-xs">
          The {answer.fits.length} busiest use cases. Filter by another to see it.
        </p>
      ) : null}
    </>
  );
}

const queryOf = (question: Question, useCase: string): ApiCall =>
  apiCall(
    { ...question, filters: { ...question.filters, use_case: { values: [useCase], exclude: false } } },
    { kind: 'durations', duration: 'verify' },
  );

function Fit({
  fit: { useCase, name, values, histogram, lifetimeSeconds, fit },
  query,
}: {
  fit: UseCaseFit;
  query: ApiCall;
}) {
  const lines =
    lifetimeSeconds === null ? [] : [{ label: lifetimeWords(lifetimeSeconds), atMs: lifetimeSeconds * 1000 }];
  const chart = durationChart(histogram, lines);
  return (
    <ChartFrame
      title={name}
      metrics={METRICS}
      height="short"
      sentence={histogram.isKept ? lifetimeSentence(fit, lifetimeSeconds) : NOT_KEPT}
      trust={histogram.trust}
      isLowSample={histogram.n > 0 && histogram.n < LOW_SAMPLE_BELOW}
      isEmpty={histogram.n === 0}
      table={durationTable(chart)}
      query={query}
      aside={
        <div className="flex items-center gap-3 text-xs">
          <dl className="flex items-center gap-3">
            <Small name="expired_rate" label="Expired" value={values.expired_rate} />
            <Small name="late_rate" label="of them too late" value={values.late_rate} />
          </dl>
          {lifetimeSeconds === null ? (
            <span className="text-ink-3" title="This use case is gone: its lifetime is not known">
              {DASH}
            </span>
          ) : (
            <Link
              href={`/config/policies/${useCase}`}
              prefetch={false}
              className="num text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink"
            >
              {lifetimeWords(lifetimeSeconds)}
              <span className="sr-only">, the lifetime of {name}</span>
            </Link>
          )}
        </div>
      }
      legend={
        <p className="text-2xs text-ink-3">
          p50 {duration(histogram.percentiles.p50)} · p95 {duration(histogram.percentiles.p95)} · of{' '}
          {count(histogram.n)}
        </p>
      }
    >
      <DurationPicture chart={chart} />
    </ChartFrame>
  );
}

function Small({
  name,
  label,
  value,
}: {
  name: 'expired_rate' | 'late_rate';
  label: string;
  value: Value | undefined;
}) {
  const known = value && value.value !== null ? value : null;
  return (
    <div className="flex items-baseline gap-1">
      <dt className="text-2xs text-ink-3">
        <MetricTerm names={[name]}>{label}</MetricTerm>
      </dt>
      <dd className="num whitespace-nowrap">
        {figure(value?.value ?? null, 'share')}
        {known?.isLowSample ? (
          <Badge tone="warn" className="ml-1">
            n {count(known.n)}
          </Badge>
        ) : known ? (
          <span className="ml-1 text-2xs text-ink-3">n {count(known.n)}</span>
        ) : null}
      </dd>
    </div>
  );
}

export function LifetimeSkeleton() {
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      {['a', 'b', 'c', 'd'].map((place) => (
        <ChartSkeleton key={place} title="Use case" height="short" hasLegend />
      ))}
    </div>
  );
}
