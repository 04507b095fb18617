import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { figure } from '@/components/charts/figure';
import { WeekHeatmap } from '@/components/charts/week-heatmap';
import { count, DASH } from '@/components/console/format';
import type { HeatmapCell } from '@/lib/contract/analytics';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import { readHeatmap } from '@/lib/operations/analytics/heatmap';
import { ask } from '../ask';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';
import { countedText } from './week-words';

const TITLE = 'Response time by hour of the week';
const METRIC = 'response_time_typical_ms';
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const NOT_KEPT =
  'With filters it is made of half-hours, which are not kept of a range so long ago: take the filters away to see it.';
const nameOf = ({ weekday, hour }: HeatmapCell) => `${DAYS[weekday - 1]} ${String(hour).padStart(2, '0')}:00`;

/** When in their own week people take long to answer. */
export async function WeekPanel({ asked: { user, path, view, question } }: { asked: Asked }) {
  const asking = await ask(readHeatmap(user, question, [METRIC]));
  if ('fault' in asking) {
    return <ChartFault title={TITLE} metrics={[METRIC]} fault={asking.fault} retryHref={hrefWith(path, view)} />;
  }
  const { answer } = asking;
  const cells = answer.cells.map(({ weekday, hour, values }) => ({
    weekday,
    hour,
    value: values[METRIC]?.value ?? null,
    n: values[METRIC]?.n ?? 0,
  }));
  const read = answer.cells.filter(({ values }) => (values[METRIC]?.n ?? 0) >= LOW_SAMPLE_BELOW);
  const filled = cells.filter(({ n }) => n > 0);
  return (
    <ChartFrame
      title={TITLE}
      metrics={[METRIC]}
      sentence={answer.isKept ? `${sentenceOf(read)}${countedText(answer.trust, question)}` : NOT_KEPT}
      trust={answer.trust}
      isLowSample={filled.length > 0 && read.length * 2 < filled.length}
      isEmpty={filled.length === 0}
      isReadable
      query={apiCall(question, { kind: 'heatmap', metrics: [METRIC] })}
      table={{
        columns: [
          { label: 'Hour, recipient’s time' },
          { label: 'Typical response time', isNumber: true },
          { label: 'Of', isNumber: true },
        ],
        rows: answer.cells.map((cell) => ({
          key: nameOf(cell),
          cells: [
            nameOf(cell),
            cell.values[METRIC]?.value == null ? DASH : figure(cell.values[METRIC].value, 'ms'),
            count(cell.values[METRIC]?.n ?? 0),
          ],
        })),
      }}
    >
      <WeekHeatmap cells={cells} unit="ms" label={TITLE} />
    </ChartFrame>
  );
}

function sentenceOf(cells: readonly HeatmapCell[]): string {
  if (cells.length < 2) return 'In the recipient’s own time. Too few in every hour to compare them.';
  const time = (cell: HeatmapCell) => cell.values[METRIC]?.value ?? 0;
  const quick = cells.reduce((a, b) => (time(b) < time(a) ? b : a));
  const slow = cells.reduce((a, b) => (time(b) > time(a) ? b : a));
  return `In the recipient’s own time: quickest ${nameOf(quick)} (${figure(time(quick), 'ms')}), slowest ${nameOf(slow)} (${figure(time(slow), 'ms')}).`;
}
