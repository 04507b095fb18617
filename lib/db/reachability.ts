import type { Db, Statement } from '@/lib/db/client';
import { REACHABILITY_DAYS } from '@/lib/domain/verification/limits';

const FIND: Statement = {
  name: 'is_remembered_unreachable',
  text: `SELECT 1 FROM reachability WHERE to_blind = $1 AND channel = $2 AND NOT reachable AND at > now() - interval '${REACHABILITY_DAYS} days'`,
};

/** True while a number is remembered as not on a channel. */
export async function isRememberedUnreachable(db: Db, toBlind: Buffer, channel: string): Promise<boolean> {
  return (await db.query(FIND, [toBlind, channel])).length > 0;
}
