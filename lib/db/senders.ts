import type { Db, Statement } from '@/lib/db/client';

export type SenderRow = {
  connectionId: string;
  sender: string;
  quality: string | null;
  messagingLimit: string | null;
  displayName: string | null;
  nameStatus: string | null;
  isVerified: boolean | null;
  at: Date;
};

const PUT: Statement = {
  name: 'put_sender',
  // News that say nothing about a field leave it; news that are older than what is known change nothing.
  text: `
INSERT INTO sender AS s (connection_id, sender, quality, messaging_limit, display_name, name_status, is_verified, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (connection_id, sender) DO UPDATE
  SET quality = COALESCE(EXCLUDED.quality, s.quality), messaging_limit = COALESCE(EXCLUDED.messaging_limit, s.messaging_limit),
      display_name = COALESCE(EXCLUDED.display_name, s.display_name), name_status = COALESCE(EXCLUDED.name_status, s.name_status),
      is_verified = COALESCE(EXCLUDED.is_verified, s.is_verified), at = EXCLUDED.at
  WHERE EXCLUDED.at >= s.at`,
};

/** Takes over what a provider says of a sender. */
export async function putSender(db: Db, row: SenderRow): Promise<void> {
  await db.query(PUT, [
    row.connectionId,
    row.sender,
    row.quality,
    row.messagingLimit,
    row.displayName,
    row.nameStatus,
    row.isVerified,
    row.at,
  ]);
}

const LIST: Statement = {
  name: 'list_senders',
  text: `SELECT connection_id AS "connectionId", sender, quality, messaging_limit AS "messagingLimit", display_name AS "displayName", name_status AS "nameStatus",
                is_verified AS "isVerified", at FROM sender ORDER BY connection_id, sender LIMIT 200`,
};

/** What is known of every sender. */
export async function findSenders(db: Db): Promise<SenderRow[]> {
  return db.query<SenderRow>(LIST, []);
}
