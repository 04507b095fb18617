import type { Breakdown, BreakdownRow } from '@/lib/contract/analytics';
import type { MetricName } from '@/lib/domain/stats/metrics';

/** The rows with most of a figure first, their shares being of that figure; null where there is none of it at all. */
export function orderedBy(name: MetricName, answer: Breakdown): Breakdown {
  const of = (row: BreakdownRow) => row.values[name]?.value ?? 0;
  const total = answer.rows.reduce((sum, row) => sum + of(row), 0);
  const rows = answer.rows.map((row) => ({ ...row, share: total > 0 ? of(row) / total : null }));
  return { ...answer, rows: rows.toSorted((a, b) => of(b) - of(a)) };
}
