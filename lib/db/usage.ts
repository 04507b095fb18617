import type { Db, Statement } from '@/lib/db/client';

export type Usage = { country: string; day: string; sends: number; costMicros: number };

const COLUMNS = `country, day::text AS day, sends, cost_micros::float8 AS "costMicros"`;

const ADD: Statement = {
  name: 'add_usage',
  // In the order of the key: two processes never wait for each other in a circle.
  text: `
INSERT INTO usage_day AS u (country, day, sends, cost_micros)
SELECT r.country, r.day, r.sends, r."costMicros" FROM json_to_recordset($1::json) AS r(country text, day date, sends int, "costMicros" bigint) ORDER BY 1, 2
ON CONFLICT (country, day) DO UPDATE SET sends = u.sends + EXCLUDED.sends, cost_micros = u.cost_micros + EXCLUDED.cost_micros
RETURNING ${COLUMNS}`,
};

/** Adds what a process sent, and answers what all of them have sent: one row per country and UTC day. */
export async function addUsage(db: Db, usages: readonly Usage[]): Promise<Usage[]> {
  return db.query<Usage>(ADD, [JSON.stringify(usages)]);
}

const FIND: Statement = {
  name: 'find_usage',
  text: `SELECT ${COLUMNS} FROM usage_day WHERE country = $1 AND day = $2::date`,
};

/** What all processes have sent to a country on a UTC day, as far as they have told. */
export async function findUsage(db: Db, country: string, day: string): Promise<Usage> {
  const [row] = await db.query<Usage>(FIND, [country, day]);
  return row ?? { country, day, sends: 0, costMicros: 0 };
}
