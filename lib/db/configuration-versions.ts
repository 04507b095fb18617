import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';
import type { Actor } from '@/lib/domain/actor';
import type { Change, DraftEntities, Entities, Entity } from '@/lib/domain/configuration/entities';

/** One publish at a time in the whole installation; held until the transaction ends. */
export async function holdPublishLock(tx: Db): Promise<void> {
  await holdLock(tx, 'publish');
}

// The tables are what is live: one statement, so that all of it is of one moment.
const LIVE: Statement = {
  name: 'live_entities',
  text: `
SELECT 'routes/' || scope AS key, jsonb_build_object('parent', parent, 'mode', mode, 'channels', channels, 'fallbackOnFailed', fallback_on_failed,
         'fallbackAfterSeconds', fallback_after_seconds, 'defaultLocale', default_locale, 'prices', prices, 'priceChanges', price_changes,
         'sendsPerDayMax', sends_per_day_max, 'spendPerDayMaxMicros', spend_per_day_max_micros, 'coverage', coverage, 'coverageSource', coverage_source) AS entity FROM route
UNION ALL
SELECT 'policies/' || use_case, jsonb_build_object('name', name, 'lifetimeSeconds', lifetime_seconds, 'codeLength', code_length, 'checksMax', checks_max,
         'resendCooldownSeconds', resend_cooldown_seconds, 'resendsMax', resends_max, 'codeMode', code_mode, 'resendCode', resend_code, 'channels', channels,
         'alphabet', alphabet, 'bindsTransaction', binds_transaction, 'pack', pack) FROM policy
UNION ALL
SELECT 'texts/' || id, jsonb_build_object('channel', channel, 'useCase', use_case, 'locale', locale, 'text', text, 'subject', subject, 'dltTemplateId', dlt_template_id)
  FROM template WHERE channel IN ('sms', 'email')
UNION ALL
SELECT 'limits/global', jsonb_build_object('numberPer10Minutes', number_per_10_minutes, 'numberPerDay', number_per_day, 'prefixPerHour', prefix_per_hour, 'ipPerHour', ip_per_hour)
  FROM send_limits`,
};

/** Everything that can be steered, as it is live. */
export async function findLiveEntities(db: Db): Promise<Entities> {
  const rows = await db.query<{ key: string; entity: Entity }>(LIVE, []);
  return Object.fromEntries(rows.map(({ key, entity }) => [key, entity]));
}

