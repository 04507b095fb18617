import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { DEFAULT_ACCOUNTS } from '@/lib/simulator/accounts';
import { type SimulatorControl, simulatorControl } from '@/lib/simulator/control-client';
import { type Simulator, type SimulatorOptions, startSimulator } from '@/lib/simulator/server';
import { type CaughtWebhook, catchWebhooks, type WebhookCatcher } from '@/lib/simulator/testing/webhook-catcher';

export const META = DEFAULT_ACCOUNTS.meta[0] as (typeof DEFAULT_ACCOUNTS.meta)[0];
export const TWILIO = DEFAULT_ACCOUNTS.twilio[0] as (typeof DEFAULT_ACCOUNTS.twilio)[0];
const VONAGE_KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const VONAGE = {
  ...(DEFAULT_ACCOUNTS.vonage[0] as (typeof DEFAULT_ACCOUNTS.vonage)[0]),
  public_key: VONAGE_KEYS.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
export const YCLOUD = DEFAULT_ACCOUNTS.ycloud[0] as (typeof DEFAULT_ACCOUNTS.ycloud)[0];
export const CONTENT_SID = 'HXd0000000000000000000000000000001';

/** A simulator with the default accounts whose webhooks all end in one catcher, and the two send calls. */
export type PretendApp = {
  simulator: Simulator;
  control: SimulatorControl;
  catcher: WebhookCatcher;
  close(): Promise<void>;
};

export async function startPretendApp(options: SimulatorOptions = {}): Promise<PretendApp> {
  const catcher = await catchWebhooks();
  const meta = [{ ...META, webhook_url: `${catcher.url}/webhooks/meta` }];
  const ycloud = [{ ...YCLOUD, webhook_url: `${catcher.url}/webhooks/ycloud` }];
  const simulator = await startSimulator({
    speed: 50,
    accounts: { ...DEFAULT_ACCOUNTS, meta, vonage: [VONAGE], ycloud },
    ...options,
  });
  return {
    simulator,
    catcher,
    control: simulatorControl(simulator.url),
    close: async () => {
      await simulator.close();
      await catcher.close();
    },
  };
}

export function metaBody(to: string, code = '482915', opaqueId = 'msg_1'): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.replace('+', ''),
    type: 'template',
    template: {
      name: 'otp_code_v1',
      language: { code: 'en_US' },
      components: [
        { type: 'body', parameters: [{ type: 'text', text: code }] },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: code }] },
      ],
    },
    biz_opaque_callback_data: opaqueId,
  };
}

