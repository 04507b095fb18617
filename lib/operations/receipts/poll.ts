import { database } from '@/lib/db/client';
import { claimPolls } from '@/lib/db/messages';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { askAdapter } from '@/lib/operations/provider-fault';
import { applyHeard } from '@/lib/operations/receipts/apply';
import { providerNamed } from '@/lib/providers/registry';

const POLL_DEADLINE_MS = 5_000;

/**
 * receipts.poll: asks providers that may lose a callback what became of messages without a final state.
 * @returns how many were asked about.
 */
export async function pollReceipts(limit = 20): Promise<number> {
  const due = await claimPolls(database(), limit);
  const { connections } = await currentConfiguration();
  await Promise.all(
    due.map(async (message) => {
      const connection = connections.get(message.connectionId);
      const fetchReceipt = connection && providerNamed(connection.provider)?.fetchReceipt;
      if (!connection || !fetchReceipt) return;
      const event = await askAdapter(connection.provider, 'provider.poll_threw', null, () =>
        fetchReceipt(connection, message.providerMessageId, AbortSignal.timeout(POLL_DEADLINE_MS)),
      );
      if (event)
        await applyHeard([{ callbackId: null, connectionId: connection.id, receivedAt: new Date(), events: [event] }]);
    }),
  );
  return due.length;
}
