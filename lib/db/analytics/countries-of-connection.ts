import type { Db, Statement } from '@/lib/db/client';

const COUNTRIES: Statement = {
  name: 'countries_of_connection',
  text: `
SELECT DISTINCT country FROM (SELECT country, connection_id FROM message WHERE id >= $1::uuid AND livemode ORDER BY id DESC LIMIT 50000) m
 WHERE connection_id = $2 ORDER BY country`,
};

/** Countries that a connection carried messages in since a moment, among the newest 50 000. */
export async function countriesOfConnection(db: Db, sinceId: string, connectionId: string): Promise<string[]> {
  return (await db.query<{ country: string }>(COUNTRIES, [sinceId, connectionId])).map(({ country }) => country);
}
