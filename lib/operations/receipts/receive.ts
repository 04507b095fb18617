import { createHash } from 'node:crypto';
import { seal } from '@/lib/crypto/seal';
import { database } from '@/lib/db/client';
import { type CallbackRow, closeCallback, keepCallbacks } from '@/lib/db/receipts';
import { newUuid, uuidFrom } from '@/lib/ids';
import { Coalescer } from '@/lib/operations/coalescer';
import { currentConfiguration, type OpenConnection } from '@/lib/operations/configuration/snapshot';
import { noteProviderFault } from '@/lib/operations/provider-fault';
import { applySoon } from '@/lib/operations/receipts/apply-soon';
import { ownerOf } from '@/lib/operations/receipts/owner';
import { callbackPlace } from '@/lib/operations/verifications/places';
import { type Callback, MalformedCallback, type Provider, type ProviderEvent } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';
import { countCallback } from '@/lib/telemetry/metrics';

/** A callback as it came, with the provider and connection of its address. */
export type IncomingCallback = Callback & { provider: string; connection: string };

/** What the edge answers: kept 200 · not_authentic 401 · malformed 400 · unknown_connection 404. */
export type Reception = 'kept' | 'not_authentic' | 'malformed' | 'unknown_connection';

type Kept = { isNew: boolean };
const holder = globalThis as { watchwordCallbacks?: Coalescer<CallbackRow, Kept> };
const keeping = (): Coalescer<CallbackRow, Kept> => {
  holder.watchwordCallbacks ??= new Coalescer({
    run: async (rows) => {
      const fresh = await keepCallbacks(database(), rows);
      return rows.map(({ id }) => ({ isNew: fresh.has(id) }));
    },
    // The same callback twice in one statement is no conflict: ON CONFLICT DO NOTHING takes it.
    keysOf: () => [],
    batchMax: 100,
    flightsMax: 2,
    queueMax: 5_000,
  });
  return holder.watchwordCallbacks;
};

/**
 * receipts.receive: believes a callback only if its signature holds, keeps all of it durably whatever it says, answers, and only then
 * applies what moves something. Callbacks that arrive together share a commit.
 */
export async function receiveCallback(incoming: IncomingCallback): Promise<Reception> {
  const found = await findReceiver(incoming.provider, incoming.connection);
  if (!found) return 'unknown_connection';
  const { provider, connection, connections } = found;
  if (connection.isLocked || !provider.isAuthentic(connection, incoming)) {
    countCallback(provider.name, 'not_authentic');
    log().warn({ connectionId: connection.id }, 'callback.not_authentic');
    return 'not_authentic';
  }

  const row = rowFor(incoming, connection);
  const read = eventsOf(provider, incoming);
  const { isNew } = await keeping().submit(row);
  if (read.kind === 'malformed') {
    if (isNew) await closeCallback(database(), row.id, 'malformed');
    countCallback(provider.name, 'malformed');
    return 'malformed';
  }
  countCallback(provider.name, isNew ? 'kept' : 'repeated');
  if (isNew && read.kind === 'read') {
    applySoon({
      callbackId: row.id,
      connectionId: connection.id,
      receivedAt: incoming.receivedAt,
      events: read.events,
      ownerOf: (event) => ownerOf(event, connection, provider, connections),
    });
  }
  return 'kept';
}

/**
 * What an authentic callback says. One that is not the provider's format, or that its adapter fails on, is kept all the same: once the mistake in
 * reading it is mended it can be replayed. The sweep tries again what an adapter failed on.
 */
function eventsOf(
  provider: Provider,
  incoming: IncomingCallback,
): { kind: 'read'; events: ProviderEvent[] } | { kind: 'malformed' | 'failed' } {
  try {
    return { kind: 'read', events: provider.readEvents(incoming) };
  } catch (error: unknown) {
    if (error instanceof MalformedCallback) return { kind: 'malformed' };
    noteProviderFault(provider.name, 'provider.read_threw', error);
    return { kind: 'failed' };
  }
}

/** The text that answers a provider's subscription handshake, or null. */
export async function answerChallenge(
  providerName: string,
  connectionId: string,
  query: URLSearchParams,
): Promise<string | null> {
  const found = await findReceiver(providerName, connectionId);
  return found?.provider.answerChallenge?.(found.connection, query) ?? null;
}

async function findReceiver(
  providerName: string,
  connectionId: string,
): Promise<{
  provider: Provider;
  connection: OpenConnection;
  connections: ReadonlyMap<string, OpenConnection>;
} | null> {
  const provider = providerNamed(providerName);
  const id = uuidFrom('connection', connectionId);
  if (!provider || !id) return null;
  const { connections } = await currentConfiguration();
  const connection = connections.get(id);
  // A disabled connection still hears what became of what it sent.
  return connection?.provider === provider.name ? { provider, connection, connections } : null;
}

function rowFor(incoming: IncomingCallback, connection: OpenConnection): CallbackRow {
  const id = newUuid();
  // Most providers' callbacks have no query; taking an address apart costs as much as signing it.
  const query = incoming.url.includes('?') ? new URL(incoming.url).search : '';
  return {
    id,
    connectionId: connection.id,
    digest: createHash('sha256').update(connection.id).update(query).update('\0').update(incoming.raw).digest(),
    bodySealed: seal(incoming.raw, callbackPlace(id)),
    query,
    contentType: incoming.header('content-type') ?? '',
  };
}
