import type { ReactNode } from 'react';
import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame, type ChartHeight } from '@/components/charts/chart-frame';
import { TimePicture } from '@/components/charts/lazy';
import { Legend } from '@/components/charts/looks';
import { type TimeChart, timeChart } from '@/components/charts/model';
import { sentenceOfLine } from '@/components/charts/sentences';
import { timeTable } from '@/components/charts/tables';
import type { Timeseries } from '@/lib/contract/analytics';
import type { Dimension } from '@/lib/domain/stats/measures';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from './ask';
import { beforeWords } from './before-words';
import { areKept, NOT_KEPT } from './kept';
import { marksFor } from './marks';
import type { Asked } from './parts';
import { intervalOf } from './range';
import { hrefCycling, hrefWith } from './search-params';
import { StepSwitch } from './step-switch';

/** Metrics over time: a line or a layer per metric, or per value of a dimension. */
export async function TimePanel({
  asked,
  id,
  title,
  metrics,
  by,
  kind = 'lines',
  height = 'middle',
  compare = false,
  say = sentenceOfLine,
  aside,
}: {
  asked: Asked;
  id: string;
  title: string;
  metrics: readonly [MetricName, ...MetricName[]];
  by?: Dimension;
  kind?: 'lines' | 'layers';
  height?: ChartHeight;
  /** Draws the period before as well; only where few lines leave room for it. */
  compare?: boolean;
  say?: (chart: TimeChart) => string;
  aside?: ReactNode;
}) {
  const { user, path, view, question } = asked;
  const posed = compare ? question : { ...question, compare: 'none' as const };
  const options = { interval: intervalOf(view, posed), groupBy: by };
  const [asking, marks] = await Promise.all([
    ask(readTimeseries(user, posed, metrics, options)),
    marksFor(user, question),
  ]);
  if ('fault' in asking) {
    return (
      <ChartFault
        title={title}
        metrics={metrics}
        height={height}
        fault={asking.fault}
        retryHref={hrefWith(path, view)}
      />
    );
  }
  const { answer } = asking;
  const chart = timeChart(answer, metrics, {
    timeZone: question.timeZone,
    marks,
    ...(by ? { dimension: by, href: (key: string) => hrefCycling(path, view, by, key) } : {}),
  });
  // One figure of everything has no name of its own in the answer.
  if (!by && metrics.length === 1) for (const line of chart.series) line.name = metric(metrics[0]).label;
  return (
    <ChartFrame
      title={title}
      metrics={metrics}
      height={height}
      sentence={areKept(metrics, posed, by) ? say(chart) : NOT_KEPT}
      trust={answer.trust}
      isLowSample={isLow(answer, metrics)}
      isEmpty={!chart.series.some(({ values }) => values.some((value) => value !== null && value !== 0))}
      table={timeTable(chart)}
      marks={chart.marks}
      query={apiCall(posed, { kind: 'timeseries', metrics, interval: answer.interval, groupBy: by })}
      aside={
        <>
          {aside}
          <StepSwitch {...asked} shown={answer.interval} of={title} />
        </>
      }
      legend={<Legend id={id} series={chart.series} kind={kind} against={beforeWords(question)} />}
    >
      <TimePicture chart={chart} kind={kind} />
    </ChartFrame>
  );
}

/** Fewer than 30 under most of the points with anything under them. */
function isLow({ series }: Timeseries, metrics: readonly MetricName[]): boolean {
  const ns = series.flatMap(({ points }) =>
    points.flatMap(({ values }) =>
      metrics.flatMap((name) => {
        const value = values[name];
        return value && value.value !== null && value.n > 0 && (value.unit === 'share' || value.unit === 'ms')
          ? [value.n]
          : [];
      }),
    ),
  );
  return ns.length > 0 && ns.filter((n) => n < LOW_SAMPLE_BELOW).length * 2 > ns.length;
}
