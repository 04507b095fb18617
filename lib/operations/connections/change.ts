import { seal } from '@/lib/crypto/seal';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import {
  editConnectionRow,
  endOverlap,
  resealCredentials,
  rotateCredentials,
  setConnectionEnabled,
} from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { isSame } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { credentialsPlace, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { plainPart } from '@/lib/operations/connections/plain';
import { parseConnectionSettings } from '@/lib/providers/registry';

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
  const parsed = parseConnectionSettings(connection.provider, connection.settings, input.credentials);
  if (parsed.kind === 'invalid') {
    throw new Refusal('invalid_request', {
      param: parsed.problems[0]?.field ?? 'credentials',
      detail: parsed.problems[0]?.message ?? 'Invalid.',
    });
  }
  const isNew = !isSame(parsed.credentials, connection.credentials);
  await transact(async (tx) => {
    const credentialsSealed = seal(JSON.stringify(parsed.credentials), credentialsPlace(id));
    const row = { id, credentialsSealed, seen: connection.credentialsSealed };
    const isReturning = isSame(parsed.credentials, connection.previousCredentials);
    const isDone = await (isNew ? rotateCredentials(tx, { ...row, isReturning }) : resealCredentials(tx, row));
    if (!isDone) throw changedMeanwhile();
    await insertAudit(tx, { actor, action: 'connection.rotate', targetId: input.connectionId, detail: {} });
  });
  return { isNew };
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

/** connections.end_overlap: callbacks signed with the credentials before the last rotation are refused from now on. */
export async function endCredentialsOverlap(actor: Actor, input: { connectionId: string }): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  await transact(async (tx) => {
    if (!id || !(await endOverlap(tx, id))) {
      throw new Refusal('not_found', { detail: 'No such connection, or nothing was rotated.' });
    }
    await insertAudit(tx, { actor, action: 'connection.end_overlap', targetId: input.connectionId, detail: {} });
  });
}

/** connections.edit: name, address, settings and price rule. Credentials are rotated, never edited. Of two changes at once the second is refused with `configuration_conflict`. */
export async function editConnection(
  actor: Actor,
  input: {
    connectionId: string;
    name: string;
    baseUrl: string | null;
    settings: Record<string, string>;
    priceRule: string;
  },
): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  if (!id || !connection) throw new Refusal('not_found', { detail: 'No such connection.' });
  const { baseUrl, name, priceRule } = plainPart(connection.provider, input);
  const parsed = parseConnectionSettings(connection.provider, input.settings, connection.credentials);
  if (parsed.kind === 'invalid') {
    throw new Refusal('invalid_request', {
      param: parsed.problems[0]?.field ?? 'settings',
      detail: parsed.problems[0]?.message ?? 'Invalid.',
    });
  }
  await transact(async (tx) => {
    const becomes = { name, baseUrl, settings: parsed.settings, priceRule };
    if (!(await editConnectionRow(tx, id, becomes, connection))) throw changedMeanwhile();
    await insertAudit(tx, {
      actor,
      action: 'connection.edit',
      targetId: input.connectionId,
      detail: {
        before: {
          name: connection.name,
          base_url: connection.baseUrl,
          settings: connection.settings,
          price_rule: connection.priceRule,
        },
        after: { name, base_url: baseUrl, settings: parsed.settings, price_rule: priceRule },
      },
    });
  });
}

const changedMeanwhile = () =>
  new Refusal('configuration_conflict', { detail: 'Somebody else changed this connection meanwhile. Look again.' });
