import type { ChartTable } from '@/components/charts/chart-frame';
import type { DurationChart } from '@/components/charts/durations';
import { figure } from '@/components/charts/figure';
import type { TimeChart } from '@/components/charts/model';
import { count, DASH } from '@/components/console/format';

/** The points of a picture over time as rows, newest last: what is drawn, and n beside rates and percentiles. */
export function timeTable(chart: TimeChart): ChartTable {
  const isRead = chart.unit === 'share' || chart.unit === 'ms';
  const columns = chart.series.flatMap(({ name, before }) => [
    { label: name, isNumber: true },
    ...(isRead ? [{ label: `${name}, n`, isNumber: true }] : []),
    ...(before ? [{ label: `${name}, before`, isNumber: true }] : []),
  ]);
  return {
    columns: [{ label: 'From' }, ...columns],
    rows: chart.at.map((at, index) => ({
      key: `${at}${index}`,
      cells: [
        at,
        ...chart.series.flatMap(({ values, n, before }) => [
          figure(values[index] ?? null, chart.unit),
          ...(isRead ? [count(n[index] ?? 0)] : []),
          ...(before ? [figure(before[index] ?? null, chart.unit)] : []),
        ]),
      ],
    })),
  };
}

/** The bars of a histogram that hold anything, with how many took at most that long. */
export function durationTable(chart: DurationChart): ChartTable {
  const all = chart.bars.reduce((sum, { n }) => sum + n, 0);
  let below = 0;
  return {
    columns: [{ label: 'Took' }, { label: 'How many', isNumber: true }, { label: 'At most this long', isNumber: true }],
    rows: chart.bars.flatMap((bar) => {
      below += bar.n;
      return bar.n > 0
        ? [{ key: bar.range, cells: [bar.range, count(bar.n), all > 0 ? figure(below / all, 'share') : DASH] }]
        : [];
    }),
  };
}
