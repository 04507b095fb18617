import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiCall } from '@/components/charts/api-call';
import { durationChart } from '@/components/charts/durations';
import { deltaOf, figure, figureOf, percent, shortFigure } from '@/components/charts/figure';
import { amountTicks, marksOn, namePlaces, partialSteps, timeChart } from '@/components/charts/model';
import { pendingText, sentenceOfLine, sentenceOfRows } from '@/components/charts/sentences';
import { scaleOf, stepOf } from '@/components/charts/steps';
import { timeTable } from '@/components/charts/tables';
import type { Point, Question, Timeseries, Trust } from '@/lib/contract/analytics';
import { METRIC_NAMES, metric } from '@/lib/domain/stats/metrics';
import type { Value } from '@/lib/domain/stats/value';

const rate = (hits: number, n: number, half = 0.01): Value => ({
  value: n === 0 ? null : hits / n,
  unit: 'share',
  n,
  low: n === 0 ? null : hits / n - half,
  high: n === 0 ? null : hits / n + half,
  isLowSample: n < 30,
});
const trust: Trust = {
  from: new Date('2026-11-24T00:00:00Z'),
  to: new Date('2026-11-25T00:00:00Z'),
  widened: null,
  countedUntil: new Date('2026-11-25T00:00:00Z'),
  created: 200,
  pending: 24,
};

describe('figures', () => {
  test('no data is a dash in every unit, never a zero', () => {
    for (const unit of ['count', 'share', 'micros', 'ms'] as const) {
      expect(figure(null, unit)).toBe('–');
      expect(shortFigure(null, unit)).toBe('–');
      expect(figure(0, unit)).not.toBe('–');
    }
  });

  test.each([
    [0.934, '93.4 %'],
    [1, '100 %'],
    [0, '0 %'],
    [0.0042, '0.42 %'],
    [-0.012, '−1.2 %'],
  ])('%f is %s', (share, text) => expect(percent(share)).toBe(text));
});

test('sums of money are in cents, prices of one message keep their digits, and less than half a cent is not nothing', () => {
  expect(figureOf('spend', 964_000)).toBe('$0.96');
  expect(figureOf('spend', 0)).toBe('$0.00');
  expect(figureOf('wasted_spend', 1_200)).toBe('<$0.01');
  expect(figureOf('whatsapp_saving', -6_850_000)).toBe('−$6.85');
  expect(figureOf('cost_per_verified', 32_900)).toBe('$0.0329');
  expect(figureOf('spend', null)).toBe('–');
});

describe('how a figure moved', () => {
  test('a rate moves in points, good or bad by what the metric wants', () => {
    expect(deltaOf('conversion', rate(900, 1000), rate(800, 1000))).toMatchObject({ text: '+10.0 pp', tone: 'good' });
    expect(deltaOf('fallback_rate', rate(90, 1000), rate(20, 1000))).toMatchObject({ text: '+7.0 pp', tone: 'bad' });
  });

  test('a percentile moved for certain only when ten or more stand beyond it on both sides', () => {
    const time = (value: number, n: number): Value => ({
      value,
      unit: 'ms',
      n,
      low: null,
      high: null,
      isLowSample: n < 30,
    });
    expect(deltaOf('time_to_deliver_p50_ms', time(9000, 40), time(3000, 40))).toMatchObject({ tone: 'bad' });
    expect(deltaOf('time_to_deliver_p99_ms', time(9000, 400), time(3000, 4000))).toMatchObject({ tone: 'neutral' });
    expect(deltaOf('time_to_deliver_p99_ms', time(9000, 1000), time(3000, 4000))).toMatchObject({ tone: 'bad' });
  });

  test('from a loss to a gain is no share of either', () => {
    const amount = (value: number): Value => ({
      value,
      unit: 'micros',
      n: 100,
      low: null,
      high: null,
      isLowSample: false,
    });
    expect(deltaOf('whatsapp_saving', amount(-30), amount(30))).toBeNull();
    expect(deltaOf('whatsapp_saving', amount(-60), amount(-30))).toMatchObject({ text: '−100 %', tone: 'bad' });
  });

  test('it is grey when the two intervals overlap, or too few stand under one of them', () => {
    expect(deltaOf('conversion', rate(900, 1000, 0.06), rate(800, 1000, 0.06))).toMatchObject({
      tone: 'neutral',
      isCertain: false,
    });
    expect(deltaOf('conversion', rate(20, 20), rate(800, 1000))).toMatchObject({ tone: 'neutral', isCertain: false });
  });

  test('without a figure before or after there is nothing to say', () => {
    expect(deltaOf('conversion', rate(1, 2), undefined)).toBeNull();
    expect(deltaOf('conversion', rate(0, 0), rate(1, 2))).toBeNull();
  });

  test('money moves in percent of what it was; from nothing there is no percent', () => {
    const money = (value: number): Value => ({
      value,
      unit: 'micros',
      n: 100,
      low: null,
      high: null,
      isLowSample: false,
    });
    expect(deltaOf('wasted_spend', money(150), money(100))).toMatchObject({
      text: '+50.0 %',
      tone: 'bad',
      isCertain: true,
    });
    expect(deltaOf('spend', money(150), money(0))).toBeNull();
  });
});

