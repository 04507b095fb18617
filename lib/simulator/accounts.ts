import { z } from 'zod';

/** One WhatsApp number of a business, and where its webhooks go. A missing field keeps its value when the number is known. */
export const metaAccountInput = z.strictObject({
  phone_number_id: z.string().min(1),
  waba_id: z.string().min(1).optional(),
  display_phone_number: z.string().min(1).optional(),
  verified_name: z.string().optional(),
  access_token: z.string().min(1).optional(),
  app_secret: z.string().min(1).optional(),
  webhook_url: z.string().nullable().optional(),
  /** When given, the webhook is verified first with Meta's GET handshake; the answer says how it went. */
  verify_token: z.string().optional(),
});
export type MetaAccount = {
  phone_number_id: string;
  waba_id: string;
  display_phone_number: string;
  verified_name: string;
  access_token: string;
  app_secret: string;
  webhook_url: string | null;
};

export const twilioAccountInput = z.strictObject({
  account_sid: z.string().min(1),
  auth_token: z.string().min(1).optional(),
  /** Further user:password pairs that may call the API (API keys). Callbacks are signed with the auth token all the same. */
  api_keys: z.record(z.string(), z.string()).optional(),
});
export type TwilioAccount = { account_sid: string; auth_token: string; api_keys: Record<string, string> };

/** A Vonage application. A missing field keeps its value when the application is known. */
export const vonageApplicationInput = z.strictObject({
  application_id: z.string().min(1),
  api_key: z.string().min(1).optional(),
  /** For Basic authorization; none is taken while it is empty. */
  api_secret: z.string().optional(),
  /** PEM: requests are authorised with the private half. None is taken while it is empty. */
  public_key: z.string().optional(),
  signature_secret: z.string().min(1).optional(),
  /** Where statuses go when a message names no address of its own. */
  status_url: z.string().nullable().optional(),
  /** Whose templates its WhatsApp messages use. */
  waba_id: z.string().min(1).optional(),
});
export type VonageApplication = {
  application_id: string;
  api_key: string;
  api_secret: string;
  public_key: string;
  signature_secret: string;
  status_url: string | null;
  waba_id: string;
};

/** A user of the pretend mail server. */
export const smtpUserInput = z.strictObject({ username: z.string().min(1), password: z.string().min(1) });

/** One YCloud account with one WhatsApp number and one webhook endpoint. A missing field keeps its value when the key is known. */
export const ycloudAccountInput = z.strictObject({
  api_key: z.string().min(1),
  waba_id: z.string().min(1).optional(),
  whatsapp_from: z
    .string()
    .regex(/^\+\d{5,20}$/)
    .optional(),
  verified_name: z.string().optional(),
  webhook_secret: z.string().min(1).optional(),
  webhook_url: z.string().nullable().optional(),
  /** USD; nothing is taken from it. */
  balance: z.number().optional(),
});
export type YCloudAccount = {
  api_key: string;
  waba_id: string;
  whatsapp_from: string;
  verified_name: string;
  webhook_secret: string;
  webhook_url: string | null;
  balance: number;
};

/** An authentication template that is approved without waiting, in one language or several. */
export const templateInput = z.strictObject({
  waba_id: z.string().optional(),
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  languages: z.array(z.string()).min(1),
  status: z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED']).default('APPROVED'),
  add_security_recommendation: z.boolean().default(true),
  code_expiration_minutes: z.number().int().min(1).max(90).optional(),
  message_send_ttl_seconds: z.number().int().optional(),
});

/** A Twilio Content that is approved without waiting. */
export const contentInput = z.strictObject({
  account_sid: z.string().optional(),
  sid: z.string().regex(/^HX[0-9a-f]{32}$/),
  friendly_name: z.string(),
  language: z.string(),
  code_expiration_minutes: z.number().int().min(1).max(90).optional(),
  status: z.string().default('approved'),
});

export const accountsInput = z.strictObject({
  meta: z.array(metaAccountInput).default([]),
  twilio: z.array(twilioAccountInput).default([]),
  vonage: z.array(vonageApplicationInput).default([]),
  smtp: z.array(smtpUserInput).default([]),
  ycloud: z.array(ycloudAccountInput).default([]),
  templates: z.array(templateInput).default([]),
  contents: z.array(contentInput).default([]),
});
export type AccountsInput = z.input<typeof accountsInput>;

