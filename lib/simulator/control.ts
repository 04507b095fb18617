import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { accountsInput } from '@/lib/simulator/accounts';
import type { Crowd } from '@/lib/simulator/crowd';
import { reportCodeDenied, verifyWebhook } from '@/lib/simulator/meta-webhooks';
import { e164, mailboxOrPhone } from '@/lib/simulator/phones';
import { json, type Reply, readBody, send } from '@/lib/simulator/replies';
import { scenarioInput } from '@/lib/simulator/scenarios';
import type { Settings, World } from '@/lib/simulator/world';

const settingsInput = z.strictObject({
  ordinary: z.enum(['believable', 'prompt']).optional(),
  pair_rate_limit: z.boolean().optional(),
  throughput_per_second: z.number().int().positive().nullable().optional(),
  batch_window_ms: z.number().min(0).max(60_000).nullable().optional(),
  batch_max: z.number().int().min(1).max(1000).optional(),
  template_approval_ms: z.number().min(0).max(86_400_000).optional(),
  unsigned_callbacks: z.boolean().optional(),
});
const speedInput = z.strictObject({ factor: z.number().positive().max(10_000) });
const crowdInput = z.strictObject({
  per_minute: z.number().min(0).max(6000),
  /** Where the app is and with which key; needed once, when the simulator was not started with them. */
  base_url: z.url().optional(),
  api_key: z.string().min(1).optional(),
});
const deniedInput = z.strictObject({ to: z.string() });

/** Puts accounts, templates and contents in place; also used for the configuration given at start. */
export async function putAccounts(
  world: World,
  input: z.output<typeof accountsInput>,
): Promise<Record<string, string>> {
  world.accounts.put(input);
  for (const { languages, waba_id, ...template } of input.templates) {
    for (const language of languages) {
      world.templates.put({
        wabaId: waba_id ?? world.accounts.meta()[0]?.waba_id ?? '',
        name: template.name,
        language,
        status: template.status,
        isSecured: template.add_security_recommendation,
        expirationMinutes: template.code_expiration_minutes ?? null,
        ttlSeconds: template.message_send_ttl_seconds ?? null,
        otpType: 'COPY_CODE',
        buttonText: null,
        autofillText: null,
        supportedApps: [],
      });
    }
  }
  for (const content of input.contents) {
    world.contents.put({
      sid: content.sid,
      accountSid: content.account_sid ?? world.accounts.twilio()[0]?.account_sid ?? '',
      friendlyName: content.friendly_name,
      language: content.language,
      isSecured: true,
      expirationMinutes: content.code_expiration_minutes ?? null,
      copyCodeText: null,
      approval: { name: content.friendly_name, status: content.status },
      createdAt: new Date(),
    });
  }
  return handshakes(world, input);
}

/** The outcome of Meta's GET handshake per phone number id that came with a verify token: `ok` or what went wrong. */
async function handshakes(world: World, input: z.output<typeof accountsInput>): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const { phone_number_id: id, verify_token: token } of input.meta) {
    const url = world.accounts.metaByPhoneId(id)?.webhook_url;
    if (token !== undefined && url) outcomes[id] = (await verifyWebhook(world, url, token)) ?? 'ok';
  }
  return outcomes;
}

/** `/_control/…`: what a tester asks and sets. Only for this machine; see `isLocal`. */
export async function serveControl(
  world: World,
  crowd: Crowd,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  query: URLSearchParams,
): Promise<void> {
  if (!isLocal(req)) return send(res, json(403, { error: 'The control routes answer this machine only.' }));
  const text = req.method === 'POST' ? await readBody(req) : '';
  const body = parse(text);
  if (body === undefined) return send(res, json(400, { error: 'The body is not JSON.' }));
  send(res, await route(world, crowd, `${req.method} ${path}`, query, body));
}

