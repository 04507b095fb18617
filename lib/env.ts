import { z } from 'zod';

/** Secrets that were published once: examples, tutorials. A production process refuses to start with them. */
const KNOWN_WEAK = /^(changeme|change-me|secret|password|example|insecure|development|test|demo|watchword)/i;

/** 32 bytes that may be random: hardly any alike, and no counting up. */
const mayBeKey = (bytes: Buffer): boolean =>
  bytes.length === 32 &&
  new Set(bytes).size > 8 &&
  new Set(bytes.subarray(1).map((byte, n) => byte - (bytes[n] ?? 0))).size > 8;

const base64Key = (name: string) =>
  z.string().transform((value, context) => {
    const bytes = Buffer.from(value, 'base64');
    if (mayBeKey(bytes)) return bytes;
    context.addIssue({
      code: 'custom',
      message: `${name} must be base64 of 32 random bytes (make one: openssl rand -base64 32)`,
    });
    return z.NEVER;
  });

const keyRing = z.string().transform((value, context) => {
  const ring = new Map<number, Buffer>();
  for (const part of value.split(',')) {
    const [id, encoded = ''] = part.trim().split(/:(.*)/s);
    const bytes = Buffer.from(encoded, 'base64');
    if (!/^([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(id ?? '') || !mayBeKey(bytes)) {
      context.addIssue({
        code: 'custom',
        message: 'WATCHWORD_KEYS must be `<1-255>:<base64 of 32 random bytes>`, newest first, separated by commas',
      });
      return z.NEVER;
    }
    ring.set(Number(id), bytes);
  }
  return ring;
});

/** Every variable, grouped by the room that reads it. What is optional says what is lost without it. */
export const environmentSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),

  // server
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  /** Where the outside reaches us: webhooks, links and cookies are built from it. */
  WATCHWORD_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:3000')
    .transform((url) => url.replace(/\/+$/, '')),
  /** `web` is console and API, `api` the API and callbacks alone. Without `worker` nobody falls back, expires or sweeps in this process. */
  WATCHWORD_ROLES: z
    .string()
    .default('web,worker')
    .transform((value) => value.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(['web', 'api', 'worker'])).min(1)),
  /** Where a worker alone answers /api/health, /api/ready and /api/metrics. Absent: it listens on nothing. */
  WATCHWORD_PROBE_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** `off` sends every request through Next: slower, for comparison and for the two-door tests. */
  WATCHWORD_FAST_LANE: z.enum(['on', 'off']).default('on'),
  /** Proxies in front of us whose X-Forwarded-For may be believed; 0 believes none. */
  WATCHWORD_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),

  // database
  /** Absent: the Postgres that comes along runs in WATCHWORD_DATA_DIR. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address')
    .optional(),
  WATCHWORD_DATA_DIR: z.string().optional(),
  /** Where the console reads figures, when not from the database itself: a replica. */
  WATCHWORD_REPORTS_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address')
    .optional(),
  /** Verifications and all that belongs to them are dropped by whole months once they are this old; figures stay. */
  WATCHWORD_KEEP_DAYS: z.coerce.number().int().min(35).max(3_650).default(400),
  WATCHWORD_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10),

  // crypto
  /** Key ring for code MACs and sealing: the first is current, the others still open what they sealed. */
  WATCHWORD_KEYS: keyRing,
  /** Key of the blind index over numbers. Cannot be rotated without re-indexing. */
  WATCHWORD_INDEX_KEY: base64Key('WATCHWORD_INDEX_KEY'),

  // auth
  NEXTAUTH_SECRET: z.string().min(32, 'NEXTAUTH_SECRET must have at least 32 characters'),
  /** The one-time token for /setup; absent, one is made and its file is printed at start. */
  WATCHWORD_SETUP_TOKEN: z.string().min(16).optional(),

  // telemetry
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Absent: /api/metrics answers 404. */
  WATCHWORD_METRICS_TOKEN: z.string().min(16).optional(),
  /** `on` shows /gallery in production builds as well. */
  WATCHWORD_GALLERY: z.enum(['on', 'off']).default('off'),
});

export type Environment = z.output<typeof environmentSchema>;

/** Reads the given variables. Throws an Error whose message names every wrong one, and never their values. */
export function parseEnvironment(variables: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new Error(`The environment is not complete:\n${z.prettifyError(parsed.error)}`);
  const weak = parsed.data.NODE_ENV === 'production' ? weakSecrets(parsed.data) : [];
  if (weak.length > 0) throw new Error(`The environment is not safe: ${weak.join('; ')}.`);
  return parsed.data;
}

function weakSecrets(settings: Environment): string[] {
  const tokens = ['NEXTAUTH_SECRET', 'WATCHWORD_SETUP_TOKEN', 'WATCHWORD_METRICS_TOKEN'] as const;
  const found = tokens
    .filter((name) => settings[name] !== undefined && isWeak(settings[name]))
    .map((name) => `${name} is a default or a weak secret`);
  // One leak would then give away both.
  if ([...settings.WATCHWORD_KEYS.values()].some((key) => key.equals(settings.WATCHWORD_INDEX_KEY)))
    found.push('WATCHWORD_INDEX_KEY is one of WATCHWORD_KEYS');
  return found;
}

function isWeak(secret: string): boolean {
  return KNOWN_WEAK.test(secret) || new Set(secret).size < 10;
}

const holder = globalThis as { watchwordEnvironment?: Environment };

/** The environment of this process, parsed once. */
export function env(): Environment {
  holder.watchwordEnvironment ??= parseEnvironment(process.env);
  return holder.watchwordEnvironment;
}

/** Where the outside reaches us, without a slash at its end; empty while the environment has not been read, for those who must not fail for it. */
export const publicUrl = (): string => holder.watchwordEnvironment?.WATCHWORD_PUBLIC_URL ?? '';
