import { seal } from '@/lib/crypto/seal';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { rotateCredentials, setConnectionEnabled } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { credentialsPlace, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { parseConnectionSettings } from '@/lib/providers/registry';

/** connections.rotate: new credentials from now on; callbacks signed with the old secret are still believed. */
export async function rotateConnectionCredentials(
  actor: Actor,
  input: { connectionId: string; credentials: Record<string, string> },
): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  if (!id || !connection) throw new Refusal('not_found', { detail: 'No such connection.' });
  const parsed = parseConnectionSettings(connection.provider, connection.settings, input.credentials);
  if (parsed.kind === 'invalid') {
    throw new Refusal('invalid_request', {
      param: parsed.problems[0]?.field ?? 'credentials',
      detail: parsed.problems[0]?.message ?? 'Invalid.',
    });
  }
  await transact(async (tx) => {
    await rotateCredentials(tx, id, seal(JSON.stringify(parsed.credentials), credentialsPlace(id)));
    await insertAudit(tx, { actor, action: 'connection.rotate', targetId: input.connectionId, detail: {} });
  });
}

/** connections.set_enabled: takes a connection out of routing for new codes, or back in. Its callbacks are heard either way. */
export async function setConnectionUse(actor: Actor, input: { connectionId: string; enabled: boolean }): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  await transact(async (tx) => {
    if (!id || !(await setConnectionEnabled(tx, id, input.enabled)))
      throw new Refusal('not_found', { detail: 'No such connection.' });
    await insertAudit(tx, {
      actor,
      action: input.enabled ? 'connection.enable' : 'connection.disable',
      targetId: input.connectionId,
      detail: {},
    });
  });
}