const PUT: Record<'routes' | 'policies' | 'texts' | 'limits', Statement> = {
  routes: {
    name: 'publish_routes',
    text: `
INSERT INTO route (scope, parent, mode, channels, fallback_on_failed, fallback_after_seconds, default_locale, prices, price_changes, sends_per_day_max,
                   spend_per_day_max_micros, coverage, coverage_source, updated_at)
SELECT r.id, r.parent, r.mode, r.channels, r."fallbackOnFailed", r."fallbackAfterSeconds", r."defaultLocale", r.prices, r."priceChanges", r."sendsPerDayMax",
       r."spendPerDayMaxMicros", r.coverage, r."coverageSource", now()
  FROM json_to_recordset($1::json) AS r(id text, parent text, mode text, channels jsonb, "fallbackOnFailed" boolean, "fallbackAfterSeconds" int, "defaultLocale" text,
       prices jsonb, "priceChanges" jsonb, "sendsPerDayMax" int, "spendPerDayMaxMicros" bigint, coverage text, "coverageSource" text)
ON CONFLICT (scope) DO UPDATE SET parent = EXCLUDED.parent, mode = EXCLUDED.mode, channels = EXCLUDED.channels, fallback_on_failed = EXCLUDED.fallback_on_failed,
  fallback_after_seconds = EXCLUDED.fallback_after_seconds, default_locale = EXCLUDED.default_locale, prices = EXCLUDED.prices, price_changes = EXCLUDED.price_changes,
  sends_per_day_max = EXCLUDED.sends_per_day_max, spend_per_day_max_micros = EXCLUDED.spend_per_day_max_micros, coverage = EXCLUDED.coverage,
  coverage_source = EXCLUDED.coverage_source, updated_at = now()`,
  },
  policies: {
    name: 'publish_policies',
    text: `
INSERT INTO policy (use_case, name, lifetime_seconds, code_length, checks_max, resend_cooldown_seconds, resends_max, code_mode, resend_code, channels, alphabet,
                    binds_transaction, pack, updated_at)
SELECT p.id, p.name, p."lifetimeSeconds", p."codeLength", p."checksMax", p."resendCooldownSeconds", p."resendsMax", p."codeMode", p."resendCode", p.channels, p.alphabet,
       p."bindsTransaction", p.pack, now()
  FROM json_to_recordset($1::json) AS p(id text, name text, "lifetimeSeconds" int, "codeLength" int, "checksMax" int, "resendCooldownSeconds" int, "resendsMax" int,
       "codeMode" text, "resendCode" text, channels text[], alphabet text, "bindsTransaction" boolean, pack text)
ON CONFLICT (use_case) DO UPDATE SET name = EXCLUDED.name, lifetime_seconds = EXCLUDED.lifetime_seconds, code_length = EXCLUDED.code_length, checks_max = EXCLUDED.checks_max,
  resend_cooldown_seconds = EXCLUDED.resend_cooldown_seconds, resends_max = EXCLUDED.resends_max, code_mode = EXCLUDED.code_mode, resend_code = EXCLUDED.resend_code,
  channels = EXCLUDED.channels, alphabet = EXCLUDED.alphabet, binds_transaction = EXCLUDED.binds_transaction, pack = EXCLUDED.pack, updated_at = now()`,
  },
  texts: {
    name: 'publish_texts',
    text: `
INSERT INTO template (id, channel, use_case, locale, text, subject, dlt_template_id, status)
SELECT t.id, t.channel, t."useCase", t.locale, t.text, t.subject, t."dltTemplateId", 'approved'
  FROM json_to_recordset($1::json) AS t(id uuid, channel text, "useCase" text, locale text, text text, subject text, "dltTemplateId" text)
ON CONFLICT (id) DO UPDATE SET channel = EXCLUDED.channel, use_case = EXCLUDED.use_case, locale = EXCLUDED.locale, text = EXCLUDED.text, subject = EXCLUDED.subject,
  dlt_template_id = EXCLUDED.dlt_template_id`,
  },
  limits: {
    name: 'publish_limits',
    text: `
UPDATE send_limits SET number_per_10_minutes = l."numberPer10Minutes", number_per_day = l."numberPerDay", prefix_per_hour = l."prefixPerHour", ip_per_hour = l."ipPerHour"
  FROM json_to_recordset($1::json) AS l("numberPer10Minutes" int, "numberPerDay" int, "prefixPerHour" int, "ipPerHour" int)`,
  },
};

const DELETE: Record<'routes' | 'policies' | 'texts', Statement> = {
  routes: { name: 'unpublish_routes', text: 'DELETE FROM route WHERE scope = ANY ($1::text[])' },
  policies: { name: 'unpublish_policies', text: 'DELETE FROM policy WHERE use_case = ANY ($1::text[])' },
  texts: {
    name: 'unpublish_texts',
    text: `DELETE FROM template WHERE id = ANY ($1::uuid[]) AND channel IN ('sms', 'email')`,
  },
};

/** Writes what a version changed into the tables that sending reads; their triggers tell every process. */
export async function putLiveEntities(tx: Db, draft: DraftEntities): Promise<void> {
  for (const kind of ['routes', 'policies', 'texts', 'limits'] as const) {
    const mine = Object.entries(draft)
      .filter(([key]) => key.startsWith(`${kind}/`))
      .map(([key, entity]) => ({ id: key.slice(kind.length + 1), entity }));
    const gone = mine.filter(({ entity }) => entity === null).map(({ id }) => id);
    const put = mine.flatMap(({ id, entity }) => (entity === null ? [] : [{ id, ...entity }]));
    if (gone.length > 0 && kind !== 'limits') await tx.query(DELETE[kind], [gone]);
    if (put.length > 0) await tx.query(PUT[kind], [JSON.stringify(put)]);
  }
}

export type Impact = {
  verifications: number;
  costMicros: number;
  countries: readonly string[];
  useCases: readonly string[];
};

export type VersionSummary = {
  version: number;
  at: Date;
  actor: { kind: string; name?: string; email?: string; what?: string };
  note: string;
  changes: Change[];
  impact: Impact;
  rollsBackTo: number | null;
};

const INSERT_VERSION: Statement = {
  name: 'insert_version',
  text: `
INSERT INTO configuration_version (version, actor, note, changes, document, impact, rolls_back_to, at)
SELECT COALESCE(max(version), 0) + 1, $1, $2, $3, $4, $5, $6, COALESCE($7::timestamptz, now()) FROM configuration_version
RETURNING version`,
};

