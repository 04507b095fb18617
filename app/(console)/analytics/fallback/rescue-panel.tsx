import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { durationChart } from '@/components/charts/durations';
import { DurationPicture } from '@/components/charts/lazy';
import { sentenceOfDurations } from '@/components/charts/sentences';
import { durationTable } from '@/components/charts/tables';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readDurations } from '@/lib/operations/analytics/durations';
import { ask } from '../ask';
import { NOT_KEPT } from '../kept';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';

const TITLE = 'Seconds lost before the rescue';
const CLOSE = 1.5;
const METRICS = ['time_to_rescue_p50_ms', 'time_to_rescue_p95_ms'] as const;

/** How long people waited for nothing before the channel that worked was tried. */
export async function RescuePanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const asking = await ask(readDurations(user, question, 'rescue'));
  if ('fault' in asking) {
    return <ChartFault title={TITLE} metrics={METRICS} fault={asking.fault} retryHref={hrefWith(path, view)} />;
  }
  const { answer } = asking;
  const { p50, p95 } = answer.percentiles;
  // Two labels in one place cover each other.
  const isClose = p50 !== null && p95 !== null && p95 < p50 * CLOSE;
  const lines = [
    ...(p50 === null ? [] : [{ label: isClose ? 'p50 and p95' : 'p50', atMs: p50 }]),
    ...(p95 === null || isClose ? [] : [{ label: 'p95', atMs: p95 }]),
  ];
  const chart = durationChart(answer, lines);
  return (
    <ChartFrame
      title={TITLE}
      metrics={METRICS}
      sentence={answer.isKept ? sentenceOfDurations(answer) : NOT_KEPT}
      trust={answer.trust}
      isLowSample={answer.n > 0 && answer.n < LOW_SAMPLE_BELOW}
      isEmpty={answer.n === 0}
      table={durationTable(chart)}
      query={apiCall(question, { kind: 'durations', duration: 'rescue' })}
    >
      <DurationPicture chart={chart} />
    </ChartFrame>
  );
}
