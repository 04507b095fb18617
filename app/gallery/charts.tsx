import { BarList } from '@/components/charts/bar-list';
import { barRows } from '@/components/charts/bar-rows';
import { ChartFault, ChartFrame, ChartSkeleton, ListFrame } from '@/components/charts/chart-frame';
import { durationChart } from '@/components/charts/durations';
import { percent } from '@/components/charts/figure';
import { FigureList } from '@/components/charts/figure-list';
import { Funnel } from '@/components/charts/funnel';
import { KpiRow, KpiRowSkeleton, KpiTile } from '@/components/charts/kpi-tile';
import { DurationPicture, TimePicture } from '@/components/charts/lazy';
import { Legend } from '@/components/charts/looks';
import { timeChart } from '@/components/charts/model';
import { sentenceOfDurations, sentenceOfLayers, sentenceOfLine, sentenceOfRows } from '@/components/charts/sentences';
import { durationTable, timeTable } from '@/components/charts/tables';
import { WeekHeatmap } from '@/components/charts/week-heatmap';
import { MapLegend, WorldMap } from '@/components/charts/world-map';
import { countryName } from '@/components/console/format';
import { COUNTRIES, OVER_TIME, PERCENTILES, plain, rate, TOOK, TRUST, WEEK } from './figures';

const timeZone = 'UTC';
const marks = [
  {
    at: new Date('2026-11-20T14:00:00Z'),
    until: null,
    kind: 'publish',
    title: 'Version 12: Brazil waits 20 s',
    href: '#',
  },
  {
    at: new Date('2026-11-21T18:00:00Z'),
    until: new Date('2026-11-22T06:00:00Z'),
    kind: 'incident',
    title: 'Meta Cloud API, Brazil',
    href: null,
  },
];

