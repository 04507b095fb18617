import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { durationChart } from '@/components/charts/durations';
import { DurationPicture } from '@/components/charts/lazy';
import { sentenceOfDurations } from '@/components/charts/sentences';
import { count } from '@/components/console/format';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readDurations } from '@/lib/operations/analytics/durations';
import { type Asked, ask } from '../ask';
import { hrefWith } from '../search-params';

const TITLE = 'Seconds lost before the rescue';
const METRICS = ['time_to_rescue_p50_ms', 'time_to_rescue_p95_ms'] as const;

/** How long people waited for nothing before the channel that worked was tried. */
export async function RescuePanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const { answer, fault } = await ask(readDurations(user, question, 'rescue'));
  if (fault !== undefined) {
    return <ChartFault title={TITLE} metrics={METRICS} fault={fault} retryHref={hrefWith(path, view)} />;
  }
  const { p50, p95 } = answer.percentiles;
  const lines = [
    ...(p50 === null ? [] : [{ label: 'p50', atMs: p50 }]),
    ...(p95 === null ? [] : [{ label: 'p95', atMs: p95 }]),
  ];
  const chart = durationChart(answer, lines);
  return (
    <ChartFrame
      title={TITLE}
      metrics={METRICS}
      sentence={sentenceOfDurations(answer)}
      trust={answer.trust}
      isLowSample={answer.n > 0 && answer.n < LOW_SAMPLE_BELOW}
      isEmpty={answer.n === 0}
      table={{
        columns: [{ label: 'Lost' }, { label: 'Rescued', isNumber: true }],
        rows: chart.bars.filter(({ n }) => n > 0).map(({ range, n }) => ({ key: range, cells: [range, count(n)] })),
      }}
    >
      <DurationPicture chart={chart} />
    </ChartFrame>
  );
}
