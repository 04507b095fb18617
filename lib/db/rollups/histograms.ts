/**
 * How long things took, in two shapes. Half-hours that are not closed take increments: a row per bucket (`duration_rollup`). When their three hours are
 * closed they are moved, and from then on they, and every longer step, are one row with two lists (`duration_step`): the buckets that any were seen of,
 * in no order, and how many of each. Half-hours are in exactly one of both at any moment.
 */

/** Whether a row of a step belongs to `duration_step`, as SQL: half-hours do once three hours over them are closed. */
export const isHistogram = (row: string) =>
  `(${row}.grain > 30 OR ${row}.at < (SELECT until FROM rollup_closed WHERE grain = 180))`;

/** The lists of a group of rows `f` of one bucket each, no bucket twice. Not in order: sorting them by all keys was a sixth of a rebuild. */
export const HISTOGRAM_OF = 'array_agg(f.bucket) AS buckets, array_agg(f.n) AS counts';

/** What comes late to a row `r` that is there: added, or taken away, bucket by bucket, in the same statement. */
export const ADD_HISTOGRAM = `DO UPDATE SET (buckets, counts) = (
  SELECT COALESCE(array_agg(b.bucket), '{}'), COALESCE(array_agg(b.n), '{}')
    FROM (SELECT u.bucket, sum(u.n)::int AS n
            FROM (SELECT * FROM unnest(r.buckets, r.counts) UNION ALL SELECT * FROM unnest(EXCLUDED.buckets, EXCLUDED.counts)) u(bucket, n)
           GROUP BY u.bucket HAVING sum(u.n) <> 0) b)`;
