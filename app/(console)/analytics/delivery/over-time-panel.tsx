import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { DIMENSION_WORDS } from '@/components/charts/dimensions';
import { figure } from '@/components/charts/figure';
import { TimePicture } from '@/components/charts/lazy';
import { Legend } from '@/components/charts/looks';
import { timeChart } from '@/components/charts/model';
import { sentenceOfLine } from '@/components/charts/sentences';
import { timeTable } from '@/components/charts/tables';
import { metric, unitOf } from '@/lib/domain/stats/metrics';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from '../ask';
import { beforeWords } from '../before-words';
import { marksFor } from '../marks';
import { type Asked, choosing, hereHref } from '../parts';
import { intervalOf } from '../range';
import { StepSwitch } from '../step-switch';
import { MetricSwitch } from './metric-switch';
import { splitOf, switchOf } from './splits';

/** The chosen rate over time, a line per value of the split. */
export async function OverTimePanel(asked: Asked) {
  const { user, question, view } = asked;
  const dimension = splitOf(view);
  const name = switchOf(view);
  const title = `${metric(name).label} by ${DIMENSION_WORDS[dimension].toLowerCase()}, over time`;
  const interval = intervalOf(view, question);
  const [asking, marks] = await Promise.all([
    ask(readTimeseries(user, question, [name], { groupBy: dimension, interval })),
    marksFor(user, question),
  ]);
  if ('fault' in asking)
    return <ChartFault title={title} metrics={[name]} fault={asking.fault} retryHref={hereHref(asked)} />;
  const { answer } = asking;
  // Eight lines and eight dotted ones would be a thicket: the period before is drawn for a few only.
  const chart = timeChart(answer.series.length > 3 ? { ...answer, before: null } : answer, [name], {
    timeZone: question.timeZone,
    dimension,
    marks,
    ...choosing(asked, dimension),
  });
  const [first] = chart.series;
  return (
    <ChartFrame
      title={title}
      metrics={[name]}
      sentence={
        first
          ? `${first.name}: ${sentenceOfLine({ ...chart, series: [first] })}${chart.series.length > 1 ? ` The ${figure(chart.series.length, 'count')} largest are drawn.` : ''}`
          : 'Nothing in this range.'
      }
      trust={answer.trust}
      isLowSample={chart.series.some(({ n }) => n.some((each) => each > 0 && each < 30))}
      isEmpty={chart.series.every(({ values }) => values.every((value) => value === null))}
      table={timeTable(chart)}
      marks={chart.marks}
      query={apiCall(question, { kind: 'timeseries', metrics: [name], groupBy: dimension, interval: answer.interval })}
      aside={
        <>
          <StepSwitch {...asked} shown={answer.interval} of={title} />
          <MetricSwitch {...asked} of={title} />
        </>
      }
      legend={
        <Legend id="over-time" series={chart.series} kind="lines" unit={unitOf(name)} against={beforeWords(question)} />
      }
    >
      <TimePicture chart={chart} kind="lines" />
    </ChartFrame>
  );
}
