import type { AnalyticsFilters, Comparison, Interval, Question } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { DIMENSIONS, type Dimension, type Duration } from '@/lib/domain/stats/measures';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { publicId } from '@/lib/ids';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { readDurations } from '@/lib/operations/analytics/durations';
import { readHeatmap } from '@/lib/operations/analytics/heatmap';
import { readMovers } from '@/lib/operations/analytics/movers';
import { readSummary } from '@/lib/operations/analytics/summary';
import { readTimeseries } from '@/lib/operations/analytics/timeseries';

/** An analyst of the console. */
export const ANALYST: Actor = {
  kind: 'user',
  userId: publicId('user', '00000000-0000-7000-8000-000000000001'),
  email: 'analyst@watchword.example',
  name: 'Ana',
  role: 'analyst',
};

export const RANGES = { '24 h': 1, '7 d': 7, '90 d': 90 } as const;
export type RangeName = keyof typeof RANGES;
export const SCOPES = ['one app', 'all apps'] as const;
export type Scope = (typeof SCOPES)[number];
export const TIME_ZONES = ['UTC', 'America/Sao_Paulo', 'Asia/Kolkata'] as const;

/** One panel of a room: a question with everything open but range, scope and time zone. */
export type Panel = {
  name: string;
  room: string;
  /** Asked in every time zone. */
  isZoned?: boolean;
  compare?: Comparison;
  ask(question: Question): Promise<unknown>;
};

const summary = (room: string, name: string, metrics: readonly MetricName[], compare: Comparison = 'none'): Panel => ({
  name: `summary: ${name}`,
  room,
  compare,
  ask: (question) => readSummary(ANALYST, question, metrics),
});
const series = (
  room: string,
  name: string,
  metrics: readonly MetricName[],
  options: { groupBy?: Dimension; interval?: Interval } = {},
): Panel => ({
  name: `series: ${name}`,
  room,
  isZoned: true,
  ask: (question) => readTimeseries(ANALYST, question, metrics, options),
});

/** Every kind of question that the rooms ask. */
export const PANELS: readonly Panel[] = [
  summary(
    'Overview',
    'KPIs against the period before',
    [
      'created',
      'verified',
      'conversion',
      'delivery_rate',
      'fallback_rate',
      'spend',
      'cost_per_verified',
      'time_to_deliver_p50_ms',
      'time_to_deliver_p95_ms',
      'response_time_p50_ms',
    ],
    'previous_period',
  ),
  summary('Fallback', 'fallbacks', [
    'fallback_rate',
    'fallback_failed_rate',
    'fallback_timeout_rate',
    'rescue_rate',
    'duplicate_rate',
    'duplicate_spend',
  ]),
  summary('Cost', 'money', [
    'spend',
    'cost_per_verified',
    'wasted_spend',
    'duplicate_spend',
    'whatsapp_saving',
    'billed_spend',
    'billed_estimate',
  ]),
  series('Overview', 'verifications and conversion', ['created', 'conversion']),
  series('Overview', 'delivery by channel', ['message_delivery_rate', 'messages'], { groupBy: 'channel' }),
  series('Delivery', 'delivery by country', ['delivery_rate'], { groupBy: 'country' }),
  series('Cost', 'spend by channel', ['message_spend'], { groupBy: 'channel' }),
  series('Response times', 'time to deliver', ['time_to_deliver_p50_ms', 'time_to_deliver_p95_ms']),
  series('Response times', 'response time', ['response_time_p50_ms', 'response_time_p95_ms']),
  ...DIMENSIONS.filter((dimension) => dimension !== 'reason').map(
    (dimension): Panel => ({
      name: `breakdown: verifications by ${dimension}`,
      room: 'Delivery',
      ask: (question) =>
        readBreakdown(ANALYST, question, dimension, ['created', 'conversion', 'delivery_rate', 'spend']),
    }),
  ),
  ...DIMENSIONS.map(
    (dimension): Panel => ({
      name: `breakdown: messages by ${dimension}`,
      room: 'Delivery',
      ask: (question) =>
        readBreakdown(
          ANALYST,
          question,
          dimension,
          dimension === 'reason'
            ? ['messages']
            : ['messages', 'message_delivery_rate', 'unknown_rate', 'message_spend'],
        ),
    }),
  ),
  {
    name: 'breakdown: fallbacks by country',
    room: 'Fallback',
    ask: (question) =>
      readBreakdown(ANALYST, question, 'country', [
        'fallback_rate',
        'rescue_rate',
        'duplicate_rate',
        'time_to_rescue_p50_ms',
      ]),
  },
  ...(['deliver', 'webhook_lag', 'respond', 'verify', 'rescue'] as const satisfies readonly Duration[]).map(
    (duration): Panel => ({
      name: `histogram: ${duration}`,
      room: 'Response times',
      ask: (question) => readDurations(ANALYST, question, duration),
    }),
  ),
  {
    name: 'heatmap: conversion',
    room: 'Response times',
    ask: (question) => readHeatmap(ANALYST, question, ['created', 'conversion']),
  },
  {
    name: 'movers: conversion',
    room: 'Overview',
    compare: 'previous_period',
    ask: (question) => readMovers(ANALYST, question, 'conversion'),
  },
];

/** One panel, over one range, of one scope, in one time zone. */
export type PanelCase = { panel: Panel; range: RangeName; scope: Scope; timeZone: string; ask(): Promise<unknown> };

/** `now` is where the data ends, `appId` the one app of the panels. `filters` are those of the page. */
export function panelCases(now: Date, appId: string, filters: AnalyticsFilters = {}): PanelCase[] {
  return PANELS.flatMap((panel) =>
    (Object.keys(RANGES) as RangeName[]).flatMap((range) =>
      SCOPES.flatMap((scope) =>
        (panel.isZoned ? TIME_ZONES : TIME_ZONES.slice(0, 1)).map((timeZone): PanelCase => {
          const question: Question = {
            from: new Date(now.getTime() - RANGES[range] * 86_400_000),
            to: now,
            timeZone,
            filters: scope === 'one app' ? { ...filters, app: { values: [appId], exclude: false } } : filters,
            compare: panel.compare ?? 'none',
          };
          return { panel, range, scope, timeZone, ask: () => panel.ask(question) };
        }),
      ),
    ),
  );
}
