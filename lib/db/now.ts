import type { Db, Statement } from '@/lib/db/client';

const NOW: Statement = { name: 'database_now', text: 'SELECT now() AS now' };

/** The moment by the database's clock, which all processes share (docs/decisions/0008). */
export async function databaseNow(db: Db): Promise<Date> {
  const [row] = await db.query<{ now: Date }>(NOW, []);
  if (!row) throw new Error('a SELECT of a value answers one row');
  return row.now;
}
