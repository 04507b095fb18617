import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { newApiKey } from '@/lib/crypto/api-key';
import { seal } from '@/lib/crypto/seal';
import { database, type Statement, transact } from '@/lib/db/client';
import { ROLES, SCOPES } from '@/lib/domain/actor';
import type { PriceRule, ProviderName } from '@/lib/domain/channel';
import { newUuid, publicId } from '@/lib/ids';
import { credentialsPlace } from '@/lib/operations/configuration/snapshot';
import { ensureDefaults } from '@/lib/operations/setup/install-defaults';
import { createUser } from '@/lib/operations/users/create';
import type { AccountsInput } from '@/lib/simulator/accounts';
import type { Seeded } from '../demo-file';
import { readablePassword } from './password';

/** What an installation has on its first working day: everything but traffic. */
export type Installation = {
  seeded: Seeded;
  simulator: AccountsInput;
  /** Plain uuids, Pomelo first. */
  appIds: readonly [bank: string, courier: string];
  metaId: string;
  twilioId: string;
  since: Date;
};

const APPS = [
  { name: 'Pomelo Bank', brand: 'Pomelo', webDomain: 'pomelo.example' },
  { name: 'Swift Courier', brand: 'Swift', webDomain: null },
] as const;

const NAMES: Record<(typeof ROLES)[number], string> = {
  owner: 'Olivia Owner',
  admin: 'Adam Admin',
  ops: 'Omar Ops',
  analyst: 'Ana Analyst',
  developer: 'Devi Developer',
};

/**
 * Authentication templates at Meta, one per lifetime of DEFAULT_POLICIES: what WhatsApp says of the code's life, and how long Meta goes on
 * delivering it, agree with the policy and with the SMS. A use case of null serves all that have no template of their own.
 */
export const META_TEMPLATES: readonly { name: string; minutes: number; useCases: readonly (string | null)[] }[] = [
  { name: 'otp_code_5_minutes', minutes: 5, useCases: ['login', 'abnormal_activity'] },
  { name: 'otp_code_10_minutes', minutes: 10, useCases: [null] },
];
/** Approved in these languages (Meta's spelling). The gaps (Swahili, Greek …) are on purpose: they show. */
export const TEMPLATE_LOCALES =
  'en en_US en_GB pt_BR pt_PT es es_MX es_AR es_ES fr de it nl pl tr ru uk ar he hi bn id ms fil vi th ja ko zh_CN'.split(
    ' ',
  );

/** The same at YCloud, under a name of its own: whoever switches that connection on can split WhatsApp at once. */
export const YCLOUD_TEMPLATE_NAME = 'verify_code';
const YCLOUD_TTL_SECONDS = 60;