/** Adds the next version; under the publish lock. `at`: when it went live, where that is not now. */
export async function insertVersion(
  tx: Db,
  version: {
    actor: Actor;
    note: string;
    changes: readonly Change[];
    document: Entities;
    impact: Impact;
    rollsBackTo: number | null;
    at?: Date;
  },
): Promise<number> {
  const { actor } = version;
  const who =
    actor.kind === 'user'
      ? { kind: 'user', id: actor.userId, name: actor.name, email: actor.email, role: actor.role }
      : actor;
  const [row] = await tx.query<{ version: number }>(INSERT_VERSION, [
    who,
    version.note,
    JSON.stringify(version.changes),
    version.document,
    version.impact,
    version.rollsBackTo,
    version.at ?? null,
  ]);
  if (!row) throw new Error('the version was not written');
  return row.version;
}

const HEAD: Statement = {
  name: 'head_version',
  text: 'SELECT COALESCE(max(version), 0) AS version FROM configuration_version',
};

/** The version that is live; 0 before the first. */
export async function findHeadVersion(db: Db): Promise<number> {
  return (await db.query<{ version: number }>(HEAD, []))[0]?.version ?? 0;
}

const SUMMARY = `version, at, actor, note, changes, impact, rolls_back_to AS "rollsBackTo"`;
const VERSIONS: Statement = {
  name: 'list_versions',
  text: `SELECT ${SUMMARY} FROM configuration_version WHERE version < $1 ORDER BY version DESC LIMIT $2`,
};

/** Versions before one, newest first. */
export async function findVersions(db: Db, page: { before: number; limit: number }): Promise<VersionSummary[]> {
  return db.query<VersionSummary>(VERSIONS, [page.before, page.limit]);
}

const HISTORY: Statement = {
  name: 'entity_history',
  text: `SELECT ${SUMMARY} FROM configuration_version WHERE changes @> jsonb_build_array(jsonb_build_object('entity', $1::text)) ORDER BY version DESC LIMIT $2`,
};

/** Versions that changed one entity, newest first. Reads every version: there are as many as people pressed Publish. */
export async function findVersionsOf(db: Db, entity: string, limit: number): Promise<VersionSummary[]> {
  return db.query<VersionSummary>(HISTORY, [entity, limit]);
}

const VERSION: Statement = {
  name: 'find_version',
  text: `SELECT ${SUMMARY}, document FROM configuration_version WHERE version = $1`,
};

/** One version with everything that was live under it. */
export async function findVersion(db: Db, version: number): Promise<(VersionSummary & { document: Entities }) | null> {
  return (await db.query<VersionSummary & { document: Entities }>(VERSION, [version]))[0] ?? null;
}

export type DraftRow = { entities: DraftEntities; base: { [key: string]: Entity | null }; revision: number };

const DRAFT: Statement = {
  name: 'find_draft',
  text: 'SELECT entities, base, revision FROM configuration_draft WHERE user_id = $1',
};

/** What a person has changed and not published; null: nothing. */
export async function findDraft(db: Db, userId: string): Promise<DraftRow | null> {
  return (await db.query<DraftRow>(DRAFT, [userId]))[0] ?? null;
}

// The revision that the writer saw decides: of two writers at once (two tabs) the second is told to look again.
const PUT_DRAFT: Statement = {
  name: 'put_draft',
  text: `
INSERT INTO configuration_draft AS d (user_id, entities, base, revision) SELECT $1, $2, $3, 1 WHERE $4 = 0
ON CONFLICT (user_id) DO NOTHING
RETURNING revision`,
};
const MOVE_DRAFT: Statement = {
  name: 'move_draft',
  text: `
UPDATE configuration_draft SET entities = $2, base = $3, revision = revision + 1, updated_at = now()
 WHERE user_id = $1 AND revision = $4
RETURNING revision`,
};

/** Keeps a draft where it is still at `seen` (0: there was none). The new revision, or null when it had moved on. */
export async function putDraft(
  db: Db,
  draft: { userId: string; entities: DraftEntities; base: { [key: string]: Entity | null }; seen: number },
): Promise<number | null> {
  const [row] = await db.query<{ revision: number }>(draft.seen === 0 ? PUT_DRAFT : MOVE_DRAFT, [
    draft.userId,
    draft.entities,
    draft.base,
    draft.seen,
  ]);
  return row?.revision ?? null;
}

const DELETE_DRAFT: Statement = {
  name: 'delete_draft',
  text: 'DELETE FROM configuration_draft WHERE user_id = $1 AND ($2::int IS NULL OR revision = $2) RETURNING user_id',
};

/** Ends a draft; with `seen` only at that revision. False: it was not there (any more). */
export async function deleteDraft(db: Db, userId: string, seen: number | null): Promise<boolean> {
  return (await db.query(DELETE_DRAFT, [userId, seen])).length === 1;
}
