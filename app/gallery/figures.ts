import type { Breakdown, DurationHistogram, Timeseries, Trust, Values } from '@/lib/contract/analytics';
import type { Value } from '@/lib/domain/stats/value';

/** Made-up figures for the gallery alone: a shape per chart, with gaps, small samples and a bad day. */

const START = Date.UTC(2026, 10, 18);
const HOUR = 3_600_000;
const wave = (at: number, seed: number) => (Math.sin(at / 3.7 + seed) + Math.sin(at / 11 + seed * 2)) / 2;

export const TRUST: Trust = {
  from: new Date(START),
  to: new Date(START + 168 * HOUR),
  widened: null,
  countedUntil: new Date(START + 168 * HOUR),
  created: 48_210,
  pending: 1_204,
};

export function rate(share: number, n: number): Value {
  const half = n > 0 ? 1.96 * Math.sqrt((share * (1 - share)) / n) : 0;
  return {
    value: n === 0 ? null : share,
    unit: 'share',
    n,
    low: n === 0 ? null : Math.max(0, share - half),
    high: n === 0 ? null : Math.min(1, share + half),
    isLowSample: n < 30,
  };
}
export const plain = (value: number | null, unit: Value['unit'], n = 1000): Value => ({
  value,
  unit,
  n,
  low: null,
  high: null,
  isLowSample: unit === 'ms' && n < 30,
});

const channels = ['whatsapp', 'sms', 'email'] as const;
const series = (shift: number): Timeseries['series'] =>
  channels.map((key, place) => ({
    key,
    label: key,
    points: Array.from({ length: 168 }, (_, at) => {
      const n = at === 40 ? 0 : Math.round((160 - place * 60) * (1.2 + wave(at, place + shift)));
      const share =
        0.93 - place * 0.04 + wave(at, place + shift) * 0.02 - (place === 0 && at > 90 && at < 102 ? 0.3 : 0);
      return {
        at: new Date(START + at * HOUR),
        pending: 0,
        values: { messages: plain(n, 'count', n), message_delivery_rate: rate(share, n) },
      };
    }),
  }));

export const OVER_TIME: Timeseries = { trust: TRUST, interval: 'hour', series: series(0), before: series(0.5) };

export const PERCENTILES: Timeseries = {
  trust: TRUST,
  interval: 'hour',
  series: [
    {
      key: 'all',
      label: 'All',
      points: Array.from({ length: 168 }, (_, at) => ({
        at: new Date(START + at * HOUR),
        pending: 0,
        values: Object.fromEntries(
          [50, 90, 95, 99].map((p) => [
            `time_to_deliver_p${p}_ms`,
            plain((1200 + wave(at, 1) * 300) * (1 + (p - 50) / 18), 'ms'),
          ]),
        ) as Values,
      })),
    },
  ],
  before: null,
};

export const COUNTRIES: Breakdown = {
  trust: TRUST,
  dimension: 'country',
  isTruncated: false,
  rows: ['BR', 'IN', 'ID', 'DE', 'NG', 'US', 'MX', 'SG', 'MT', 'FR', 'EG', 'ZA', 'TR', 'PK', 'LU'].map((key, at) => {
    const n = Math.round(12_000 / (1 + at * at * 0.6));
    return {
      key,
      label: key,
      pending: 12,
      share: n / 40_000,
      values: { created: plain(n, 'count', n), conversion: rate(0.9 - wave(at * 3, 1) * 0.1, at === 14 ? 12 : n) },
      before: { created: plain(n * 0.92, 'count', n), conversion: rate(0.9 - wave(at * 3, 1.4) * 0.1, n) },
    };
  }),
};

export const TOOK: DurationHistogram = {
  trust: TRUST,
  isKept: true,
  n: 21_400,
  percentiles: { p50: 9_400, p90: 31_000, p95: 48_000, p99: 160_000 },
  buckets: Array.from({ length: 34 }, (_, at) => ({
    fromMs: 800 * 1.2 ** at,
    toMs: 800 * 1.2 ** (at + 1),
    n: at === 30 ? 0 : Math.round(2200 * Math.exp(-((at - 13) ** 2) / 40)),
  })).filter(({ n }) => n > 0),
};

export const WEEK = Array.from({ length: 168 }, (_, at) => ({
  weekday: Math.floor(at / 24) + 1,
  hour: at % 24,
  value: at % 24 === 3 ? null : 0.9 + wave(at, 2) * 0.08,
  n: at % 24 === 4 ? 12 : 400,
}));
