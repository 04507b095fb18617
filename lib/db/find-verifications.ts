import type { Db, Statement } from '@/lib/db/client';

/** The verification behind something that somebody pasted; each by an index that is there anyway. */
const BY_ID: Statement = { name: 'find_by_id', text: 'SELECT id FROM verification WHERE id = $1' };
const BY_MESSAGE: Statement = {
  name: 'find_by_message',
  text: 'SELECT verification_id AS id FROM message WHERE id = $1',
};
// The index begins with the connection: a look per connection, and there are few.
const BY_PROVIDER_ID: Statement = {
  name: 'find_by_provider_message_id',
  text: `
SELECT m.verification_id AS id FROM connection c JOIN message m ON m.connection_id = c.id AND m.provider_message_id = $1
 ORDER BY m.id DESC LIMIT 1`,
};
const BY_REFERENCE: Statement = {
  name: 'find_by_reference',
  text: 'SELECT id FROM verification WHERE reference = $1 LIMIT 2',
};
const BY_REQUEST: Statement = {
  name: 'find_by_request_id',
  text: 'SELECT id FROM (SELECT id, request_id FROM verification WHERE id >= $2 AND id < $3 ORDER BY id LIMIT 20000) v WHERE request_id = $1 LIMIT 1',
};

async function first(db: Db, statement: Statement, values: unknown[]): Promise<string | null> {
  return (await db.query<{ id: string }>(statement, values))[0]?.id ?? null;
}

export const findById = (db: Db, id: string) => first(db, BY_ID, [id]);
export const findByMessage = (db: Db, messageId: string) => first(db, BY_MESSAGE, [messageId]);
export const findByProviderMessageId = (db: Db, providerMessageId: string) =>
  first(db, BY_PROVIDER_ID, [providerMessageId]);

/** Verifications with this reference: two where there are more. */
export async function findTwoByReference(db: Db, reference: string): Promise<string[]> {
  return (await db.query<{ id: string }>(BY_REFERENCE, [reference])).map(({ id }) => id);
}

/** The verification that a request issued, among those made between two moments, given as floors of ids. */
export const findByRequestId = (db: Db, requestId: string, fromId: string, toId: string) =>
  first(db, BY_REQUEST, [requestId, fromId, toId]);
