import { insertAudit } from '@/lib/db/audit';
import { database } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { noteProviderFault } from '@/lib/operations/provider-fault';
import { providerNamed } from '@/lib/providers/registry';

const DEADLINE_MS = 8_000;

/** connections.test: asks the provider whether address and credentials are good, without sending anything. */
export async function testConnection(
  actor: Actor,
  input: { connectionId: string },
): Promise<{ isGood: boolean | null; detail: string; tookMs: number }> {
  permit(actor, 'connections:manage');
  const id = uuidFrom('connection', input.connectionId);
  const connection = id ? (await reloadConfiguration()).connections.get(id) : undefined;
  if (!connection) throw new Refusal('not_found', { detail: 'No such connection.' });
  const provider = providerNamed(connection.provider);
  const began = performance.now();
  if (!provider?.testConnection) {
    return { isGood: null, detail: 'This provider can only be tried by sending a code.', tookMs: 0 };
  }
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const { isGood, detail } = await provider.testConnection(connection, deadline).catch((error: unknown) => {
    if (deadline.aborted) return { isGood: false, detail: 'No answer in time.' };
    noteProviderFault(provider.name, 'provider.test_threw', error);
    return { isGood: false, detail: 'The provider adapter failed: the log says more.' };
  });
  await insertAudit(database(), {
    actor,
    action: 'connection.test',
    targetId: input.connectionId,
    detail: { is_good: isGood },
  });
  return { isGood, detail, tookMs: Math.round(performance.now() - began) };
}
