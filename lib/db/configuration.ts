import type { Db, Statement } from '@/lib/db/client';
import type { Scope } from '@/lib/domain/actor';
import type { Channel, PriceRule, ProviderName } from '@/lib/domain/channel';
import type { Policy } from '@/lib/domain/policy/policy';
import type { RouteRow } from '@/lib/domain/routing/country-route';
import type { RouteOverride } from '@/lib/domain/routing/override';
import type { PlanTemplate } from '@/lib/domain/routing/plan';
import { SEND_LIMITS, type SendLimits } from '@/lib/domain/verification/limits';

export type AppRow = {
  id: string;
  name: string;
  brand: string;
  defaultLocale: string | null;
  webDomain: string | null;
  /** Empty: every use case. */
  allowedUseCases: string[];
  /** CIDR blocks; empty: anywhere. */
  allowedNetworks: string[];
};
export type ApiKeyRow = {
  id: string;
  appId: string;
  livemode: boolean;
  scopes: Scope[];
  /** Hex of SHA-256. */
  hash: string;
  expiresAt: Date | null;
};
export type ConnectionRow = {
  id: string;
  provider: ProviderName;
  name: string;
  baseUrl: string;
  settings: Record<string, string>;
  credentialsSealed: Buffer;
  previousSealed: Buffer | null;
  priceRule: PriceRule;
  enabled: boolean;
  /** Its breaker is open: passed over as long as anything else can carry the code. */
  isDown: boolean;
};

/** Every configuration row, at one revision. */
export type ConfigurationRows = {
  revision: string;
  apps: AppRow[];
  keys: ApiKeyRow[];
  connections: ConnectionRow[];
  routes: RouteRow[];
  policies: Policy[];
  templates: PlanTemplate[];
  sendLimits: SendLimits;
  overrides: RouteOverride[];
  /** Receipts are silent, everywhere or of some connections: timers for silence rest for these incidents. */
  pauses: TimerPause[];
};

/** Until a moment; `deaf`: of messages of these connections only; null: of all. */
export type TimerPause = { incidentId: string; pauseUntil: Date; deaf: readonly string[] | null };

const REVISION: Statement = {
  name: 'configuration_revision',
  text: 'SELECT revision::text AS revision FROM configuration_revision WHERE id = 1',
};

/** The number that every change of configuration raises, as text (bigint). */
export async function configurationRevision(db: Db): Promise<string> {
  const [row] = await db.query<{ revision: string }>(REVISION, []);
  if (!row) throw new Error('configuration_revision has no row: migrations are missing');
  return row.revision;
}

