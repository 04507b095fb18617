import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { type IssueBody, issueBody } from '@/lib/contract/verifications';
import { blindIndex } from '@/lib/crypto/blind-index';
import { candidateMacs, codeMac } from '@/lib/crypto/code';
import { seal } from '@/lib/crypto/seal';
import { sendLimitKey } from '@/lib/db/bytes';
import type { CheckRow } from '@/lib/db/check-verifications';
import { closeDatabase, type Db, pool, preparedName } from '@/lib/db/client';
import type { IssueRow } from '@/lib/db/issue-verifications';
import { learnMonths } from '@/lib/db/months';
import type { Actor, Scope } from '@/lib/domain/actor';
import type { Channel } from '@/lib/domain/channel';
import type { Policy } from '@/lib/domain/policy/policy';
import { newUuid, uuidFrom } from '@/lib/ids';
import { drainBackground } from '@/lib/operations/background';
import { credentialsPlace, currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { putProviders } from '@/lib/operations/messages/dispatch';
import { planFor, policyOf, recipientOf } from '@/lib/operations/routes/plan-for';
import { ensureDefaults } from '@/lib/operations/setup/install-defaults';
import { type Issued, issueVerification } from '@/lib/operations/verifications/issue';
import { codePlace, numberPlace } from '@/lib/operations/verifications/places';
import type { OutboundMessage, Provider, SendResult } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

export type KeyActor = Extract<Actor, { kind: 'api_key' }>;
export type Sent = OutboundMessage & { connectionId: string };

const ALL_SCOPES: readonly Scope[] = ['verifications:write', 'verifications:read', 'analytics:read', 'config:read'];

/**
 * A carrier in this process, behind the provider port: it notes what it was given, and answers what the test says. Promises
 * that stay open are sends whose process died. Callbacks are read by the real providers.
 */
export class PretendCarrier {
  readonly sends: Sent[] = [];
  answer: (sent: Sent) => SendResult | Promise<SendResult> = accepted;

  provider(name: string): Provider | null {
    const real = providerNamed(name);
    if (!real) return null;
    return {
      ...real,
      send: async (connection, message) => {
        const sent = { ...message, connectionId: connection.id };
        this.sends.push(sent);
        return this.answer(sent);
      },
    };
  }

  to(number: string): Sent[] {
    return this.sends.filter((sent) => sent.to === number);
  }

  /** The digits of the newest message to this number. */
  codeFor(number: string): string {
    const code = this.to(number).at(-1)?.code;
    if (!code) throw new Error(`nothing was sent to ${number}`);
    return code;
  }
}

/** The provider took the message; its id follows from ours. */
export const accepted = (sent: { messageId: string }): SendResult => ({
  kind: 'accepted',
  providerMessageId: `provider-${sent.messageId}`,
  segments: 1,
});

export const refused = (reason: Extract<SendResult, { kind: 'refused' }>['reason']): SendResult => ({
  kind: 'refused',
  reason,
  providerCode: '1',
  detail: 'no',
});

export type TestCore = Awaited<ReturnType<typeof startTestCore>>;

/**
 * An installation for one test file: a database of its own with defaults, two apps, a WhatsApp and an SMS connection, and
 * a pretend carrier. One per process: call it in `beforeAll`, and `stop` in `afterAll`.
 */
export async function startTestCore() {
  const testDatabase: TestDatabase = await createTestDatabase();
  putTestEnvironment(testDatabase);
  await ensureDefaults();
  await learnMonths();
  const carrier = new PretendCarrier();
  putProviders((name) => carrier.provider(name));
  const ours = await insertInstallation();
  await reloadConfiguration();

  const pools: Pool[] = [];
  const sql = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await pool().query<Row & Record<string, unknown>>(text, [...values])).rows;

  return {
    ...ours,
    carrier,
    databaseUrl: testDatabase.url,
    sql,
    phone,

    key(more: Partial<KeyActor> = {}): KeyActor {
      return { kind: 'api_key', keyId: randomUUID(), appId: ours.app, livemode: true, scopes: ALL_SCOPES, ...more };
    },

    /** Issues as the live key of the first app, unless told otherwise. */
    issue(
      to: string,
      more: Partial<IssueBody> & { actor?: Actor; idempotency?: { key: string; fingerprint: Buffer } } = {},
    ): Promise<Issued> {
      const { actor = this.key(), idempotency = null, ...body } = more;
      return issueVerification(actor, issueBody.parse({ to, ...body }), { requestId: 'req_test', idempotency });
    },

    /** A second pool, as another process would have it. */
    otherProcess(): Db {
      const another = new Pool({ connectionString: testDatabase.url, max: 10 });
      // Connections that end while the database is dropped are no news.
      another.on('error', () => {});
      pools.push(another);
      return {
        query: async (statement, values) =>
          (await another.query({ name: preparedName(statement), text: statement.text, values: [...values] })).rows,
      };
    },

    /** The row that an issue would write, for statements that are run side by side. */
    issueRow: (to: string, more: Partial<IssueRow> = {}) => issueRow(ours.app, to, more),

    checkRow: (verificationId: string, code: string, more: Partial<CheckRow> = {}): CheckRow => {
      const uuid = uuidFrom('verification', verificationId) ?? verificationId;
      return {
        attemptId: newUuid(),
        verificationId: uuid,
        appId: ours.app,
        livemode: true,
        macs: candidateMacs(uuid, code),
        named: null,
        boundMacs: null,
        ...more,
      };
    },

    /** Changes the policy of `login` and makes this process see it. Names as in the database. */
    async setPolicy(fields: Readonly<Record<string, unknown>>): Promise<void> {
      const columns = Object.keys(fields).map((name, n) => `${name} = $${n + 1}`);
      await sql(`UPDATE policy SET ${columns.join(', ')} WHERE use_case = 'login'`, Object.values(fields));
      await reloadConfiguration();
    },

    /** Changes the route that every country inherits. Names as in the database. */
    async setRoute(fields: Readonly<Record<string, unknown>>): Promise<void> {
      const columns = Object.keys(fields).map((name, n) => `${name} = $${n + 1}`);
      await sql(`UPDATE route SET ${columns.join(', ')} WHERE scope = 'global'`, Object.values(fields));
      await reloadConfiguration();
    },

    /** Forgets every send, and lets every cooldown be over. */
    async forgetLimits(): Promise<void> {
      await sql('DELETE FROM send_limit');
      await sql(`UPDATE verification SET resend_after = now() - interval '1 second' WHERE is_checkable`);
    },

    /** Waits until nothing that was begun is still under way. */
    async quiet(): Promise<void> {
      if (!(await drainBackground(8_000))) throw new Error('work is still under way');
    },

    async verification(id: string) {
      const uuid = uuidFrom('verification', id) ?? id;
      const [row] = await sql<StoredVerification>('SELECT * FROM verification WHERE id = $1', [uuid]);
      if (!row) throw new Error(`no verification ${id}`);
      return row;
    },

    async messages(id: string) {
      const uuid = uuidFrom('verification', id) ?? id;
      return sql<StoredMessage>('SELECT * FROM message WHERE verification_id = $1 ORDER BY submitted_at, step', [uuid]);
    },

    async stop(): Promise<void> {
      await drainBackground(2_000);
      await Promise.all(pools.map((each) => each.end()));
      await closeDatabase();
      await testDatabase.drop();
    },
  };
}

