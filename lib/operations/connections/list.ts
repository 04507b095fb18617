import { type ConnectionHealth, carriedBy, connectionHealth } from '@/lib/db/analytics/connection-health';
import { database } from '@/lib/db/client';
import { type ConnectionStanding, findConnectionStandings } from '@/lib/db/connections';
import { findSenders, type SenderRow } from '@/lib/db/senders';
import type { Actor } from '@/lib/domain/actor';
import type { Channel, ProviderName } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { publicId, uuidFloor, uuidFrom } from '@/lib/ids';
import { type ConnectionField, connectionFields, providerNamed } from '@/lib/providers/registry';

const HEALTH_MINUTES = 15;
const CARRIED_DAYS = 7;

export type ConnectionView = Omit<ConnectionStanding, 'provider'> & {
  provider: ProviderName;
  publicId: string;
  channels: readonly Channel[];
  webhookPath: string;
  /** False: its provider tells nothing of a message once it was taken. */
  hasReceipts: boolean;
  /** Null: nothing was sent through it in the last 15 minutes. */
  health: ConnectionHealth | null;
  senders: SenderRow[];
};

/** connections.list: every connection with its health over the last 15 minutes and what its provider says of its senders. */
export async function listConnections(actor: Actor): Promise<ConnectionView[]> {
  permit(actor, 'config:read');
  return viewsOf(null);
}

export type ConnectionDetail = {
  connection: ConnectionView;
  fields: { settings: ConnectionField[]; credentials: ConnectionField[] };
  /** Messages of the last seven days, counted up to 100 000. */
  carriedInWeek: number;
};

/** connections.get: one connection, its fields and what it carried in the last seven days. Refuses `not_found`. */
export async function getConnection(actor: Actor, connectionId: string): Promise<ConnectionDetail> {
  permit(actor, 'config:read');
  const id = uuidFrom('connection', connectionId);
  const [connection] = id ? await viewsOf(id) : [];
  if (!connection) throw new Refusal('not_found', { detail: 'No such connection.' });
  return {
    connection,
    fields: connectionFields(connection.provider),
    carriedInWeek: await carriedBy(
      database(),
      uuidFloor(new Date(Date.now() - CARRIED_DAYS * 86_400_000)),
      connection.id,
    ),
  };
}

async function viewsOf(id: string | null): Promise<ConnectionView[]> {
  const [standings, health, senders] = await Promise.all([
    findConnectionStandings(database(), id),
    connectionHealth(database(), uuidFloor(new Date(Date.now() - HEALTH_MINUTES * 60_000))),
    findSenders(database()),
  ]);
  return standings.flatMap((standing) => {
    const provider = providerNamed(standing.provider);
    if (!provider) return [];
    const shown = publicId('connection', standing.id);
    return [
      {
        ...standing,
        provider: provider.name,
        publicId: shown,
        channels: provider.channels,
        hasReceipts: provider.isSilent !== true,
        webhookPath: `/api/webhooks/${provider.name}/${shown}`,
        health: health.find(({ connectionId }) => connectionId === standing.id) ?? null,
        senders: senders.filter(({ connectionId }) => connectionId === standing.id),
      },
    ];
  });
}

/** connections.fields: what a new connection of a provider asks for. */
export async function fieldsOfProvider(
  actor: Actor,
  provider: ProviderName,
): Promise<{ settings: ConnectionField[]; credentials: ConnectionField[]; defaultBaseUrl: string }> {
  permit(actor, 'config:read');
  return { ...connectionFields(provider), defaultBaseUrl: providerNamed(provider)?.defaultBaseUrl ?? '' };
}
