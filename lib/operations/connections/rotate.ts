import { seal } from '@/lib/crypto/seal';
import { insertAudit } from '@/lib/db/audit';
import { type Db, transact } from '@/lib/db/client';
import { resealCredentials, rotateCredentials } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { isSame } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { credentialsPlace, type OpenConnection, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { acceptedSettings, changedMeanwhile } from '@/lib/operations/connections/plain';

/**
 * connections.rotate: new credentials from now on; callbacks signed with the old secret are still believed. Of two rotations
 * without an end of the overlap between them, the secret of before the first is the one that stays: the provider may sign
 * with it still. The same credentials again are no rotation: they are only sealed anew, with the first key of the ring, and `isNew` is false.
 * Of two at once the second is refused with `configuration_conflict`: it was judged by credentials that are not in use any more.
 */
export async function rotateConnectionCredentials(
  actor: Actor,
  input: { connectionId: string; credentials: Record<string, string> },
): Promise<{ isNew: boolean }> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  if (!id || !connection) throw new Refusal('not_found', { detail: 'No such connection.' });
  const { credentials } = acceptedSettings(connection.provider, connection.settings, input.credentials);
  const isNew = !isSame(credentials, connection.credentials);
  await transact(async (tx) => {
    if (!(await replaceCredentials(tx, connection, credentials))) throw changedMeanwhile();
    await insertAudit(tx, { actor, action: 'connection.rotate', targetId: input.connectionId, detail: {} });
  });
  return { isNew };
}

/** Seals credentials that were judged by `connection`, in place of its own or, where they are the same, anew. False: they are others by now. */
export async function replaceCredentials(
  tx: Db,
  connection: OpenConnection,
  credentials: Record<string, string>,
): Promise<boolean> {
  const { id, credentialsSealed: seen, isLocked } = connection;
  const row = { id, credentialsSealed: seal(JSON.stringify(credentials), credentialsPlace(id)), seen };
  if (isSame(credentials, connection.credentials)) return resealCredentials(tx, row);
  const isReturning = isSame(credentials, connection.previousCredentials);
  return rotateCredentials(tx, { ...row, isReturning, isLocked });
}
