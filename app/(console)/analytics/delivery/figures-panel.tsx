import { KpiRow, KpiRowFault, KpiRowSkeleton, KpiTile } from '@/components/charts/kpi-tile';
import { Skeleton } from '@/components/ui/skeleton';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from '../ask';
import { type Asked, Freshness, hereHref } from '../parts';

const TILES = [
  'message_delivery_rate',
  'failure_rate',
  'unknown_rate',
  'read_rate',
  'time_to_deliver_p50_ms',
] as const satisfies readonly MetricName[];
const P95 = 'time_to_deliver_p95_ms';

/** How messages fare on the whole. */
export async function FiguresPanel(asked: Asked) {
  const { user, question } = asked;
  const [summary, shapes] = await Promise.all([
    ask(readSummary(user, question, [...TILES, P95])),
    ask(readTimeseries(user, { ...question, compare: 'none' }, TILES)),
  ]);
  if ('fault' in summary) {
    return <KpiRowFault fault={summary.fault} retryHref={hereHref(asked)} />;
  }
  const { values, before, trust } = summary.answer;
  const points = 'answer' in shapes ? (shapes.answer.series[0]?.points ?? []) : [];
  return (
    <>
      <KpiRow label="Messages of the range">
        {TILES.map((name) => (
          <KpiTile
            key={name}
            name={name}
            value={values[name]}
            before={before?.[name]}
            {...(name === 'message_delivery_rate' ? { label: 'Delivery rate' } : {})}
            {...(name === 'time_to_deliver_p50_ms'
              ? { label: 'Time to deliver', second: { name: P95, label: 'p95', value: values[P95] } }
              : {})}
            {...(points.length > 1 ? { spark: points.map((point) => point.values[name]?.value ?? null) } : {})}
          />
        ))}
      </KpiRow>
      <Freshness trust={trust} timeZone={question.timeZone} />
    </>
  );
}

export function FiguresSkeleton() {
  return (
    <>
      <KpiRowSkeleton names={TILES} />
      <p className="mb-4 flex h-4 items-center">
        <Skeleton className="h-2 w-80" />
      </p>
    </>
  );
}