export async function sendMeta(
  app: PretendApp,
  body: unknown,
  init: RequestInit & { path?: string } = {},
): Promise<Response> {
  const { path = `/v25.0/${META.phone_number_id}/messages`, ...rest } = init;
  return fetch(`${app.simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${META.access_token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...rest,
  });
}

/** `callback` null sends without a StatusCallback. */
export function smsForm(
  app: PretendApp,
  to: string,
  callback: string | null = '/webhooks/twilio?message=msg_1',
): Record<string, string> {
  return {
    To: to,
    From: '+15005550006',
    Body: '482915 is your Acme verification code. It expires in 5 minutes.\n\n@acme.example #482915',
    ...(callback === null ? {} : { StatusCallback: `${app.catcher.url}${callback}` }),
  };
}

export function twilioWhatsAppForm(app: PretendApp, to: string): Record<string, string> {
  return {
    To: `whatsapp:${to}`,
    From: 'whatsapp:+15550100200',
    ContentSid: CONTENT_SID,
    ContentVariables: '{"1":"482915"}',
    StatusCallback: `${app.catcher.url}/webhooks/twilio?message=msg_1`,
  };
}

export const twilioAuth = (user = TWILIO.account_sid, password = TWILIO.auth_token): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export async function sendTwilio(
  app: PretendApp,
  form: Record<string, string>,
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${app.simulator.url}/2010-04-01/Accounts/${TWILIO.account_sid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: twilioAuth(), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    ...init,
  });
}

export function ycloudWhatsAppBody(to: string, code = '482915'): Record<string, unknown> {
  const parameters = [{ type: 'text', text: code }];
  return {
    from: YCLOUD.whatsapp_from,
    to,
    type: 'template',
    template: {
      name: 'otp_code_v1',
      language: { code: 'en_US', policy: 'deterministic' },
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: 0, parameters },
      ],
    },
    externalId: 'msg_1',
  };
}

export function ycloudSmsBody(to: string): Record<string, unknown> {
  return {
    to,
    text: '482915 is your Acme verification code. It expires in 5 minutes.\n\n@acme.example #482915',
    senderId: 'ACME',
    externalId: 'msg_1',
  };
}

/** Calls YCloud's API; without a body it is a GET. */
export async function callYCloud(
  app: PretendApp,
  path: string,
  body?: unknown,
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${app.simulator.url}/v2/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-api-key': YCLOUD.api_key, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...init,
  });
}

export type YCloudEvent = {
  id: string;
  type: string;
  createTime: string;
  whatsappMessage?: Record<string, unknown> & { status: string };
  sms?: Record<string, unknown> & { status: string };
  whatsappTemplate?: Record<string, unknown>;
};

/** Every YCloud event in what was caught, in the order of arrival. */
export function ycloudEvents(caught: CaughtWebhook[]): YCloudEvent[] {
  return caught
    .filter((webhook) => webhook.url.startsWith('/webhooks/ycloud'))
    .map((webhook) => JSON.parse(webhook.body) as YCloudEvent);
}

export type MetaStatus = {
  id: string;
  status: string;
  timestamp: string;
  recipient_id: string;
  biz_opaque_callback_data?: string;
  pricing?: Record<string, unknown>;
  errors?: { code: number }[];
};

/** Every status in what was caught, in the order of arrival. */
export function metaStatuses(caught: CaughtWebhook[]): MetaStatus[] {
  type Payload = { entry: { changes: { field: string; value: { statuses?: MetaStatus[] } }[] }[] };
  return caught
    .filter((webhook) => webhook.url.startsWith('/webhooks/meta'))
    .flatMap((webhook) => (JSON.parse(webhook.body) as Payload).entry)
    .flatMap((entry) => entry.changes)
    .flatMap((change) => change.value.statuses ?? []);
}

/** Every Twilio callback's parameters, in the order of arrival. */
export function twilioCallbacks(caught: CaughtWebhook[]): Record<string, string>[] {
  return caught
    .filter((webhook) => webhook.url.startsWith('/webhooks/twilio'))
    .map((webhook) => Object.fromEntries(new URLSearchParams(webhook.body)));
}

export function vonageSms(app: PretendApp, to: string): Record<string, unknown> {
  return {
    message_type: 'text',
    channel: 'sms',
    to: to.replace('+', ''),
    from: 'ACME',
    text: '482915 is your Acme verification code. It expires in 5 minutes.\n\n@acme.example #482915',
    client_ref: 'msg_1',
    webhook_url: `${app.catcher.url}/webhooks/vonage?message=msg_1`,
    webhook_version: 'v1',
    ttl: 1800,
    sms: { encoding_type: 'auto' },
  };
}

export function vonageWhatsApp(app: PretendApp, to: string, code = '482915'): Record<string, unknown> {
  const { template } = metaBody(to, code);
  return {
    message_type: 'custom',
    channel: 'whatsapp',
    to: to.replace('+', ''),
    from: '15550100200',
    client_ref: 'msg_1',
    webhook_url: `${app.catcher.url}/webhooks/vonage`,
    custom: { type: 'template', template },
  };
}

/** A token of the default application, as the documentation describes it; `change` spoils it. */
export function vonageToken(change: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { application_id: VONAGE.application_id, iat: now, exp: now + 900, jti: randomUUID(), ...change };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), VONAGE_KEYS.privateKey).toString('base64url')}`;
}

export async function sendVonage(app: PretendApp, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.simulator.url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${vonageToken()}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
}

/** Every Vonage status, in the order of arrival. */
export function vonageStatuses(caught: CaughtWebhook[]): Record<string, unknown>[] {
  return caught
    .filter((webhook) => webhook.url.startsWith('/webhooks/vonage'))
    .map((webhook) => JSON.parse(webhook.body) as Record<string, unknown>);
}