async function route(world: World, crowd: Crowd, call: string, query: URLSearchParams, body: unknown): Promise<Reply> {
  const to = mailboxOrPhone(query.get('to'));
  const limit = Math.min(Math.max(Number(query.get('limit') ?? 1000) || 1000, 1), 20_000);
  switch (call) {
    case 'GET messages':
      return json(200, world.phones.list(to, limit));
    case 'GET sends':
      return json(200, world.sends.list(to, limit));
    case 'GET stats':
      return json(200, statsOf(world, crowd));
    case 'GET accounts':
      return json(200, {
        meta: world.accounts.meta(),
        twilio: world.accounts.twilio(),
        vonage: world.accounts.vonage(),
        ycloud: world.accounts.ycloud(),
      });
    case 'GET scenario':
      return json(200, world.scenarios.list());
    case 'DELETE scenario':
      world.scenarios.clear();
      return json(200, { cleared: true });
    case 'POST accounts':
      return given(accountsInput, body, async (input) => ({ webhooks: await putAccounts(world, input) }));
    case 'POST scenario':
      return given(scenarioInput, body, (input) => world.scenarios.add(input));
    case 'POST speed':
      return given(speedInput, body, ({ factor }) => {
        world.time.speed = factor;
        return { factor };
      });
    case 'GET settings':
      return json(200, world.settings);
    case 'POST settings':
      return given(settingsInput, body, (input) => Object.assign(world.settings, definedOnly<Settings>(input)));
    case 'POST crowd':
      return given(crowdInput, body, (input) => crowd.set(input.per_minute, input.base_url, input.api_key));
    case 'POST code-denied':
      return given(deniedInput, body, (input) => denyCode(world, e164(input.to)));
    case 'POST reset':
      world.phones.clear();
      world.sends.clear();
      world.twilioMessages.clear();
      world.ycloudMessages.clear();
      return json(200, { cleared: true });
    default:
      return scenarioById(world, call);
  }
}

function scenarioById(world: World, call: string): Reply {
  const id = /^DELETE scenario\/(.+)$/.exec(call)?.[1];
  if (id === undefined) return json(404, { error: 'There is no such control route.' });
  return world.scenarios.remove(id) ? json(200, { removed: id }) : json(404, { error: 'There is no such scenario.' });
}

/** Presses "I didn't request a code" under the newest WhatsApp message of a phone. */
async function denyCode(world: World, to: string | null): Promise<Record<string, unknown>> {
  const message = world.phones.list(to).findLast((received) => received.provider === 'meta-cloud');
  const account = world.accounts.meta().find((known) => e164(known.display_phone_number) === message?.from);
  if (!message || !account) return { posted: false };
  return { posted: (await reportCodeDenied(world, account, message.to, message.provider_message_id)) === 'taken' };
}

async function given<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  act: (input: z.output<Schema>) => unknown,
): Promise<Reply> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return json(400, { error: z.prettifyError(parsed.error) });
  return json(200, await act(parsed.data));
}

function statsOf(world: World, crowd: Crowd): Record<string, unknown> {
  return {
    sends: world.sends.counts(),
    messages: { received: world.phones.received, kept: world.phones.kept },
    webhooks: { ...world.webhooks.counts, pending: world.webhooks.held },
    timers_pending: world.time.pending,
    speed: world.time.speed,
    scenarios: world.scenarios.list().length,
    crowd: crowd.stats(),
  };
}

/**
 * True for a caller on this machine that is not a web page from elsewhere: the connection is loopback, the Host is a
 * loopback name (a page may rebind its own name to 127.0.0.1) and no foreign Origin is named.
 */
function isLocal(req: IncomingMessage): boolean {
  const address = req.socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return (
    isLoopback &&
    isLoopbackName(`http://${req.headers.host}`) &&
    isLoopbackName(req.headers.origin ?? 'http://localhost')
  );
}

function isLoopbackName(origin: string): boolean {
  return URL.canParse(origin) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(origin).hostname);
}

function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function definedOnly<T>(input: Record<string, unknown>): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>;
}
