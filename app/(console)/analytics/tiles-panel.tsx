import { KpiRow, KpiTile } from '@/components/charts/kpi-tile';
import { Panel } from '@/components/ui/panel';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from './ask';
import type { Asked } from './asked';
import { hrefWith } from './search-params';

export type Tile = { name: MetricName; label?: string; second?: { name: MetricName; label: string } };

/** The room's figures over the whole range, each with how it moved and its shape over time. */
export async function TilesPanel({
  asked: { user, path, view, question },
  label,
  tiles,
}: {
  asked: Asked;
  label: string;
  tiles: readonly Tile[];
}) {
  const names = tiles.flatMap(({ name, second }) => (second ? [name, second.name] : [name]));
  const [asking, shape] = await Promise.all([
    ask(readSummary(user, question, names)),
    ask(
      readTimeseries(
        user,
        { ...question, compare: 'none' },
        tiles.map(({ name }) => name),
        { interval: view.interval ?? undefined },
      ),
    ),
  ]);
  if ('fault' in asking) {
    return (
      <Panel role="alert" className="mb-4 flex min-h-[7.75rem] flex-col items-start justify-center gap-1 px-4 text-sm">
        <p className="text-ink-2">{asking.fault}</p>
        <a href={hrefWith(path, view)} className="underline decoration-line-strong underline-offset-2">
          Ask again
        </a>
      </Panel>
    );
  }
  const { answer } = asking;
  const points = 'fault' in shape ? undefined : shape.answer.series[0]?.points;
  return (
    <KpiRow label={label}>
      {tiles.map(({ name, label: word, second }) => (
        <KpiTile
          key={name}
          name={name}
          {...(word ? { label: word } : {})}
          value={answer.values[name]}
          before={answer.before?.[name]}
          {...(second ? { second: { ...second, value: answer.values[second.name] } } : {})}
          {...(points ? { spark: points.map(({ values }) => values[name]?.value ?? null) } : {})}
        />
      ))}
    </KpiRow>
  );
}
