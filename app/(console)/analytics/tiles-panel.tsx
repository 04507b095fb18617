import { apiCall } from '@/components/charts/api-call';
import { CopyCurl } from '@/components/charts/copy-curl';
import { KpiRow, KpiRowFault, KpiRowSkeleton, KpiTile } from '@/components/charts/kpi-tile';
import { partialSteps } from '@/components/charts/model';
import { Skeleton } from '@/components/ui/skeleton';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from './ask';
import { beforeWords } from './before-words';
import { type Asked, Freshness, hereHref } from './parts';
import { intervalOf } from './range';

export type Tile = { name: MetricName; label?: string; second?: { name: MetricName; label: string } };

/** The room's figures over the whole range, each with how it moved and its shape over time, and how far to trust them. */
export async function TilesPanel({ asked, label, tiles }: { asked: Asked; label: string; tiles: readonly Tile[] }) {
  const { user, view, question } = asked;
  const names = tiles.flatMap(({ name, second }) => (second ? [name, second.name] : [name]));
  const [summary, shapes] = await Promise.all([
    ask(readSummary(user, question, names)),
    ask(
      readTimeseries(
        user,
        { ...question, compare: 'none' },
        tiles.map(({ name }) => name),
        { interval: intervalOf(view, question) },
      ),
    ),
  ]);
  if ('fault' in summary) {
    // As tall as the tiles on a wide screen: five in a row.
    const height = tiles.length > 5 ? 'min-h-[16.6rem]' : '';
    return <KpiRowFault fault={summary.fault} retryHref={hereHref(asked)} className={height} />;
  }
  const { trust, values, before } = summary.answer;
  const all = 'fault' in shapes ? [] : (shapes.answer.series[0]?.points ?? []);
  const partial =
    'fault' in shapes
      ? []
      : partialSteps(
          all.map(({ at }) => at),
          shapes.answer.interval,
          shapes.answer.trust,
          question.timeZone,
        );
  // The hours left of the day the range begins in say nothing about its shape; today does, and is dotted.
  const points = partial.includes(0) && all.length > 2 ? all.slice(1) : all;
  const isLastPartial = partial.includes(all.length - 1);
  return (
    <>
      <KpiRow label={label}>
        {tiles.map(({ name, label: word, second }) => (
          <KpiTile
            key={name}
            name={name}
            {...(word ? { label: word } : {})}
            value={values[name]}
            before={before?.[name]}
            against={beforeWords(question)}
            {...(second ? { second: { ...second, value: values[second.name] } } : {})}
            {...(points.length > 1 ? { spark: points.map((point) => point.values[name]?.value ?? null) } : {})}
            isLastPartial={isLastPartial}
          />
        ))}
      </KpiRow>
      <div className="mb-4 flex flex-wrap items-start gap-x-3 text-2xs text-ink-3">
        <Freshness trust={trust} timeZone={question.timeZone} widened={trust.widened ?? asked.widened} />
        <span className="-my-1 ml-auto">
          <CopyCurl query={apiCall(question, { kind: 'summary', metrics: [...new Set(names)] })} />
        </span>
      </div>
    </>
  );
}

export function TilesSkeleton({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <>
      <KpiRowSkeleton names={tiles.map(({ name }) => name)} />
      <p className="mb-4 flex h-4 items-center">
        <Skeleton className="h-2 w-80" />
      </p>
    </>
  );
}
