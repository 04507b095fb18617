import type { FlowScope } from '@/lib/db/analytics/alert-usual';
import type { Db, Statement } from '@/lib/db/client';
import type { Cut } from '@/lib/domain/stats/cuts';

/** Messages that one look adds up one by one. */
export const ONE_LOOK_MAX = 50_000;

const SPEND: Statement = {
  name: 'alert_spend_between',
  text: `
SELECT sum(cost_micros) FILTER (WHERE is_meant)::float8 AS micros, (count(*) FILTER (WHERE is_meant))::int AS n, count(*) > ${ONE_LOOK_MAX} AS "isMore"
  FROM (SELECT cost_micros, ($3::uuid IS NULL OR app_id = $3) AND ($4::text IS NULL OR country = $4) AND ($5::text IS NULL OR channel = $5) AND ($6::uuid IS NULL OR connection_id = $6) AS is_meant
          FROM message WHERE id >= $1::uuid AND id < $2::uuid AND livemode ORDER BY id DESC LIMIT ${ONE_LOOK_MAX + 1}) m`,
};

export type Spent = { micros: number | null; n: number };

/** What messages of a range cost in micros of a US dollar (null: there were none), and how many they were. Null when there are more than ONE_LOOK_MAX in it. */
export async function spendBetween(db: Db, fromId: string, toId: string, scope: FlowScope): Promise<Spent | null> {
  const values = [fromId, toId, scope.appId, scope.country, scope.channel, scope.connectionId];
  const [row] = await db.query<Spent & { isMore: boolean }>(SPEND, values);
  if (!row) throw new Error('a sum answers one row');
  return row.isMore ? null : { micros: row.micros, n: row.n };
}

const SPEND_COUNTED: Statement = {
  name: 'alert_spend_counted',
  text: `
SELECT CASE WHEN at < $5 THEN 'first' WHEN at < $6 THEN 'inside' ELSE 'last' END AS part, sum(cost_micros)::float8 AS micros, sum(messages)::int AS n
  FROM message_rollup
 WHERE cut = $1::smallint AND grain = $2::smallint AND app_id = ANY ($3::uuid[]) AND at >= $4 AND at < $7
   AND ($8::text IS NULL OR country = $8) AND ($9::text IS NULL OR channel = $9) AND ($10::uuid IS NULL OR connection_id = $10)
 GROUP BY 1`,
};

/** Steps of the rollups: where they begin, where the full ones of a range begin and end, and where all end. `cut` has every key that the scope names. */
export type SpendSteps = {
  cut: Cut;
  grain: 5 | 30;
  apps: readonly string[];
  from: Date;
  begin: Date;
  end: Date;
  to: Date;
};
export type SpentParts = Record<'first' | 'inside' | 'last', Spent>;

/** The same out of the rollups, which have no limit: the step that a range begins in, the full ones, and the one that it ends in. Of the last two weeks. */
export async function spendCounted(
  db: Db,
  { cut, grain, apps, from, begin, end, to }: SpendSteps,
  { country, channel, connectionId }: FlowScope,
): Promise<SpentParts> {
  const values = [cut.code, grain, apps, from, begin, end, to, country, channel, connectionId];
  const rows = await db.query<Spent & { part: keyof SpentParts }>(SPEND_COUNTED, values);
  const part = (name: keyof SpentParts): Spent => {
    const { micros, n } = rows.find((row) => row.part === name) ?? { micros: null, n: 0 };
    return { micros: n === 0 ? null : micros, n };
  };
  return { first: part('first'), inside: part('inside'), last: part('last') };
}