/** Every chart in every state. */
export function Charts() {
  const layers = timeChart(OVER_TIME, ['messages'], { timeZone, dimension: 'channel', marks });
  const [whatsapp] = OVER_TIME.series;
  const line = timeChart({ ...OVER_TIME, series: whatsapp ? [whatsapp] : [] }, ['message_delivery_rate'], {
    timeZone,
    dimension: 'channel',
    marks,
  });
  const percentiles = timeChart(
    PERCENTILES,
    ['time_to_deliver_p50_ms', 'time_to_deliver_p90_ms', 'time_to_deliver_p95_ms', 'time_to_deliver_p99_ms'],
    { timeZone },
  );
  const took = durationChart(TOOK, [
    { label: 'Payment 3 min', atMs: 180_000 },
    { label: 'Login 10 min', atMs: 600_000 },
  ]);
  const rows = barRows(COUNTRIES, {
    href: () => '#',
    standing: (key) => (key === 'BR' ? 'included' : key === 'IN' ? 'excluded' : 'free'),
  });
  const values = COUNTRIES.rows.map(({ values }) =>
    values.conversion?.isLowSample ? null : (values.conversion?.value ?? null),
  );
  return (
    <>
      <KpiRow label="Example figures">
        <KpiTile
          name="created"
          value={plain(48_210, 'count', 48_210)}
          before={plain(45_100, 'count', 45_100)}
          spark={WEEK.map(({ value }) => value)}
        />
        <KpiTile
          name="delivery_rate"
          value={rate(0.934, 45_000)}
          before={rate(0.951, 42_000)}
          spark={WEEK.map(({ value }) => value)}
        />
        <KpiTile name="conversion" value={rate(0.81, 21)} before={rate(0.9, 400)} />
        <KpiTile
          name="time_to_deliver_p50_ms"
          label="Time to deliver"
          value={plain(1320, 'ms')}
          before={plain(1310, 'ms')}
          second={{ name: 'time_to_deliver_p95_ms', label: 'p95', value: plain(6200, 'ms') }}
        />
        <KpiTile name="cost_per_verified" value={plain(null, 'micros', 0)} />
      </KpiRow>
      <KpiRowSkeleton names={['a', 'b', 'c', 'd', 'e']} />
      <div className="grid gap-4 lg:grid-cols-2">
        <ChartFrame
          title="Messages over time"
          metrics={['messages']}
          sentence={sentenceOfLayers(layers, 'messages')}
          trust={TRUST}
          table={timeTable(layers)}
          marks={layers.marks}
          query={{ path: '/api/v1/analytics/timeseries', apps: 'all' }}
          legend={<Legend id="g1" series={layers.series} kind="layers" />}
        >
          <TimePicture chart={layers} kind="layers" />
        </ChartFrame>
        <ChartFrame
          title="Delivery over time"
          query={{ path: '/api/v1/analytics/timeseries', apps: 'all' }}
          metrics={['message_delivery_rate']}
          sentence={sentenceOfLine(line)}
          trust={TRUST}
          table={timeTable(line)}
          marks={line.marks}
          legend={<Legend id="g2" series={line.series} kind="lines" />}
        >
          <TimePicture chart={line} kind="lines" />
        </ChartFrame>
        <ChartFrame
          title="Time to deliver"
          query={{ path: '/api/v1/analytics/timeseries', apps: 'all' }}
          metrics={['time_to_deliver_p50_ms']}
          sentence={sentenceOfLine(percentiles)}
          table={timeTable(percentiles)}
          legend={<Legend id="g3" series={percentiles.series} kind="lines" />}
        >
          <TimePicture chart={percentiles} kind="lines" />
        </ChartFrame>
        <ChartFrame
          title="How long people took"
          query={{ path: '/api/v1/analytics/durations', apps: 'all' }}
          sentence={sentenceOfDurations(TOOK)}
          table={durationTable(took)}
        >
          <DurationPicture chart={took} />
        </ChartFrame>
        <ChartFrame
          title="Hour of the week"
          query={{ path: '/api/v1/analytics/heatmap', apps: 'all' }}
          metrics={['conversion']}
          sentence="Best on Tuesday at 14:00."
          isReadable
          isLowSample
          table={{ columns: [{ label: 'Hour' }, { label: 'Conversion', isNumber: true }], rows: [] }}
        >
          <WeekHeatmap cells={WEEK} unit="share" label="Conversion by hour of the week" />
        </ChartFrame>
        <ChartFrame
          title="Funnel"
          query={{ path: '/api/v1/analytics/summary', apps: 'all' }}
          sentence="43,000 of 48,210 were verified."
          table={{ columns: [], rows: [] }}
        >
          <Funnel
            steps={[
              { key: 'created', label: 'Requested', value: 48_210 },
              { key: 'accepted', label: 'Accepted', value: 47_900 },
              { key: 'delivered', label: 'Delivered', value: 45_210 },
              { key: 'read', label: 'Read', value: 31_000 },
              { key: 'checked', label: 'Checked', value: 43_400 },
              { key: 'approved', label: 'Verified', value: 43_000 },
            ]}
            branch={{ label: 'Fell back', fellBack: 4_120, rescued: 3_300 }}
          />
        </ChartFrame>
        <ChartFrame
          title="Nothing yet"
          query={{ path: '/api/v1/analytics/summary', apps: 'all' }}
          sentence="Nothing in this range."
          isEmpty
          table={{ columns: [], rows: [] }}
        >
          {null}
        </ChartFrame>
        <ChartFault title="Broken" fault="These figures could not be had right now." retryHref="#" />
        <ChartSkeleton title="On its way" hasLegend />
      </div>
      <ChartFrame
        title="The world"
        query={{ path: '/api/v1/analytics/breakdown', apps: 'all' }}
        metrics={['conversion']}
        height="map"
        sentence={sentenceOfRows(
          rows.map(({ name, share, values }) => ({ name, share, value: values.conversion })),
          'conversion',
        )}
        table={{ columns: [], rows: [] }}
        legend={<MapLegend values={values} unit="share" />}
      >
        <WorldMap
          countries={COUNTRIES.rows.map(({ key }, at) => ({
            code: key,
            value: values[at] ?? null,
            words: `${countryName(key)}: ${percent(values[at] ?? null)}`,
            href: '#',
            standing: key === 'BR' ? 'included' : key === 'IN' ? 'excluded' : 'free',
          }))}
        />
      </ChartFrame>
      <ListFrame
        title="By country"
        sentence="Brazil has the most."
        trust={TRUST}
        query={{ path: '/api/v1/analytics/breakdown', apps: 'all' }}
        hasIntervals
      >
        <BarList label="By country" heading="Country" rows={rows} metrics={['created', 'conversion']} hasFilter />
      </ListFrame>
      <ListFrame
        title="How they end"
        sentence="Most were verified."
        query={{ path: '/api/v1/analytics/summary', apps: 'all' }}
      >
        <FigureList
          label="How they end"
          heading="End"
          rows={[
            {
              key: 'verified',
              label: 'Verified',
              name: 'conversion',
              value: rate(0.934, 45_000),
              before: rate(0.951, 42_000),
              of: 'ended',
              href: '#',
            },
            { key: 'locked', label: 'Locked', name: 'locked_rate', value: rate(0.05, 20), of: 'ended' },
            { key: 'blocked', label: 'Requests blocked', name: 'blocked', value: plain(1_204, 'count') },
            { key: 'none', label: 'Wrong codes', name: 'wrong_code_rate', value: plain(null, 'share', 0) },
          ]}
        />
      </ListFrame>
    </>
  );
}
