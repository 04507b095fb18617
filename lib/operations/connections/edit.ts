import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import { editConnectionRow } from '@/lib/db/connections';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { acceptedSettings, changedMeanwhile, plainPart } from '@/lib/operations/connections/plain';

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
  const { settings } = acceptedSettings(connection.provider, input.settings, connection.credentials);
  await transact(async (tx) => {
    const becomes = { name, baseUrl, settings, priceRule };
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
        after: { name, base_url: baseUrl, settings, price_rule: priceRule },
      },
    });
  });
}
