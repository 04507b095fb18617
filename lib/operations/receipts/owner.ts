import type { OpenConnection } from '@/lib/operations/configuration/snapshot';
import type { NamedSettings, Provider, ProviderEvent } from '@/lib/providers/provider';
import { secretsNamed } from '@/lib/providers/signing';

/**
 * The id of the connection that an event is about. A provider with one callback address for a whole account (Meta) posts what
 * happens to all of its connections to the address of one; the event names the other by its settings. It is believed only
 * among connections that share the secret which signed the callback: whoever may sign for one must not speak for a stranger.
 * Where none fits, the connection of the address.
 */
export function ownerOf(
  event: ProviderEvent,
  receiver: OpenConnection,
  provider: Provider,
  connections: ReadonlyMap<string, OpenConnection>,
): string {
  const { about } = event;
  if (!about || !provider.sharedSecret || isNamed(receiver, about)) return receiver.id;
  const secrets = secretsNamed(receiver, provider.sharedSecret);
  for (const other of connections.values()) {
    if (other.provider !== receiver.provider || !isNamed(other, about)) continue;
    if (secretsNamed(other, provider.sharedSecret).some((secret) => secrets.includes(secret))) return other.id;
  }
  return receiver.id;
}

function isNamed(connection: OpenConnection, about: NamedSettings): boolean {
  return Object.entries(about).every(([name, value]) => connection.settings[name] === value);
}