describe('sentences', () => {
  test('the worst row is one with a sample worth reading', () => {
    const row = (name: string, value: Value) => ({ name, share: 0.5, value });
    expect(
      sentenceOfRows(
        [row('Brazil', rate(90, 100)), row('India', rate(80, 100)), row('Chad', rate(0, 3))],
        'delivery_rate',
      ),
    ).toBe('Brazil has the most (50.0 %); delivery rate is worst in India: 80.0 %.');
  });

  test('a rate of messages is never called by the name of one of verifications', () => {
    const rows = ['Brazil', 'India'].map((name, at) => ({ name, share: 0.5, value: rate(90 - at, 100) }));
    expect(sentenceOfRows(rows, 'message_conversion')).toContain('; conversion (messages) is worst in India');
    const labels = METRIC_NAMES.map((name) => metric(name).label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  test('what is pending is said in percent', () => {
    expect(pendingText(trust)).toBe('12.0 % still pending, left out of rates');
    expect(pendingText({ created: 10, pending: 0 })).toBeNull();
  });
});

const point = (hour: number, value: Value): Point => ({
  at: new Date(Date.UTC(2026, 10, 24, hour)),
  values: { delivery_rate: value },
  pending: 0,
});
const answer: Timeseries = {
  trust,
  interval: 'hour',
  series: [
    {
      key: 'whatsapp',
      label: 'whatsapp',
      points: [point(0, rate(90, 100)), point(1, rate(0, 0)), point(2, rate(70, 100))],
    },
  ],
  before: [
    {
      key: 'whatsapp',
      label: 'whatsapp',
      points: [point(0, rate(95, 100)), point(1, rate(96, 100)), point(2, rate(0, 0))],
    },
  ],
};

const mark = (at: string, until: string | null = null) => ({
  at: new Date(at),
  until: until ? new Date(until) : null,
  kind: 'publish',
  title: at,
  href: null,
});

describe('a picture over time', () => {
  const chart = timeChart(answer, ['delivery_rate'], { timeZone: 'Asia/Kolkata', dimension: 'channel' });

  test('a gap stays a gap, and the period before stands beside by place', () => {
    expect(chart.series[0]).toMatchObject({
      name: 'WhatsApp',
      ink: 'var(--whatsapp-mark)',
      values: [0.9, null, 0.7],
      before: [0.95, 0.96, null],
      n: [100, 0, 100],
    });
    expect(chart.at[0]).toBe('Tue 24 Nov 2026, 05:30');
  });

  test('its table says the same figures as the picture', () => {
    expect(timeTable(chart).rows.map(({ cells }) => cells.slice(1))).toEqual([
      ['90.0 %', '100', '95.0 %'],
      ['–', '0', '96.0 %'],
      ['70.0 %', '100', '–'],
    ]);
  });

  test('its sentence names the highest and the lowest', () => {
    expect(sentenceOfLine(chart)).toContain('Highest 90.0 % on Tue 24 Nov 2026, 05:30, lowest 70.0 %');
  });

  test('a step that the range begins or ends within, or that is still counted, is named as one in part', () => {
    const days = ['21', '22', '23', '24'].map((day) => new Date(`2026-11-${day}T00:00:00Z`));
    const range = (from: string, to: string, countedUntil = to) => ({
      from: new Date(`2026-11-${from}Z`),
      to: new Date(`2026-11-${to}Z`),
      countedUntil: new Date(`2026-11-${countedUntil}Z`),
    });
    expect(partialSteps(days, 'day', range('21T00:00', '25T00:00'), 'UTC')).toEqual([]);
    expect(partialSteps(days, 'day', range('21T22:30', '25T00:00'), 'UTC')).toEqual([0]);
    expect(partialSteps(days, 'day', range('21T00:00', '24T22:30'), 'UTC')).toEqual([3]);
    expect(partialSteps(days, 'day', range('21T00:00', '25T00:00', '24T22:30'), 'UTC')).toEqual([3]);
    expect(partialSteps(days, 'day', range('21T00:00', '24T23:30'), 'UTC')).toEqual([3]);
    expect(partialSteps([], 'day', range('21T00:00', '25T00:00'), 'UTC')).toEqual([]);
    // The day on which clocks go forward is whole with 23 hours.
    const spring = [new Date('2026-03-28T23:00:00Z'), new Date('2026-03-29T22:00:00Z')];
    expect(
      partialSteps(
        spring,
        'day',
        {
          from: spring[0] as Date,
          to: new Date('2026-03-30T22:00:00Z'),
          countedUntil: new Date('2026-04-01T00:00:00Z'),
        },
        'Europe/Berlin',
      ),
    ).toEqual([]);
    const today = timeChart(
      { ...answer, trust: { ...trust, countedUntil: new Date('2026-11-24T02:30:00Z') } },
      ['delivery_rate'],
      { timeZone: 'UTC', dimension: 'channel' },
    );
    expect(today.partial).toEqual([2]);
    expect(today.at[2]).toBe('Tue 24 Nov 2026, 02:00, in part');
    expect(sentenceOfLine(today)).toBe('90.0 % throughout.');
  });

  test('percentiles of one duration are called by their percentile alone', () => {
    const names = (metrics: Parameters<typeof timeChart>[1]) =>
      timeChart(answer, metrics, { timeZone: 'UTC' }).series.map(({ name }) => name);
    expect(names(['response_time_p50_ms', 'response_time_p99_ms'])).toEqual(['p50', 'p99']);
    expect(names(['response_time_p50_ms', 'webhook_lag_p50_ms'])).toEqual(['Response time p50', 'Webhook lag p50']);
  });

  test('a mark stands at the point in whose time it fell; outside the picture it is left out', () => {
    const points = answer.series[0]?.points.map(({ at }) => at) ?? [];
    const marks = marksOn(
      points,
      { from: new Date('2026-11-24T00:00:00Z'), to: new Date('2026-11-24T03:00:00Z') },
      [
        mark('2026-11-24T01:40:00Z'),
        mark('2026-11-23T20:00:00Z', '2026-11-24T02:10:00Z'),
        mark('2026-11-20T00:00:00Z'),
        mark('2026-11-24T09:00:00Z'),
      ],
      'UTC',
    );
    expect(marks.map(({ from, until }) => [from, until])).toEqual([
      [1, null],
      [0, 2],
    ]);
  });

  test('every mark of the range is shown, however short the first step is and however few there are', () => {
    // Seven days until now in steps of days: the first is a quarter of an hour, the last the whole of today.
    const range = { from: new Date('2026-11-21T23:45:00Z'), to: new Date('2026-11-23T18:30:00Z') };
    const days = [range.from, new Date('2026-11-22T00:00:00Z'), new Date('2026-11-23T00:00:00Z')];
    const within = [mark('2026-11-21T23:50:00Z'), mark('2026-11-23T18:20:00Z')];
    expect(marksOn(days, range, within, 'UTC').map(({ from }) => from)).toEqual([0, 2]);
    expect(marksOn([range.from], range, within, 'UTC').map(({ from }) => from)).toEqual([0, 0]);
    const late = [mark('2026-11-23T18:31:00Z')];
    expect(marksOn(days, range, late, 'UTC')).toEqual([]);
  });
});

describe('the names of marks', () => {
  const named = (...at: [x: number, name: string][]) => at.map(([x, name]) => ({ x, name }));

  test('never lie on each other or on another mark: they stand right or left of their own, or are left out', () => {
    expect(namePlaces(named([100, 'Published'], [300, 'Alert']), 800)).toEqual(['right', 'right']);
    expect(namePlaces(named([100, 'Published'], [120, 'Published']), 800)).toEqual(['left', 'right']);
    expect(namePlaces(named([100, 'Published'], [120, 'Published'], [140, 'Alert']), 800)).toEqual([
      'left',
      null,
      'right',
    ]);
    expect(namePlaces(named([140, 'Alert'], [120, 'Published'], [100, 'Published']), 800)).toEqual([
      'right',
      null,
      'left',
    ]);
  });

  test('are said once for two of a kind at one point', () => {
    expect(namePlaces(named([100, 'Alert'], [100, 'Alert'], [100, 'Template']), 800)).toEqual(['right', null, 'left']);
  });

  test('never run over the axis or out of the picture', () => {
    expect(namePlaces(named([790, 'Published']), 800)).toEqual(['left']);
    expect(namePlaces(named([10, 'Published'], [20, 'Alert'], [30, 'Alert']), 40)).toEqual([null, null, null]);
  });
});

describe('the figures of an axis of amounts', () => {
  test('are three to five round ones from zero to above the highest', () => {
    expect(amountTicks(1700, { isWhole: true, isLow: false })).toEqual([0, 500, 1000, 1500, 2000]);
    expect(amountTicks(1, { isWhole: true, isLow: false })).toEqual([0, 1]);
  });

  test('are zero, the half and the whole on a low picture, whole numbers where things are counted', () => {
    expect(amountTicks(127, { isWhole: true, isLow: true })).toEqual([0, 75, 150]);
    expect(amountTicks(1, { isWhole: true, isLow: true })).toEqual([0, 1, 2]);
    expect(amountTicks(3, { isWhole: true, isLow: true })).toEqual([0, 2, 4]);
    for (const high of [1, 2, 5, 9, 10, 11, 99, 101, 640, 1001, 7_777, 12_345]) {
      const [zero, half, top] = amountTicks(high, { isWhole: true, isLow: true }) as [number, number, number];
      expect([zero, half * 2, Number.isInteger(half)]).toEqual([0, top, true]);
      expect(top).toBeGreaterThanOrEqual(high);
      expect(top).toBeLessThanOrEqual(Math.max(2, high * 2));
    }
  });
});

describe('a histogram of durations', () => {
  const buckets = [
    { fromMs: 1000, toMs: 1200, n: 5 },
    { fromMs: 1440, toMs: 1728, n: 7 },
  ];
  const histogram = { trust, isKept: true, n: 12, buckets, percentiles: { p50: 1, p90: 1, p95: 1, p99: 1 } };

  test('an empty bucket between two is drawn, or the axis would lie', () => {
    expect(durationChart(histogram).bars.map(({ n }) => n)).toEqual([5, 0, 7]);
  });

  test('a lifetime beyond the last bucket extends the axis and stands in its own bar', () => {
    const chart = durationChart(histogram, [{ label: 'Login', atMs: 300_000 }]);
    const [line] = chart.lines;
    expect(line?.place).toBeLessThan(chart.bars.length);
    expect(chart.bars[line?.place ?? 0]?.range).toMatch(/4 min|5 min/);
  });
});

test('steps keep the order of the values, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
      const scale = scaleOf(values);
      const sorted = values.toSorted((a, b) => a - b).map((value) => stepOf(scale, value));
      expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
      expect(sorted.every((step) => step >= 1 && step <= 6)).toBe(true);
    }),
  );
  expect(stepOf(scaleOf([0.5]), null)).toBe(0);
});

