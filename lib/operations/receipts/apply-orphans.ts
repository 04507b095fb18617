import { database } from '@/lib/db/client';
import { applyReceiptRows, findOrphanReceipts, ORPHAN_SLICES } from '@/lib/db/receipts';
import { fallBackNow } from '@/lib/operations/messages/fall-back';

/** Where this process looks next among older ones; each process goes round by itself, in 24 minutes at a look every two seconds. */
let orphanSlice = 0;

/** Applies facts that came before their message was known: those of the last minute, and of older ones a slice a call. Answers how many. */
export async function applyOrphans(limit = 200): Promise<number> {
  const rows = await findOrphanReceipts(database(), limit, orphanSlice);
  // There may be more in this one.
  if (rows.length < limit) orphanSlice = (orphanSlice + 1) % ORPHAN_SLICES;
  if (rows.length > 0) fallBackNow(await applyReceiptRows(database(), rows, []));
  return rows.length;
}
