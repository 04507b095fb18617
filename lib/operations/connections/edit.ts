import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { editConnectionRow } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { acceptedSettings, changedMeanwhile, leadsElsewhere, plainPart } from '@/lib/operations/connections/plain';
import { replaceCredentials } from '@/lib/operations/connections/rotate';

/**
 * connections.edit: name, address, settings and price rule. The credentials stay, unless the address leads to another server: what is
 * sealed goes only where it was entered for, so they are given again then, and replace those in use as a rotation does. Missing ones are
 * refused as `credentials`. Of two changes at once the second is refused with `configuration_conflict`.
 */
export async function editConnection(
  actor: Actor,
  input: {
    connectionId: string;
    name: string;
    baseUrl: string | null;
    settings: Record<string, string>;
    /** Empty: those in use. */
    credentials: Record<string, string>;
    priceRule: string;
  },
): Promise<void> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  if (!id || !connection) throw new Refusal('not_found', { detail: 'No such connection.' });
  const { baseUrl, name, priceRule } = plainPart(connection.provider, input);
  const isGiven = Object.keys(input.credentials).length > 0;
  const isHeld = connection.isLocked || Object.keys(connection.credentials).length > 0;
  if (!isGiven && isHeld && leadsElsewhere(connection.baseUrl, baseUrl))
    throw new Refusal('invalid_request', {
      param: 'credentials',
      detail: 'This address leads to another server. Enter the credentials for it: the stored ones are not sent there.',
    });
  const given = isGiven ? input.credentials : connection.credentials;
  const { settings, credentials } = acceptedSettings(connection.provider, input.settings, given);
  await transact(async (tx) => {
    const becomes = { name, baseUrl, settings, priceRule };
    if (!(await editConnectionRow(tx, id, becomes, connection))) throw changedMeanwhile();
    if (isGiven && !(await replaceCredentials(tx, connection, credentials))) throw changedMeanwhile();
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
        after: { name, base_url: baseUrl, settings, price_rule: priceRule },
        ...(isGiven ? { credentials: 'given again' } : {}),
      },
    });
  });
}
