import type { AccountsInput } from '@/lib/simulator/accounts';

/** What `.watchword/demo.json` holds: everything a person or a test needs to use a running demo. Written with mode 0600. */
export type DemoFile = {
  base_url: string;
  simulator_url: string;
  /** The pretend mail server, `smtp://host:port`. */
  smtp_url: string;
  database_url: string;
} & Seeded;

/** The part that seeding makes. Keys and secrets are in clear text: they open a demo and nothing else. */
export type Seeded = {
  apps: { id: string; name: string; live_key: string; test_key: string }[];
  /** One per role: owner, admin, ops, analyst, developer. */
  accounts: { role: string; email: string; password: string }[];
  /** `webhook_path` starts with /api/webhooks/; `secret` signs callbacks (Meta app secret, Twilio auth token, Vonage signature secret, YCloud webhook secret); mail has no callbacks, and its `secret` is the password. `verify_token` is Meta's alone: its GET handshake asks for it. */
  connections: { id: string; provider: string; webhook_path: string; secret: string; verify_token?: string }[];
};

/**
 * How much to seed. `none`: apps, keys, accounts, connections, routes, policies, templates, and no history.
 * `e2e`: the same plus a few dozen verifications in every state. `demo`: 60 days of history.
 */
export type SeedSize = 'none' | 'e2e' | 'demo';

/**
 * What scripts/seed.ts exports. DATABASE_URL, WATCHWORD_KEYS and the rest of the environment are set before it is imported, and the
 * database is migrated and empty. `simulator` holds the accounts behind the connections; its webhook addresses may be left out.
 */
export type SeedDemo = (options: {
  size: SeedSize;
  /** Connections are pointed here. */
  simulatorUrl: string;
  /** The connection for mail is pointed here; without it there is none. */
  smtpUrl?: string;
  /** Callback addresses are built from it. */
  publicUrl: string;
  onProgress(line: string): void;
}) => Promise<{ demo: Seeded; simulator: AccountsInput }>;
