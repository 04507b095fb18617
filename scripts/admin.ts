import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { closeDatabase, database } from '@/lib/db/client';
import { findUserByEmail } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { PRICE_RULES, PROVIDERS, type PriceRule, type ProviderName } from '@/lib/domain/channel';
import { ensureDatabase } from '@/lib/embedded/own-database';
import { env } from '@/lib/env';
import { createApp } from '@/lib/operations/apps/create';
import { addConnection } from '@/lib/operations/connections/add';
import { rotateConnectionCredentials } from '@/lib/operations/connections/rotate';
import { setConnectionUse } from '@/lib/operations/connections/set-enabled';
import { createKey } from '@/lib/operations/keys/create';
import { revokeKey } from '@/lib/operations/keys/revoke';
import { rotateKey } from '@/lib/operations/keys/rotate';
import { replayCallback } from '@/lib/operations/receipts/replay';
import { readSealedValues } from '@/lib/operations/setup/sealed-with';
import { addWhatsAppTemplate } from '@/lib/operations/templates/add';
import { resetPassword } from '@/lib/operations/users/reset-password';

const USAGE = `npm run admin -- COMMAND

  create-app --name NAME --brand BRAND
  create-key --app app_… --name NAME [--live]
  rotate-key --key key_… [--overlap SECONDS]
  revoke-key --key key_…
  add-connection --provider meta-cloud|twilio|vonage|smtp|ycloud --name NAME --price-rule submitted|delivered|any [--base-url URL]
      reads {"settings": {…}, "credentials": {…}} from standard input
  rotate-credentials --connection con_…        reads {"credentials": {…}} from standard input
  enable-connection | disable-connection --connection con_…
  add-template --connection con_… --name NAME --locale pt_BR [--use-case login]
  replay-callback --callback UUID
  sealed-with                                  how many values each key of WATCHWORD_KEYS has sealed
  reset-password --email ADDRESS               prints a link, good for a day, with which this person chooses a new password
`;

const [command, ...rest] = process.argv.slice(2);
const { values } = parseArgs({
  args: rest,
  options: {
    name: { type: 'string' },
    brand: { type: 'string' },
    app: { type: 'string' },
    live: { type: 'boolean', default: false },
    key: { type: 'string' },
    overlap: { type: 'string' },
    provider: { type: 'string' },
    'price-rule': { type: 'string' },
    'base-url': { type: 'string' },
    connection: { type: 'string' },
    locale: { type: 'string' },
    'use-case': { type: 'string' },
    callback: { type: 'string' },
    email: { type: 'string' },
  },
});

/** Whoever can run this can read the database and the keys; the audit log says that it was the command line. */
const actor: Actor = { kind: 'system', what: 'command line' };

function need(name: 'name' | 'brand' | 'app' | 'key' | 'connection' | 'locale' | 'callback' | 'email'): string {
  const value = values[name];
  if (!value) throw new Error(`--${name} is missing.\n\n${USAGE}`);
  return value;
}

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], option: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (!found) throw new Error(`--${option} must be one of: ${allowed.join(', ')}`);
  return found;
}

/** Secrets come by standard input: never on a command line, where every user of the machine can read them. */
function secrets(): { settings?: Record<string, string>; credentials?: Record<string, string> } {
  return JSON.parse(readFileSync(0, 'utf8'));
}

async function run(): Promise<unknown> {
  switch (command) {
    case 'create-app':
      return createApp(actor, { name: need('name'), brand: need('brand') });
    case 'create-key':
      return createKey(actor, { appId: need('app'), name: need('name'), livemode: values.live });
    case 'rotate-key':
      return rotateKey(actor, {
        keyId: need('key'),
        ...(values.overlap ? { overlapSeconds: Number(values.overlap) } : {}),
      });
    case 'revoke-key':
      return revokeKey(actor, { keyId: need('key') });
    case 'add-connection': {
      const { settings = {}, credentials = {} } = secrets();
      return addConnection(actor, {
        provider: oneOf<ProviderName>(values.provider, PROVIDERS, 'provider'),
        name: need('name'),
        baseUrl: values['base-url'] ?? null,
        settings,
        credentials,
        priceRule: oneOf<PriceRule>(values['price-rule'], PRICE_RULES, 'price-rule'),
      });
    }
    case 'rotate-credentials':
      return rotateConnectionCredentials(actor, {
        connectionId: need('connection'),
        credentials: secrets().credentials ?? {},
      });
    case 'enable-connection':
    case 'disable-connection':
      return setConnectionUse(actor, { connectionId: need('connection'), enabled: command === 'enable-connection' });
    case 'add-template':
      return addWhatsAppTemplate(actor, {
        connectionId: need('connection'),
        providerName: need('name'),
        locale: need('locale'),
        useCase: values['use-case'] ?? null,
      });
    case 'replay-callback':
      return replayCallback(actor, { callbackId: need('callback') });
    case 'reset-password': {
      const user = await findUserByEmail(database(), need('email').trim().toLowerCase());
      if (!user) throw new Error('no account has this address');
      const { link, expiresAt } = await resetPassword(actor, { userId: user.id });
      return { link, expiresAt };
    }
    case 'sealed-with':
      return readSealedValues(actor);
    default:
      throw new Error(USAGE);
  }
}

let stop = async (): Promise<void> => {};
try {
  // Whoever asks what there is needs no database for it.
  if (!command || !USAGE.split(/\s+/).includes(command)) throw new Error(USAGE);
  ({ stop } = await ensureDatabase(env()));
  const result = await run();
  process.stdout.write(`${JSON.stringify(result ?? { done: true }, null, 2)}\n`);
} catch (error: unknown) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await closeDatabase();
  await stop();
}
