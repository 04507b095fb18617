import type { Db, Statement } from '@/lib/db/client';
import { REACHABILITY_DAYS } from '@/lib/domain/verification/limits';

const FIND: Statement = {
  name: 'remembered_unreachable',
  text: `SELECT channel FROM reachability WHERE to_blind = $1 AND NOT reachable AND at > now() - interval '${REACHABILITY_DAYS} days'`,
};

/** The channels that a number is remembered as not on. */
export async function rememberedUnreachable(db: Db, toBlind: Buffer): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ channel: string }>(FIND, [toBlind]);
  return new Set(rows.map(({ channel }) => channel));
}
