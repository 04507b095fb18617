import { apiCall } from '@/components/charts/api-call';
import { ChartFault, ChartFrame } from '@/components/charts/chart-frame';
import { figure } from '@/components/charts/figure';
import { TimePicture } from '@/components/charts/lazy';
import { Legend } from '@/components/charts/looks';
import { timeChart } from '@/components/charts/model';
import { sentenceOfLayers } from '@/components/charts/sentences';
import { timeTable } from '@/components/charts/tables';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';
import { ask } from '../analytics/ask';
import { beforeWords } from '../analytics/before-words';
import { marksFor } from '../analytics/marks';
import { type Asked, choosing, hereHref } from '../analytics/parts';
import { intervalOf } from '../analytics/range';
import { StepSwitch } from '../analytics/step-switch';

const METRICS = ['messages', 'message_delivery_rate'] as const;

/** How much went over each channel, and how well. */
export async function ChannelPanels(asked: Asked) {
  const { user, question, view } = asked;
  const [asking, marks] = await Promise.all([
    ask(readTimeseries(user, question, METRICS, { groupBy: 'channel', interval: intervalOf(view, question) })),
    marksFor(user, question),
  ]);
  if ('fault' in asking) {
    return (
      <>
        <ChartFault title="Messages by channel" fault={asking.fault} retryHref={hereHref(asked)} />
        <ChartFault title="Delivery rate (messages) by channel" fault={asking.fault} retryHref={hereHref(asked)} />
      </>
    );
  }
  const { answer } = asking;
  const options = { timeZone: question.timeZone, dimension: 'channel', marks, ...choosing(asked, 'channel') } as const;
  const layers = timeChart({ ...answer, before: null }, ['messages'], options);
  const lines = timeChart(answer, ['message_delivery_rate'], options);
  const query = apiCall(question, {
    kind: 'timeseries',
    metrics: METRICS,
    groupBy: 'channel',
    interval: answer.interval,
  });
  const isEmpty = layers.series.every(({ values }) => values.every((value) => !value));
  const rates = lines.series.map(({ name, values, n }) => {
    const all = n.reduce((sum, each) => sum + each, 0);
    const hits = values.reduce<number>((sum, value, at) => sum + (value ?? 0) * (n[at] ?? 0), 0);
    return { name, n: all, share: all > 0 ? hits / all : null };
  });
  const isLowSample = rates.some(({ n }) => n > 0 && n < 30);
  const told = rates
    .filter(({ share }) => share !== null)
    .map(({ name, share, n }) => `${name} ${figure(share, 'share')} of ${figure(n, 'count')}`);
  return (
    <>
      <ChartFrame
        title="Messages by channel"
        metrics={['messages']}
        sentence={sentenceOfLayers(layers, 'messages')}
        table={timeTable(layers)}
        marks={layers.marks}
        query={query}
        isEmpty={isEmpty}
        aside={<StepSwitch {...asked} shown={answer.interval} of="Messages by channel" />}
        legend={<Legend id="messages" series={layers.series} kind="layers" />}
      >
        <TimePicture chart={layers} kind="layers" />
      </ChartFrame>
      <ChartFrame
        title="Delivery rate (messages) by channel"
        metrics={['message_delivery_rate']}
        sentence={`${told.length > 0 ? told.join(', ') : 'Nothing to tell in this range'}. E-mail reports no delivery.`}
        trust={answer.trust}
        isLowSample={isLowSample}
        table={timeTable(lines)}
        marks={lines.marks}
        query={query}
        isEmpty={isEmpty}
        aside={<StepSwitch {...asked} shown={answer.interval} of="Delivery rate (messages) by channel" />}
        legend={<Legend id="delivery" series={lines.series} kind="lines" against={beforeWords(question)} />}
      >
        <TimePicture chart={lines} kind="lines" />
      </ChartFrame>
    </>
  );
}
