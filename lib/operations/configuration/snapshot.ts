import { open } from '@/lib/crypto/seal';
import { database } from '@/lib/db/client';
import {
  type ApiKeyRow,
  type AppRow,
  type ConfigurationRows,
  configurationRevision,
  loadConfiguration,
  type TimerPause,
} from '@/lib/db/configuration';
import { type Network, parseNetwork } from '@/lib/domain/abuse/address-list';
import type { Channel, PriceRule } from '@/lib/domain/channel';
import type { Policy } from '@/lib/domain/policy/policy';
import { type CountryRoute, type RouteRow, resolveRoute } from '@/lib/domain/routing/country-route';
import type { RouteOverride } from '@/lib/domain/routing/override';
import type { PlanTemplate } from '@/lib/domain/routing/plan';
import type { SendLimits } from '@/lib/domain/verification/limits';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { log } from '@/lib/telemetry/log';

/** A connection with its secrets opened, in memory only. */
export type OpenConnection = ConnectionAccess & {
  name: string;
  /** The credentials as they are stored: whoever replaces them says which ones it saw. */
  credentialsSealed: Buffer;
  channels: readonly Channel[];
  priceRule: PriceRule;
  enabled: boolean;
  isDown: boolean;
  /** Its credentials cannot be opened: the key that sealed them is gone. It sends and believes nothing until new ones are given. */
  isLocked: boolean;
};

/** All configuration at one revision, indexed for the hot paths. Never changed, only replaced. */
export type Configuration = {
  revision: string;
  apps: ReadonlyMap<string, AppRow>;
  /** Where the requests of an app may come from, parsed; an app that is not here is asked from anywhere. */
  networks: ReadonlyMap<string, readonly Network[]>;
  /** By hex of SHA-256 of the secret. */
  keys: ReadonlyMap<string, ApiKeyRow>;
  connections: ReadonlyMap<string, OpenConnection>;
  policies: ReadonlyMap<string, Policy>;
  templates: readonly PlanTemplate[];
  sendLimits: SendLimits;
  /** Connections whose breaker is open. */
  isDown: ReadonlySet<string>;
  routes: ReadonlyMap<string, RouteRow>;
  /** "Fallback first", by country. Whether one still runs is judged by its time, where it is used. */
  overrides: ReadonlyMap<string, RouteOverride>;
  /** While receipts are silent: until when timers for silence rest, and of which connections. */
  pauses: readonly TimerPause[];
  routeFor(country: string): CountryRoute;
};

/** How often a process looks for a change; one that fell behind by twice this looks before it answers. */
const CHECK_EVERY_MS = 400;

type Holder = { snapshot?: Configuration; loading?: Promise<Configuration>; checkedAt: number; checking: boolean };
const holder = globalThis as { watchwordConfiguration?: Holder };
const state = (): Holder => {
  holder.watchwordConfiguration ??= { checkedAt: 0, checking: false };
  return holder.watchwordConfiguration;
};

/**
 * The configuration this process works with, at most a second behind the database. A request never waits for the
 * revision check once a snapshot exists; without one it waits for the first load.
 */
export async function currentConfiguration(): Promise<Configuration> {
  const held = state();
  if (!held.snapshot) return reloadConfiguration();
  if (Date.now() - held.checkedAt > CHECK_EVERY_MS * 2) {
    // No timer is running (a script, a Next-only process), or it fell behind: this request looks for itself.
    await refreshIfChanged();
  }
  return state().snapshot ?? reloadConfiguration();
}

/**
 * The configuration this process last saw, however old, without asking the database. For what has been committed already: it
 * must leave within its lease, also while the database is away.
 */
export async function lastConfiguration(): Promise<Configuration> {
  return state().snapshot ?? reloadConfiguration();
}

/** Reads everything anew; concurrent callers share one read. */
export async function reloadConfiguration(): Promise<Configuration> {
  const held = state();
  held.loading ??= loadConfiguration(database())
    .then((rows) => {
      held.snapshot = index(rows);
      held.checkedAt = Date.now();
      return held.snapshot;
    })
    .finally(() => {
      delete held.loading;
    });
  return held.loading;
}

async function refreshIfChanged(): Promise<void> {
  const held = state();
  if (held.checking) return;
  held.checking = true;
  try {
    const revision = await configurationRevision(database());
    if (revision !== held.snapshot?.revision) await reloadConfiguration();
    held.checkedAt = Date.now();
  } finally {
    held.checking = false;
  }
}

/** Keeps the snapshot fresh in the background until the signal aborts. With the database away the last snapshot stays in use. */
export function watchConfiguration(signal: AbortSignal): void {
  const timer = setInterval(() => {
    refreshIfChanged().catch((error: unknown) => log().warn({ error: String(error) }, 'configuration.refresh_failed'));
  }, CHECK_EVERY_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function index(rows: ConfigurationRows): Configuration {
  const routes = new Map(rows.routes.map((row) => [row.scope, row]));
  const resolved = new Map<string, CountryRoute>();
  const connections = new Map<string, OpenConnection>();
  for (const row of rows.connections) {
    const credentials = openCredentials(row.credentialsSealed, row.id);
    connections.set(row.id, {
      id: row.id,
      provider: row.provider,
      name: row.name,
      credentialsSealed: row.credentialsSealed,
      channels: providerNamed(row.provider)?.channels ?? [],
      baseUrl: row.baseUrl,
      settings: row.settings,
      credentials: credentials ?? {},
      previousCredentials:
        row.previousSealed && openCredentials(row.previousSealed, row.id, 'connection.previous_locked'),
      priceRule: row.priceRule,
      enabled: row.enabled && credentials !== null,
      isDown: row.isDown,
      isLocked: credentials === null,
    });
  }
  return {
    revision: rows.revision,
    apps: new Map(rows.apps.map((row) => [row.id, row])),
    networks: new Map(
      rows.apps.flatMap((row) =>
        row.allowedNetworks.length === 0
          ? []
          : [[row.id, row.allowedNetworks.flatMap((text) => parseNetwork(text) ?? [])]],
      ),
    ),
    keys: new Map(rows.keys.map((row) => [row.hash, row])),
    connections,
    policies: new Map(rows.policies.map((row) => [row.useCase, row])),
    templates: rows.templates,
    sendLimits: rows.sendLimits,
    isDown: new Set(rows.connections.flatMap(({ id, isDown }) => (isDown ? [id] : []))),
    routes,
    overrides: new Map(rows.overrides.map((row) => [row.country, row])),
    pauses: rows.pauses,
    routeFor(country) {
      const known = resolved.get(country);
      if (known) return known;
      const route = resolveRoute(routes, country);
      resolved.set(country, route);
      return route;
    },
  };
}

/** Where a connection's secrets are sealed to. */
export const credentialsPlace = (connectionId: string) => `connection/credentials/${connectionId}`;

/** Null where the key is gone: one connection must not keep all the others from sending. */
function openCredentials(
  sealed: Buffer,
  connectionId: string,
  event = 'connection.locked',
): Record<string, string> | null {
  try {
    return JSON.parse(open(sealed, credentialsPlace(connectionId)).toString('utf8')) as Record<string, string>;
  } catch (error: unknown) {
    log().error({ connectionId, error: error instanceof Error ? error.message : 'Error' }, event);
    return null;
  }
}
