import { open } from '@/lib/crypto/seal';
import { database } from '@/lib/db/client';
import { claimCallbacks, closeCallback, type KeptCallback } from '@/lib/db/receipts';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { applyHeard } from '@/lib/operations/receipts/apply';
import { ownerOf } from '@/lib/operations/receipts/owner';
import { callbackPlace } from '@/lib/operations/verifications/places';
import { MalformedCallback } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

/** Applies callbacks that a dead process left behind. Answers how many were taken. One that cannot be applied holds up no other. */
export async function applyLeftovers(limit = 100): Promise<number> {
  const kept = await claimCallbacks(database(), limit);
  for (const callback of kept) {
    await applyKept(callback).catch((error: unknown) => {
      log().error({ callbackId: callback.id, error: String(error) }, 'callback.not_applied');
    });
  }
  return kept.length;
}

/** Reads a kept callback again and applies it; applying twice changes nothing. */
export async function applyKept(callback: KeptCallback): Promise<'applied' | 'malformed'> {
  // A connection that this process does not know yet is no reason to close what came over it.
  const connection =
    (await currentConfiguration()).connections.get(callback.connectionId) ??
    (await reloadConfiguration()).connections.get(callback.connectionId);
  const provider = connection && providerNamed(connection.provider);
  if (!provider) {
    await closeCallback(database(), callback.id, 'malformed');
    return 'malformed';
  }
  try {
    const events = provider.readEvents({
      url: `http://kept.invalid/${callback.query}`,
      header: (name) => (name.toLowerCase() === 'content-type' ? callback.contentType || null : null),
      raw: open(callback.bodySealed, callbackPlace(callback.id)),
      receivedAt: callback.receivedAt,
    });
    const { connections } = await currentConfiguration();
    await applyHeard([
      {
        callbackId: callback.id,
        connectionId: callback.connectionId,
        receivedAt: callback.receivedAt,
        events,
        ownerOf: (event) => ownerOf(event, connection, provider, connections),
      },
    ]);
    return 'applied';
  } catch (error: unknown) {
    if (!(error instanceof MalformedCallback)) throw error;
    await closeCallback(database(), callback.id, 'malformed');
    return 'malformed';
  }
}
