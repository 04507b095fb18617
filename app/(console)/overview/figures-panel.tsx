import { KpiRow, KpiRowFault, KpiRowSkeleton, KpiTile } from '@/components/charts/kpi-tile';
import { Skeleton } from '@/components/ui/skeleton';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from '../analytics/ask';
import { type Asked, Freshness, hereHref } from '../analytics/parts';

type Tile = { name: MetricName; label?: string; second?: { name: MetricName; label: string } };

const TILES: readonly Tile[] = [
  { name: 'created' },
  { name: 'delivery_rate' },
  { name: 'conversion' },
  {
    name: 'time_to_deliver_p50_ms',
    label: 'Time to deliver',
    second: { name: 'time_to_deliver_p95_ms', label: 'p95' },
  },
  { name: 'time_to_verify_p50_ms', label: 'Time to verify', second: { name: 'time_to_verify_p95_ms', label: 'p95' } },
  { name: 'spend' },
  { name: 'cost_per_verified' },
  { name: 'fallback_rate' },
  { name: 'rescue_rate' },
  { name: 'verified' },
];

/** The ten figures that say how it goes, each with its shape over the range. */
export async function FiguresPanel(asked: Asked) {
  const { user, question } = asked;
  const names = TILES.flatMap(({ name, second }) => (second ? [name, second.name] : [name]));
  const [summary, shapes] = await Promise.all([
    ask(readSummary(user, question, names)),
    ask(
      readTimeseries(
        user,
        { ...question, compare: 'none' },
        TILES.map(({ name }) => name),
      ),
    ),
  ]);
  if ('fault' in summary) {
    return <KpiRowFault fault={summary.fault} retryHref={hereHref(asked)} className="min-h-[15.6rem]" />;
  }
  const { trust, values, before } = summary.answer;
  const points = 'answer' in shapes ? (shapes.answer.series[0]?.points ?? []) : [];
  return (
    <>
      <KpiRow label="Figures of the range">
        {TILES.map(({ name, label, second }) => (
          <KpiTile
            key={name}
            name={name}
            {...(label ? { label } : {})}
            value={values[name]}
            before={before?.[name]}
            {...(second ? { second: { ...second, value: values[second.name] } } : {})}
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
      <KpiRowSkeleton names={TILES.map(({ name }) => name)} />
      <p className="mb-4 flex h-4 items-center">
        <Skeleton className="h-2 w-80" />
      </p>
    </>
  );
}
