import type { z } from 'zod';
import type { ProviderName } from '@/lib/domain/channel';
import { metaCloud } from '@/lib/providers/meta-cloud';
import { metaCredentials, metaSettings } from '@/lib/providers/meta-cloud/settings';
import type { Provider } from '@/lib/providers/provider';
import { smtp } from '@/lib/providers/smtp';
import { smtpCredentials, smtpSettings } from '@/lib/providers/smtp/settings';
import { twilio } from '@/lib/providers/twilio';
import { twilioCredentials, twilioSettings } from '@/lib/providers/twilio/settings';
import { vonage } from '@/lib/providers/vonage';
import { vonageCredentials, vonageSettings } from '@/lib/providers/vonage/settings';
import { ycloud } from '@/lib/providers/ycloud';
import { ycloudCredentials, ycloudSettings } from '@/lib/providers/ycloud/settings';

const PROVIDERS: Readonly<Record<ProviderName, { provider: Provider; settings: z.ZodType; credentials: z.ZodType }>> = {
  'meta-cloud': { provider: metaCloud, settings: metaSettings, credentials: metaCredentials },
  twilio: { provider: twilio, settings: twilioSettings, credentials: twilioCredentials },
  vonage: { provider: vonage, settings: vonageSettings, credentials: vonageCredentials },
  smtp: { provider: smtp, settings: smtpSettings, credentials: smtpCredentials },
  ycloud: { provider: ycloud, settings: ycloudSettings, credentials: ycloudCredentials },
};

/** The provider under this name, as it stands in a webhook's path or a connection; null for anything else. */
export function providerNamed(name: string): Provider | null {
  return isProviderName(name) ? PROVIDERS[name].provider : null;
}

function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(PROVIDERS, name);
}

/** `field` is `settings.phone_number_id` and the like; `message` never repeats what was entered. */
export type ConnectionProblem = { field: string; message: string };

export type ParsedConnection =
  | { kind: 'parsed'; settings: Record<string, string>; credentials: Record<string, string> }
  | { kind: 'invalid'; problems: ConnectionProblem[] };

/**
 * What an operator entered for a connection, as the provider needs it: defaults filled in, blank fields left out, unknown
 * fields refused.
 */
export function parseConnectionSettings(
  provider: ProviderName,
  settings: Record<string, string>,
  credentials: Record<string, string>,
): ParsedConnection {
  const schemas = PROVIDERS[provider];
  const parts = {
    settings: parsePart(schemas.settings, 'settings', settings),
    credentials: parsePart(schemas.credentials, 'credentials', credentials),
  };
  const problems = [...parts.settings.problems, ...parts.credentials.problems];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'parsed', settings: parts.settings.values, credentials: parts.credentials.values };
}

type ParsedPart = { values: Record<string, string>; problems: ConnectionProblem[] };

function parsePart(schema: z.ZodType, part: string, entered: Record<string, string>): ParsedPart {
  const filled = Object.entries(entered).flatMap(([name, value]) =>
    value.trim() === '' ? [] : [[name, value.trim()]],
  );
  const parsed = schema.safeParse(Object.fromEntries(filled));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ field: [part, ...path].join('.'), message }));
    return { values: {}, problems };
  }
  return { values: texts(parsed.data), problems: [] };
}

/** The schemas above hold texts only; this says so to the compiler without a cast. */
function texts(parsed: unknown): Record<string, string> {
  const entries = Object.entries(parsed ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

export type ConnectionField = { name: string; label: string; isRequired: boolean; hint: string | null };

/** Which settings and credentials a provider's connection has, from the schemas that judge them. */
export function connectionFields(provider: ProviderName): {
  settings: ConnectionField[];
  credentials: ConnectionField[];
} {
  const { settings, credentials } = PROVIDERS[provider];
  return { settings: fieldsOf(settings), credentials: fieldsOf(credentials) };
}

function fieldsOf(schema: z.ZodType): ConnectionField[] {
  const shape = (schema as z.ZodObject).shape ?? {};
  return Object.entries(shape).map(([name, field]) => ({
    name,
    label: labelOf(name),
    // An empty answer tells: a default or an option takes it.
    isRequired: !(field as z.ZodType).safeParse(undefined).success,
    hint: (field as z.ZodType).description ?? null,
  }));
}

const SHORT: Readonly<Record<string, string>> = {
  api: 'API',
  sid: 'SID',
  sms: 'SMS',
  waba: 'WABA',
  url: 'URL',
  whatsapp: 'WhatsApp',
  jwt: 'JWT',
  tls: 'TLS',
  ca: 'CA',
};

/** `waba_id` → WABA id. */
function labelOf(name: string): string {
  const label = name
    .split('_')
    .map((word) => SHORT[word] ?? word)
    .join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}
