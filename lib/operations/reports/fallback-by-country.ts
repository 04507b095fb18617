import { ANALYTICS_LIMITS, type BreakdownRow, type Question, type Trust } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { type FallbackTimer, withTimers } from '@/lib/domain/routing/fallback-timer';
import { serving } from '@/lib/domain/routing/plan';
import type { MetricName } from '@/lib/domain/stats/metrics';
import { readTimer, type TimerReading } from '@/lib/domain/stats/timer-reading';
import { hitsOf } from '@/lib/domain/stats/value';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** What the rows hold. */
export const FALLBACK_FIGURES = [
  'created',
  'fallback_rate',
  'fallback_failed_rate',
  'fallback_timeout_rate',
  'rescue_rate',
  'duplicate_rate',
  'duplicate_spend',
  'time_to_rescue_p50_ms',
  'time_to_rescue_p90_ms',
] as const satisfies readonly MetricName[];
const DELIVERIES = [
  'messages',
  'time_to_deliver_p90_ms',
  'time_to_deliver_p99_ms',
] as const satisfies readonly MetricName[];

export type FallbackRow = BreakdownRow & { timer: FallbackTimer; reading: TimerReading };

/**
 * reports.fallback_by_country: each country's fallbacks beside the timer that holds there today, and what the timer seems
 * to do. Deliveries are those of WhatsApp alone, whatever the question filters by.
 */
export async function readFallbackByCountry(
  actor: Actor,
  question: Question,
  limit = 50,
): Promise<{ trust: Trust; rows: FallbackRow[]; isTruncated: boolean }> {
  permit(actor, 'analytics:read');
  const { reason: _, ...filters } = question.filters;
  const [figures, deliveries, configuration] = await Promise.all([
    readBreakdown(actor, question, 'country', FALLBACK_FIGURES, limit),
    readBreakdown(
      actor,
      {
        ...question,
        compare: 'none',
        filters: { ...filters, channel: { values: ['whatsapp'], exclude: false } },
      },
      'country',
      DELIVERIES,
      // Of every country: these have another order than the fallbacks, and one of theirs must not be missing here.
      ANALYTICS_LIMITS.rows,
    ),
    currentConfiguration(),
  ]);
  const arrivals = new Map(deliveries.rows.map(({ key, values }) => [key, values]));
  const joined = withTimers(
    figures.rows,
    (country) => configuration.routeFor(country),
    (channel) => serving(configuration, channel).length > 0,
  );
  const rows = joined.map((row) => {
    const arrived = arrivals.get(row.key);
    const reading = readTimer({
      ...row.timer,
      startedWhatsapp: row.values.fallback_rate?.n ?? 0,
      fellBackTimeout: hitsOf(row.values.fallback_timeout_rate),
      duplicated: hitsOf(row.values.duplicate_rate),
      deliverP90Ms: arrived?.time_to_deliver_p90_ms?.value ?? null,
      deliverP99Ms: arrived?.time_to_deliver_p99_ms?.value ?? null,
      delivered: arrived?.time_to_deliver_p90_ms?.n ?? 0,
    });
    return { ...row, reading };
  });
  return { trust: figures.trust, rows, isTruncated: figures.isTruncated };
}