/** The accounts of a simulator that was told nothing. They are in the documentation and guard nothing. */
export const DEFAULT_ACCOUNTS = {
  meta: [
    {
      phone_number_id: '200300400500600',
      waba_id: '100200300400500',
      display_phone_number: '15550100200',
      verified_name: 'Watchword Demo',
      access_token: 'simulator-meta-token',
      app_secret: 'simulator-meta-app-secret',
      webhook_url: null,
    },
  ],
  twilio: [{ account_sid: 'ACa0000000000000000000000000000001', auth_token: 'simulator-twilio-auth-token' }],
  vonage: [
    {
      application_id: '78d335fa-323d-0114-9c3d-d6f0d48968cf',
      api_key: 'a1b2c3d4',
      api_secret: 'simulator-vonage-api-secret',
      public_key: '',
      signature_secret: 'simulator-vonage-signature-secret',
      status_url: null,
      waba_id: '100200300400500',
    },
  ],
  smtp: [{ username: 'simulator', password: 'simulator-smtp-password' }],
  ycloud: [
    {
      api_key: 'simulator-ycloud-api-key',
      waba_id: '100200300400777',
      whatsapp_from: '+15550100300',
      verified_name: 'Watchword Demo',
      webhook_secret: 'whsec_simulator_ycloud',
      webhook_url: null,
      balance: 100.5,
    },
  ],
  templates: [
    {
      waba_id: '100200300400500',
      name: 'otp_code_v1',
      languages: ['en_US', 'en', 'en_GB', 'id', 'pt_BR', 'es', 'es_MX', 'es_ES', 'de', 'fr', 'hi', 'ar'],
      code_expiration_minutes: 5,
    },
    {
      waba_id: '100200300400777',
      name: 'otp_code_v1',
      languages: ['en_US', 'en', 'id', 'de'],
      code_expiration_minutes: 5,
    },
  ],
  contents: [
    {
      account_sid: 'ACa0000000000000000000000000000001',
      sid: 'HXd0000000000000000000000000000001',
      friendly_name: 'otp_code_v1_en',
      language: 'en',
      code_expiration_minutes: 5,
    },
  ],
} satisfies AccountsInput;

const ACCOUNTS_MAX = 1000;

/** Who may call, and whose webhooks go where. */
export class Accounts {
  readonly #meta = new Map<string, MetaAccount>();
  readonly #twilio = new Map<string, TwilioAccount>();
  readonly #smtp = new Map<string, string>();
  readonly #vonage = new Map<string, VonageApplication>();
  readonly #ycloud = new Map<string, YCloudAccount>();

  metaByPhoneId(id: string): MetaAccount | null {
    return this.#meta.get(id) ?? null;
  }

  metaByWaba(id: string): MetaAccount | null {
    return this.meta().find((account) => account.waba_id === id) ?? null;
  }

  meta(): MetaAccount[] {
    return [...this.#meta.values()];
  }

  metaTokenIsKnown(token: string): boolean {
    return this.meta().some((account) => account.access_token === token);
  }

  twilioBySid(sid: string): TwilioAccount | null {
    return this.#twilio.get(sid) ?? null;
  }

  twilio(): TwilioAccount[] {
    return [...this.#twilio.values()];
  }

  mailPasswordIs(username: string, password: string): boolean {
    return password !== '' && this.#smtp.get(username) === password;
  }

  vonageById(id: string): VonageApplication | null {
    return this.#vonage.get(id) ?? null;
  }

  vonage(): VonageApplication[] {
    return [...this.#vonage.values()];
  }

  ycloudByKey(key: string): YCloudAccount | null {
    return this.#ycloud.get(key) ?? null;
  }

  ycloud(): YCloudAccount[] {
    return [...this.#ycloud.values()];
  }

  /** Adds or changes accounts; fields left out keep their value, or get a default when the account is new. */
  put(input: z.output<typeof accountsInput>): void {
    const fallback = DEFAULT_ACCOUNTS.meta[0] as MetaAccount;
    for (const { verify_token: _, ...given } of input.meta) {
      const known = this.#meta.get(given.phone_number_id) ?? fallback;
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      this.#meta.set(given.phone_number_id, { ...known, ...changed });
    }
    for (const given of input.twilio) {
      const known = this.#twilio.get(given.account_sid);
      this.#twilio.set(given.account_sid, {
        account_sid: given.account_sid,
        auth_token: given.auth_token ?? known?.auth_token ?? DEFAULT_ACCOUNTS.twilio[0]?.auth_token ?? '',
        api_keys: given.api_keys ?? known?.api_keys ?? {},
      });
    }
    const ownVonage = DEFAULT_ACCOUNTS.vonage[0] as VonageApplication;
    for (const given of input.vonage) {
      const known = this.#vonage.get(given.application_id) ?? ownVonage;
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      this.#vonage.set(given.application_id, { ...known, ...changed });
    }
    for (const { username, password } of input.smtp) this.#smtp.set(username, password);
    for (const given of input.ycloud) {
      const known = this.#ycloud.get(given.api_key) ?? (DEFAULT_ACCOUNTS.ycloud[0] as YCloudAccount);
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      this.#ycloud.set(given.api_key, { ...known, ...changed });
    }
    if (this.#smtp.size > ACCOUNTS_MAX || this.#vonage.size > ACCOUNTS_MAX) throw new Error('Too many accounts');
    if ([this.#meta, this.#twilio, this.#ycloud].some(({ size }) => size > ACCOUNTS_MAX))
      throw new Error('Too many accounts');
  }
}