export type StoredVerification = {
  id: string;
  status: string;
  end_reason: string | null;
  step: number;
  checks_used: number;
  resends_used: number;
  code_macs: Buffer[];
  code_sealed: Buffer | null;
  is_checkable: boolean;
  next_fallback_at: Date | null;
  fallback_cause: string | null;
  expires_at: Date;
  ended_at: Date | null;
  approved_at: Date | null;
  credited_message_id: string | null;
};

export type StoredMessage = {
  id: string;
  step: number;
  cause: string;
  channel: Channel;
  state: string;
  state_rank: number;
  reason: string | null;
  provider_message_id: string | null;
  cost_micros: string;
  sent_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
  failed_at: Date | null;
  connection_id: string;
  lease_token: string | null;
};

let phonesGiven = 0;

/** A valid Indonesian mobile number with a prefix of its own. */
function phone(lastFour = '9999'): string {
  phonesGiven += 1;
  return `+62812${String(10_000 + phonesGiven)}${lastFour}`;
}

async function insertInstallation() {
  const app = newUuid();
  const otherApp = newUuid();
  const whatsapp = newUuid();
  const sms = newUuid();
  const insertConnection = (id: string, provider: string, settings: object, credentials: object) =>
    pool().query(
      `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule)
       VALUES ($1, $2, $2, 'http://127.0.0.1:9', $3, $4, $5)`,
      [
        id,
        provider,
        settings,
        seal(JSON.stringify(credentials), credentialsPlace(id)),
        provider === 'twilio' ? 'submitted' : 'delivered',
      ],
    );
  await pool().query('INSERT INTO app (id, name, brand) VALUES ($1, $3, $3), ($2, $4, $4)', [
    app,
    otherApp,
    'Acme',
    'Other',
  ]);
  await insertConnection(
    whatsapp,
    'meta-cloud',
    { phone_number_id: '200300400500600', waba_id: '100200300400500', api_version: 'v25.0' },
    { access_token: 'simulator-meta-token', app_secret: 'meta-app-secret', verify_token: 'meta-verify-token' },
  );
  await insertConnection(
    sms,
    'twilio',
    { account_sid: 'ACa0000000000000000000000000000001', sms_from: '+15005550006' },
    { auth_token: 'twilio-auth-token' },
  );
  for (const locale of ['en', 'id', 'pt_BR']) {
    await pool().query(
      `INSERT INTO template (id, channel, locale, provider_name, connection_id, status) VALUES ($1, 'whatsapp', $2, 'otp_code_v1', $3, 'approved')`,
      [newUuid(), locale, whatsapp],
    );
  }
  return { app, otherApp, whatsapp, sms };
}

