import { report } from '@/lib/db/client';
import { type Search, sampleOf } from '@/lib/db/explore-verifications';

export type FacetRow = { facet: string; value: string; n: number };

/** Values of one facet that are worth showing. */
const VALUES_MAX = 12;

/**
 * Among the newest `sampleMax` verifications of a search: how many have which status, channel, country, use case, app, failure
 * reason and cause of a fallback. `total` is the size of the sample. Null when it took too long.
 */
export async function facetCounts(search: Search, sampleMax: number, patienceMs: number): Promise<FacetRow[] | null> {
  const sample = sampleOf(search, sampleMax);
  const plain = (facet: string, column: string) =>
    `SELECT '${facet}' AS facet, ${column} AS value, count(*)::int AS n FROM sample GROUP BY 2`;
  return report<FacetRow>(
    {
      name: 'facet_counts',
      text: `
WITH sample AS MATERIALIZED (SELECT v.id, v.status, v.country, v.use_case, v.app_id FROM (${sample.text}) v),
carried AS MATERIALIZED (
  SELECT m.verification_id, m.channel, m.reason, m.cause FROM sample s JOIN message m ON m.verification_id = s.id
),
fell AS MATERIALIZED (
  SELECT f.verification_id, e.detail->>'cause' AS cause
    FROM (SELECT DISTINCT verification_id FROM carried WHERE cause = 'fallback') f
    JOIN verification_event e ON e.verification_id = f.verification_id AND e.kind = 'fallback'
),
counts AS (
  ${plain('status', 'status')} UNION ALL ${plain('country', 'country::text')} UNION ALL ${plain('use_case', 'use_case')} UNION ALL ${plain('app', 'app_id::text')}
  UNION ALL SELECT 'channel', channel, count(DISTINCT verification_id)::int FROM carried GROUP BY 2
  UNION ALL SELECT 'reason', reason, count(DISTINCT verification_id)::int FROM carried WHERE reason IS NOT NULL GROUP BY 2
  UNION ALL SELECT 'cause', cause, count(DISTINCT verification_id)::int FROM fell WHERE cause IS NOT NULL GROUP BY 2
  UNION ALL SELECT 'cause', 'none', ((SELECT count(*) FROM sample) - (SELECT count(DISTINCT verification_id) FROM fell))::int
  UNION ALL SELECT 'total', '', count(*)::int FROM sample
)
SELECT facet, value, n FROM (
  SELECT c.*, row_number() OVER (PARTITION BY facet ORDER BY n DESC, value) AS place FROM counts c WHERE n > 0 OR facet = 'total') c
 WHERE place <= ${VALUES_MAX} ORDER BY facet, place`,
    },
    sample.values,
    patienceMs,
  );
}