test('the API call carries the whole question, and nothing in it can end the shell’s string', () => {
  const question: Question = {
    from: new Date('2026-11-24T00:00:00Z'),
    to: new Date('2026-11-25T00:00:00Z'),
    timeZone: 'Asia/Kolkata',
    compare: 'none',
    filters: { country: { values: ['BR', 'IN'], exclude: true }, template: { values: ["a'b"], exclude: false } },
  };
  const { path, apps } = apiCall(question, {
    kind: 'breakdown',
    metrics: ['messages', 'read_rate'],
    dimension: 'channel',
    limit: 20,
  });
  expect(path).not.toContain("'");
  expect(Object.fromEntries(new URL(`http://x${path}`).searchParams)).toEqual({
    from: '2026-11-24T00:00:00.000Z',
    to: '2026-11-25T00:00:00.000Z',
    timezone: 'Asia/Kolkata',
    compare: 'none',
    metrics: 'messages,read_rate',
    country: '-BR,IN',
    template: "a'b",
    dimension: 'channel',
    limit: '20',
  });
  // A key sees its own app alone: the call names none, and whoever copies it is told.
  expect(apps).toBe('all');
  const filters = { app: { values: ['01999999-aaaa-7bbb-8ccc-dddddddddddd'], exclude: false } };
  const ofApp = apiCall({ ...question, filters }, { kind: 'summary', metrics: ['created'] });
  expect(ofApp.apps).toBe('chosen');
  expect(ofApp.path).not.toMatch(/[?&]app=/);
});