const INSERT_APP: Statement = {
  name: 'seed_app',
  text: 'INSERT INTO app (id, name, brand, web_domain, created_at) VALUES ($1, $2, $3, $4, $5)',
};
const INSERT_KEY: Statement = {
  name: 'seed_key',
  text: 'INSERT INTO api_key (id, app_id, name, livemode, scopes, secret_hash, last_four, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
};
const INSERT_CONNECTION: Statement = {
  name: 'seed_connection',
  text: `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule, enabled, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};
const INSERT_TEMPLATE: Statement = {
  name: 'seed_template',
  text: `INSERT INTO template (id, channel, locale, provider_name, connection_id, status, synced_at, ttl_seconds, use_case, code_expiration_minutes)
         VALUES ($1, 'whatsapp', $2, $3, $4, 'approved', $5, $6, $7, $8)`,
};

/**
 * Gives an empty database apps, keys, people, connections and templates, and tells what the pretend carriers have to
 * know. Secrets are made anew each time; they are returned in clear text and nowhere else.
 */
export async function install(options: {
  simulatorUrl: string;
  /** Of the pretend mail server; null leaves the connection for mail out. */
  smtpUrl?: string | null;
  publicUrl: string;
  since: Date;
}): Promise<Installation> {
  const { since } = options;
  // First: SMS texts are added only where no template exists at all.
  await ensureDefaults(since);

  const meta = metaAccount(since);
  const twilio = twilioAccount(since);
  const vonage = vonageApplication(since);
  const smtp = options.smtpUrl ? mailAccount(since, options.smtpUrl) : null;
  const ycloud = ycloudAccount(since);
  const apps = APPS.map((app, n) => ({
    ...app,
    // A millisecond apart, so that lists by id keep this order.
    id: newUuid(since.getTime() + n),
    live: newApiKey(true),
    test: newApiKey(false),
  }));
  await transact(async (tx) => {
    for (const app of apps) {
      await tx.query(INSERT_APP, [app.id, app.name, app.brand, app.webDomain, since]);
      for (const [isLive, key] of [[true, app.live] as const, [false, app.test] as const]) {
        const name = isLive ? 'Production' : 'Sandbox';
        const id = newUuid(since.getTime());
        await tx.query(INSERT_KEY, [id, app.id, name, isLive, SCOPES, key.hash, key.lastFour, since]);
      }
    }
    for (const connection of [meta, twilio, vonage, ...(smtp ? [smtp] : []), ycloud]) {
      const { id, provider, name, settings, credentials, priceRule } = connection;
      const baseUrl = connection === smtp ? smtp.baseUrl : options.simulatorUrl;
      const sealed = seal(JSON.stringify(credentials), credentialsPlace(id));
      // Vonage and YCloud wait to be switched on: a second connection of a channel would change where messages go.
      const enabled = connection !== vonage && connection !== ycloud;
      await tx.query(INSERT_CONNECTION, [id, provider, name, baseUrl, settings, sealed, priceRule, enabled, since]);
    }
    for (const locale of TEMPLATE_LOCALES) {
      for (const { name, minutes, useCases } of META_TEMPLATES) {
        for (const useCase of useCases) {
          const said = [minutes * 60, useCase, minutes];
          await tx.query(INSERT_TEMPLATE, [newUuid(since.getTime()), locale, name, meta.id, since, ...said]);
        }
      }
      const atYCloud = [YCLOUD_TEMPLATE_NAME, ycloud.id, since, YCLOUD_TTL_SECONDS, null, null];
      await tx.query(INSERT_TEMPLATE, [newUuid(since.getTime()), locale, ...atYCloud]);
    }
  });

  const [bank, courier] = apps;
  if (!bank || !courier) throw new Error('there are two apps');
  return {
    seeded: {
      apps: apps.map((app) => ({
        id: publicId('app', app.id),
        name: app.name,
        live_key: app.live.secret,
        test_key: app.test.secret,
      })),
      accounts: await people(since),
      connections: [
        { ...addressOf(meta, meta.credentials.app_secret), verify_token: meta.credentials.verify_token },
        addressOf(twilio, twilio.credentials.auth_token),
        addressOf(vonage, vonage.credentials.signature_secret),
        addressOf(ycloud, ycloud.credentials.webhook_secret),
        ...(smtp ? [addressOf(smtp, smtp.credentials.password)] : []),
      ],
    },
    simulator: simulatorAccounts({ meta, twilio, vonage, smtp, ycloud }, options.publicUrl),
    appIds: [bank.id, courier.id],
    metaId: meta.id,
    twilioId: twilio.id,
    since,
  };
}

type NewConnection = { id: string; provider: ProviderName; name: string; priceRule: PriceRule };

function metaAccount(since: Date) {
  return {
    id: newUuid(since.getTime()),
    provider: 'meta-cloud',
    name: 'Meta WhatsApp',
    // Meta bills an authentication template when it is delivered.
    priceRule: 'delivered',
    settings: { phone_number_id: '412763905118274', waba_id: '398120477563019', api_version: 'v25.0' },
    credentials: {
      access_token: `EAA${randomBytes(48).toString('base64url')}`,
      app_secret: randomBytes(16).toString('hex'),
      verify_token: randomBytes(12).toString('base64url'),
    },
  } as const satisfies NewConnection & Record<string, unknown>;
}

function twilioAccount(since: Date) {
  return {
    id: newUuid(since.getTime()),
    provider: 'twilio',
    name: 'Twilio SMS',
    priceRule: 'submitted',
    settings: {
      account_sid: `AC${randomBytes(16).toString('hex')}`,
      messaging_service_sid: `MG${randomBytes(16).toString('hex')}`,
    },
    credentials: { auth_token: randomBytes(16).toString('hex') },
  } as const satisfies NewConnection & Record<string, unknown>;
}

function ycloudAccount(since: Date) {
  return {
    // After the others: the last in every list by id.
    id: newUuid(since.getTime() + 30),
    provider: 'ycloud',
    name: 'YCloud',
    priceRule: 'delivered',
    settings: { whatsapp_from: '+15550100300', waba_id: '398120477563777', sms_sender_id: 'Pomelo' },
    credentials: {
      api_key: randomBytes(24).toString('hex'),
      webhook_secret: `whsec_${randomBytes(16).toString('hex')}`,
    },
  } as const satisfies NewConnection & Record<string, unknown>;
}

function vonageApplication(since: Date) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    // After Twilio's: a route that names no connection asks them in the order of their ids.
    id: newUuid(since.getTime() + 10),
    provider: 'vonage',
    name: 'Vonage SMS',
    priceRule: 'submitted',
    settings: { application_id: randomUUID(), sms_from: 'Pomelo' },
    credentials: { private_key: privateKey, signature_secret: randomBytes(24).toString('base64url') },
    publicKey,
  } as const satisfies NewConnection & Record<string, unknown>;
}

function mailAccount(since: Date, baseUrl: string) {
  return {
    id: newUuid(since.getTime() + 20),
    provider: 'smtp',
    name: 'Mail',
    priceRule: 'submitted',
    baseUrl,
    settings: { from: 'code@pomelo.example', from_name: 'Pomelo', tls: 'none' },
    credentials: { username: 'watchword', password: randomBytes(18).toString('base64url') },
  } as const satisfies NewConnection & Record<string, unknown>;
}

const webhookPath = ({ provider, id }: NewConnection) => `/api/webhooks/${provider}/${publicId('connection', id)}`;

function addressOf(connection: NewConnection, secret: string): Seeded['connections'][number] {
  return {
    id: publicId('connection', connection.id),
    provider: connection.provider,
    webhook_path: webhookPath(connection),
    secret,
  };
}

/** One person per role, with a password of their own. */
async function people(since: Date): Promise<Seeded['accounts']> {
  const accounts = ROLES.map((role) => ({ role, email: `${role}@watchword.example`, password: readablePassword() }));
  for (const { role, email, password } of accounts) {
    await createUser({ kind: 'system', what: 'seed' }, { email, password, role, name: NAMES[role] }, since);
  }
  return accounts;
}

function simulatorAccounts(
  accounts: {
    meta: ReturnType<typeof metaAccount>;
    twilio: ReturnType<typeof twilioAccount>;
    vonage: ReturnType<typeof vonageApplication>;
    smtp: ReturnType<typeof mailAccount> | null;
    ycloud: ReturnType<typeof ycloudAccount>;
  },
  publicUrl: string,
): AccountsInput {
  const { meta, twilio, vonage, smtp, ycloud } = accounts;
  return {
    meta: [
      {
        phone_number_id: meta.settings.phone_number_id,
        waba_id: meta.settings.waba_id,
        display_phone_number: '15550100200',
        verified_name: 'Pomelo',
        access_token: meta.credentials.access_token,
        app_secret: meta.credentials.app_secret,
        webhook_url: publicUrl + webhookPath(meta),
      },
    ],
    twilio: [{ account_sid: twilio.settings.account_sid, auth_token: twilio.credentials.auth_token }],
    vonage: [
      {
        application_id: vonage.settings.application_id,
        public_key: vonage.publicKey,
        signature_secret: vonage.credentials.signature_secret,
        waba_id: meta.settings.waba_id,
      },
    ],
    smtp: smtp ? [{ username: smtp.credentials.username, password: smtp.credentials.password }] : [],
    ycloud: [
      {
        api_key: ycloud.credentials.api_key,
        waba_id: ycloud.settings.waba_id,
        whatsapp_from: ycloud.settings.whatsapp_from,
        verified_name: 'Pomelo',
        webhook_secret: ycloud.credentials.webhook_secret,
        webhook_url: publicUrl + webhookPath(ycloud),
      },
    ],
    templates: [
      ...META_TEMPLATES.map(({ name, minutes }) => ({
        waba_id: meta.settings.waba_id,
        name,
        languages: TEMPLATE_LOCALES,
        status: 'APPROVED' as const,
        code_expiration_minutes: minutes,
        message_send_ttl_seconds: minutes * 60,
      })),
      {
        waba_id: ycloud.settings.waba_id,
        name: YCLOUD_TEMPLATE_NAME,
        languages: TEMPLATE_LOCALES,
        status: 'APPROVED',
        message_send_ttl_seconds: YCLOUD_TTL_SECONDS,
      },
    ],
    contents: [],
  };
}

const COUNT_APPS: Statement = { name: 'seed_count_apps', text: 'SELECT count(*)::int AS n FROM app' };

/** True when somebody has worked here before: then nothing may be seeded. */
export async function hasApps(): Promise<boolean> {
  const [row] = await database().query<{ n: number }>(COUNT_APPS, []);
  return (row?.n ?? 0) > 0;
}
