import type { BreakdownRow, DurationHistogram, Question, Trust } from '@/lib/contract/analytics';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { type LifetimeFit, lifetimeFit } from '@/lib/domain/stats/lifetime-fit';
import { hitsOf } from '@/lib/domain/stats/value';
import { readBreakdown } from '@/lib/operations/analytics/breakdown';
import { readDurations } from '@/lib/operations/analytics/durations';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

/** As many use cases as are drawn beside each other. */
const SHOWN_MAX = 8;

export type UseCaseFit = {
  useCase: string;
  name: string;
  values: BreakdownRow['values'];
  pending: number;
  histogram: DurationHistogram;
  /** Null: the use case is gone, or was never configured; its lifetime is not known. */
  lifetimeSeconds: number | null;
  fit: LifetimeFit | null;
};

/**
 * reports.lifetime_fits: how long people took from the first submission to the approval, per use case, set against the
 * lifetime that its codes have today, with those who came when it was over.
 */
export async function readLifetimeFits(
  actor: Actor,
  question: Question,
): Promise<{ trust: Trust; fits: UseCaseFit[]; isTruncated: boolean }> {
  permit(actor, 'analytics:read');
  const [useCases, { policies }] = await Promise.all([
    readBreakdown(
      actor,
      { ...question, compare: 'none' },
      'use_case',
      ['created', 'expired_rate', 'late_rate'],
      SHOWN_MAX,
    ),
    currentConfiguration(),
  ]);
  const fits = await Promise.all(
    useCases.rows.map(async ({ key, label, values, pending }): Promise<UseCaseFit> => {
      const histogram = await readDurations(
        actor,
        { ...question, compare: 'none', filters: { ...question.filters, use_case: { values: [key], exclude: false } } },
        'verify',
      );
      const policy = policies.get(key);
      const late = hitsOf(values.late_rate);
      return {
        useCase: key,
        name: policy?.name ?? label,
        values,
        pending: pending ?? 0,
        histogram,
        lifetimeSeconds: policy?.lifetimeSeconds ?? null,
        fit: policy ? lifetimeFit(histogram.buckets, late, policy.lifetimeSeconds) : null,
      };
    }),
  );
  return { trust: useCases.trust, fits, isTruncated: useCases.isTruncated };
}
