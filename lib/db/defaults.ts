import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';
import type { Policy } from '@/lib/domain/policy/policy';
import type { RouteRow } from '@/lib/domain/routing/country-route';

export type NewRoute = RouteRow & { coverageSource: string | null };

/** One process at a time sets an installation up; held until the transaction ends. */
export async function holdSetupLock(tx: Db): Promise<void> {
  await holdLock(tx, 'setup');
}

// Looked up first: a statement-level trigger raises the revision even when nothing was inserted.
const ROUTES: Statement = {
  name: 'insert_missing_routes',
  text: `
INSERT INTO route (scope, parent, mode, channels, fallback_on_failed, fallback_after_seconds, default_locale, prices, coverage, coverage_source)
SELECT r.scope, r.parent, r.mode, r.channels, r."fallbackOnFailed", r."fallbackAfterSeconds", r."defaultLocale", r.prices, r.coverage, r."coverageSource"
  FROM json_to_recordset($1::json) AS r(scope text, parent text, mode text, channels jsonb, "fallbackOnFailed" boolean,
    "fallbackAfterSeconds" int, "defaultLocale" text, prices jsonb, coverage text, "coverageSource" text)
ON CONFLICT (scope) DO NOTHING`,
};

/** Adds routes whose scope has no row yet. */
export async function insertMissingRoutes(db: Db, routes: readonly NewRoute[]): Promise<void> {
  if ((await countOf(db, 'route')) >= routes.length) return;
  await db.query(ROUTES, [JSON.stringify(routes)]);
}

const POLICIES: Statement = {
  name: 'insert_missing_policies',
  text: `
INSERT INTO policy (use_case, name, lifetime_seconds, code_length, checks_max, resend_cooldown_seconds, resends_max, code_mode, resend_code, channels)
SELECT p."useCase", p.name, p."lifetimeSeconds", p."codeLength", p."checksMax", p."resendCooldownSeconds", p."resendsMax", p."codeMode", p."resendCode", p.channels
  FROM json_to_recordset($1::json) AS p("useCase" text, name text, "lifetimeSeconds" int, "codeLength" int, "checksMax" int,
    "resendCooldownSeconds" int, "resendsMax" int, "codeMode" text, "resendCode" text, channels text[])
ON CONFLICT (use_case) DO NOTHING`,
};

/** Adds policies whose use case has none yet. */
export async function insertMissingPolicies(db: Db, policies: readonly Policy[]): Promise<void> {
  if ((await countOf(db, 'policy')) >= policies.length) return;
  await db.query(POLICIES, [JSON.stringify(policies)]);
}

const TEMPLATES: Statement = {
  name: 'insert_missing_templates',
  text: `
INSERT INTO template (id, channel, locale, text, subject, status)
SELECT t.id, t.channel, t.locale, t.text, t.subject, 'approved'
  FROM json_to_recordset($1::json) AS t(id uuid, channel text, locale text, text text, subject text)
 WHERE NOT EXISTS (SELECT 1 FROM template x WHERE x.channel = t.channel)`,
};

/** Adds the texts of a channel that has none at all. */
export async function insertMissingTemplates(
  db: Db,
  channel: 'sms' | 'email',
  templates: readonly { id: string; locale: string; text: string; subject: string | null }[],
): Promise<void> {
  // Whoever has templates and no SMS among them means it; mail came later than the oldest installations.
  if ((await countOf(db, channel === 'sms' ? 'template' : 'mail_template')) > 0) return;
  await db.query(TEMPLATES, [JSON.stringify(templates.map((template) => ({ ...template, channel })))]);
}

const COUNTS = {
  route: { name: 'count_routes', text: 'SELECT count(*)::int AS n FROM route' },
  policy: { name: 'count_policies', text: 'SELECT count(*)::int AS n FROM policy' },
  template: { name: 'count_templates', text: 'SELECT count(*)::int AS n FROM template' },
  mail_template: {
    name: 'count_mail_templates',
    text: `SELECT count(*)::int AS n FROM template WHERE channel = 'email'`,
  },
} as const satisfies Record<string, Statement>;

async function countOf(db: Db, table: keyof typeof COUNTS): Promise<number> {
  return (await db.query<{ n: number }>(COUNTS[table], []))[0]?.n ?? 0;
}