async function issueRow(appId: string, to: string, more: Partial<IssueRow>): Promise<IssueRow> {
  const configuration = await currentConfiguration();
  const policy: Policy = policyOf(configuration, more.useCase ?? 'login');
  const recipient = recipientOf(to);
  const livemode = more.livemode ?? true;
  const { country } = recipient;
  const plan = planFor(configuration, { country, policy, channel: null, locale: null, app: null, draw: 0 });
  const id = newUuid();
  const toBlind = blindIndex('number', recipient.e164);
  const prefixBlind = blindIndex('prefix', recipient.prefix);
  return {
    id,
    messageId: newUuid(),
    leaseToken: newUuid(),
    appId,
    livemode,
    useCase: policy.useCase,
    country,
    toBlind,
    prefixBlind,
    toSealed: seal(recipient.e164, numberPlace(id)),
    emailSealed: null,
    toMasked: recipient.masked,
    channel: null,
    locale: 'en',
    codeMac: codeMac(id, '123456'),
    messageMac: null,
    codeSealed: seal('123456', codePlace(id)),
    plan,
    alternativeStep: null,
    sendLimits: configuration.sendLimits,
    numberKey: sendLimitKey('number', livemode, toBlind),
    prefixKey: sendLimitKey('prefix', livemode, prefixBlind),
    ipKey: null,
    reference: null,
    metadata: null,
    transaction: null,
    client: null,
    appHash: null,
    requestId: 'req_test',
    idempotency: null,
    ...more,
  };
}

/** What a promise was refused with, as the catalogue's code; `resolved` when it was not. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}