// Small tables read whole: one statement, so that all of it belongs to one revision.
const LOAD: Statement = {
  name: 'load_configuration',
  text: `
SELECT
  (SELECT revision::text FROM configuration_revision WHERE id = 1) AS revision,
  (SELECT COALESCE(json_agg(json_build_object('id', id, 'name', name, 'brand', brand, 'defaultLocale', default_locale, 'webDomain', web_domain,
      'allowedUseCases', COALESCE(allowed_use_cases, '{}'), 'allowedNetworks', COALESCE(allowed_networks, '{}')) ORDER BY id), '[]') FROM app) AS apps,
  (SELECT COALESCE(json_agg(json_build_object('id', id, 'appId', app_id, 'livemode', livemode, 'scopes', scopes, 'hash', encode(secret_hash, 'hex'), 'expiresAt', expires_at)), '[]')
     FROM api_key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS keys,
  (SELECT COALESCE(json_agg(json_build_object('id', id, 'provider', provider, 'name', name, 'baseUrl', base_url, 'settings', settings,
      'credentials', encode(credentials_sealed, 'base64'), 'previous', encode(previous_sealed, 'base64'), 'priceRule', price_rule, 'enabled', enabled, 'isDown', breaker_state = 'open') ORDER BY id), '[]') FROM connection) AS connections,
  (SELECT COALESCE(json_agg(json_build_object('scope', scope, 'parent', parent, 'mode', mode, 'channels', channels, 'fallbackOnFailed', fallback_on_failed,
      'fallbackAfterSeconds', fallback_after_seconds, 'defaultLocale', default_locale, 'prices', prices, 'priceChanges', price_changes,
      'sendsPerDayMax', sends_per_day_max, 'spendPerDayMaxMicros', spend_per_day_max_micros, 'coverage', coverage)), '[]') FROM route) AS routes,
  (SELECT COALESCE(json_agg(json_build_object('useCase', use_case, 'name', name, 'lifetimeSeconds', lifetime_seconds, 'codeLength', code_length, 'checksMax', checks_max,
      'resendCooldownSeconds', resend_cooldown_seconds, 'resendsMax', resends_max, 'codeMode', code_mode, 'resendCode', resend_code, 'channels', channels,
      'alphabet', alphabet, 'bindsTransaction', binds_transaction, 'pack', pack) ORDER BY use_case), '[]') FROM policy) AS policies,
  (SELECT COALESCE(json_agg(json_build_object('id', id, 'channel', channel, 'useCase', use_case, 'locale', locale, 'connectionId', connection_id,
      'providerName', provider_name, 'text', text, 'subject', subject, 'dltTemplateId', dlt_template_id, 'status', status, 'codeExpirationMinutes', code_expiration_minutes, 'ttlSeconds', ttl_seconds, 'button', button) ORDER BY id), '[]') FROM template WHERE is_in_use) AS templates,
  (SELECT json_build_object('numberPer10Minutes', number_per_10_minutes, 'numberPerDay', number_per_day, 'prefixPerHour', prefix_per_hour, 'ipPerHour', ip_per_hour)
     FROM send_limits WHERE id = 1) AS "sendLimits",
  (SELECT COALESCE(json_agg(json_build_object('id', id, 'country', country, 'until', until, 'reason', reason)), '[]') FROM route_override WHERE ended_at IS NULL AND until > now()) AS overrides,
  (SELECT json_agg(json_build_object('incidentId', id, 'pauseUntil', pause_until, 'deaf', detail->'deaf')) FROM incident WHERE ended_at IS NULL) AS pauses`,
};

type Loaded = {
  revision: string;
  apps: AppRow[];
  keys: (Omit<ApiKeyRow, 'expiresAt'> & { expiresAt: string | null })[];
  connections: (Omit<ConnectionRow, 'credentialsSealed' | 'previousSealed'> & {
    credentials: string;
    previous: string | null;
  })[];
  routes: RouteRow[];
  policies: (Omit<Policy, 'channels'> & { channels: Channel[] })[];
  templates: PlanTemplate[];
  sendLimits: SendLimits | null;
  overrides: (Omit<RouteOverride, 'until'> & { until: string })[];
  pauses: { incidentId: string; pauseUntil: string; deaf: string[] | null }[] | null;
};

/** Reads all configuration as of one moment. */
export async function loadConfiguration(db: Db): Promise<ConfigurationRows> {
  const [row] = await db.query<Loaded>(LOAD, []);
  if (!row) throw new Error('the configuration could not be read');
  return {
    revision: row.revision,
    apps: row.apps,
    keys: row.keys.map((key) => ({ ...key, expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt) })),
    connections: row.connections.map(({ credentials, previous, ...connection }) => ({
      ...connection,
      credentialsSealed: Buffer.from(credentials, 'base64'),
      previousSealed: previous === null ? null : Buffer.from(previous, 'base64'),
    })),
    routes: row.routes,
    policies: row.policies,
    templates: row.templates,
    sendLimits: row.sendLimits ?? SEND_LIMITS,
    overrides: row.overrides.map((override) => ({ ...override, until: new Date(override.until) })),
    pauses: (row.pauses ?? []).map((pause) => ({ ...pause, pauseUntil: new Date(pause.pauseUntil) })),
  };
}
