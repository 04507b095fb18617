import type { Db, Statement } from '@/lib/db/client';
import { LOCK_CLASSES, LOCKS } from '@/lib/db/locks';

const SET_STATUS: Statement = {
  name: 'set_template_status',
  text: `
WITH before AS (
  SELECT id, status, is_in_use FROM template
   WHERE connection_id = $1 AND provider_name = $2 AND replace(lower(locale), '-', '_') = replace(lower($3), '-', '_') FOR UPDATE
)
UPDATE template t SET status = $4, status_reason = $5, status_at = $6, synced_at = now() FROM before b WHERE t.id = b.id AND (t.status_at IS NULL OR t.status_at <= $6)
RETURNING b.status = 'approved' AND b.is_in_use AS "wasInUse"`,
};

/**
 * Takes over what the provider says about one language of a template; routing skips what is not `approved`. News older than those already heard, by the
 * provider's clock (`at`), change nothing. True: it was in use and approved.
 */
export async function setTemplateStatus(
  db: Db,
  event: { connectionId: string; name: string; language: string; status: string; reason: string | null; at: Date },
): Promise<boolean> {
  const rows = await db.query<{ wasInUse: boolean }>(SET_STATUS, [
    event.connectionId,
    event.name,
    event.language,
    event.status,
    event.reason,
    event.at,
  ]);
  return rows.some(({ wasInUse }) => wasInUse);
}

const INSERT: Statement = {
  name: 'insert_template',
  text: `INSERT INTO template (id, channel, use_case, locale, provider_name, connection_id, text, status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
};

/** Adds one language of a template. */
export async function insertTemplate(
  db: Db,
  row: {
    id: string;
    channel: string;
    useCase: string | null;
    locale: string;
    providerName: string | null;
    connectionId: string | null;
    text: string | null;
    status: string;
  },
): Promise<void> {
  await db.query(INSERT, [
    row.id,
    row.channel,
    row.useCase,
    row.locale,
    row.providerName,
    row.connectionId,
    row.text,
    row.status,
  ]);
}

export type TemplateRow = {
  id: string;
  connectionId: string;
  name: string;
  useCase: string | null;
  locale: string;
  status: string;
  statusReason: string | null;
  syncedAt: Date | null;
  submittedAt: Date | null;
  isInUse: boolean;
  codeExpirationMinutes: number | null;
  ttlSeconds: number | null;
  button: string | null;
  options: unknown;
};

const LIST: Statement = {
  name: 'list_whatsapp_templates',
  text: `
SELECT id, connection_id AS "connectionId", provider_name AS name, use_case AS "useCase", locale, status, status_reason AS "statusReason", synced_at AS "syncedAt",
       submitted_at AS "submittedAt", is_in_use AS "isInUse", code_expiration_minutes AS "codeExpirationMinutes", ttl_seconds AS "ttlSeconds", button, options
  FROM template WHERE channel = 'whatsapp' AND connection_id IS NOT NULL AND provider_name IS NOT NULL ORDER BY connection_id, provider_name, use_case, locale LIMIT 20000`,
};

/** Every WhatsApp template, one row per language. */
export async function findWhatsAppTemplates(db: Db): Promise<TemplateRow[]> {
  return db.query<TemplateRow>(LIST, []);
}

const BEGIN: Statement = {
  name: 'begin_template_submission',
  // A language that waits or is approved is left alone: whoever submits twice changes nothing.
  text: `
WITH wanted AS (
  SELECT w.id, w.locale FROM json_to_recordset($5::json) AS w(id uuid, locale text)
),
again AS (
  UPDATE template t SET status = 'pending', status_reason = NULL, submitted_at = now(), options = $6, code_expiration_minutes = $7, ttl_seconds = $8, button = $9
    FROM wanted w
   WHERE t.connection_id = $1 AND t.provider_name = $2 AND t.use_case IS NOT DISTINCT FROM $3 AND t.locale = w.locale
     AND (t.status IN ('rejected', 'disabled') OR (t.status = 'pending' AND t.status_reason IS NOT NULL))
  RETURNING t.id, t.locale
),
added AS (
  INSERT INTO template (id, channel, use_case, locale, provider_name, connection_id, status, submitted_at, is_in_use, options, code_expiration_minutes, ttl_seconds, button)
  SELECT w.id, 'whatsapp', $3, w.locale, $2, $1, 'pending', now(), $4, $6, $7, $8, $9 FROM wanted w
   WHERE NOT EXISTS (SELECT 1 FROM template t WHERE t.connection_id = $1 AND t.provider_name = $2 AND t.use_case IS NOT DISTINCT FROM $3 AND t.locale = w.locale)
  RETURNING id, locale
)
SELECT id, locale FROM again UNION ALL SELECT id, locale FROM added`,
};

/** Notes that languages of a template are on their way to the provider, before they are. Answers those to hand over. */
export async function beginSubmission(
  tx: Db,
  input: {
    connectionId: string;
    name: string;
    useCase: string | null;
    isInUse: boolean;
    wanted: readonly { id: string; locale: string }[];
    options: unknown;
    codeExpirationMinutes: number | null;
    ttlSeconds: number | null;
    button: string;
  },
): Promise<{ id: string; locale: string }[]> {
  return tx.query<{ id: string; locale: string }>(BEGIN, [
    input.connectionId,
    input.name,
    input.useCase,
    input.isInUse,
    JSON.stringify(input.wanted),
    input.options,
    input.codeExpirationMinutes,
    input.ttlSeconds,
    input.button,
  ]);
}

const LOCK: Statement = {
  name: 'hold_template_lock',
  // The number as well that a process of the version before takes.
  text: `
SELECT pg_advisory_xact_lock(${LOCK_CLASSES.templatesOfConnection}, hashtext($1)), pg_advisory_xact_lock(${LOCKS.templatesBefore}::bigint + hashtext($1))`,
};

/** One submission at a time per connection; held until the transaction ends. */
export async function holdTemplateLock(tx: Db, connectionId: string): Promise<void> {
  await tx.query(LOCK, [connectionId]);
}

const SETTLE: Statement = {
  name: 'settle_template_submission',
  // A webhook may have been faster: what it said stands.
  text: `UPDATE template SET status = $2, status_reason = $3, synced_at = now() WHERE id = $1 AND status = 'pending'`,
};

/** What the provider said to a submission. */
export async function settleSubmission(db: Db, id: string, status: string, reason: string | null): Promise<void> {
  await db.query(SETTLE, [id, status, reason]);
}

const SYNC: Statement = {
  name: 'sync_templates',
  text: `
WITH listed AS (
  SELECT * FROM json_to_recordset($2::json) AS l(id uuid, name text, locale text, status text, reason text, "ttlSeconds" int, "codeExpirationMinutes" int, button text)
),
known AS (
  -- News of a webhook that came after the list was asked for stand; older ones that come again later do not stand against the list. A minute: two clocks.
  UPDATE template t SET status = CASE WHEN t.status_at > $3 THEN t.status ELSE l.status END,
         status_reason = CASE WHEN t.status_at > $3 THEN t.status_reason ELSE l.reason END,
         status_at = GREATEST(t.status_at, $3::timestamptz - interval '1 minute'), synced_at = now(), ttl_seconds = COALESCE(l."ttlSeconds", t.ttl_seconds),
         code_expiration_minutes = COALESCE(l."codeExpirationMinutes", t.code_expiration_minutes), button = COALESCE(l.button, t.button)
    FROM listed l
   WHERE t.connection_id = $1 AND t.provider_name = l.name AND replace(lower(t.locale), '-', '_') = replace(lower(l.locale), '-', '_')
  RETURNING t.id
),
found AS (
  INSERT INTO template (id, channel, locale, provider_name, connection_id, status, status_reason, synced_at, is_in_use, ttl_seconds, code_expiration_minutes, button)
  SELECT l.id, 'whatsapp', l.locale, l.name, $1, l.status, l.reason, now(), false, l."ttlSeconds", l."codeExpirationMinutes", l.button FROM listed l
   WHERE NOT EXISTS (SELECT 1 FROM template t WHERE t.connection_id = $1 AND t.provider_name = l.name AND replace(lower(t.locale), '-', '_') = replace(lower(l.locale), '-', '_'))
  RETURNING id
)
SELECT (SELECT count(*) FROM known)::int AS known, (SELECT count(*) FROM found)::int AS found`,
};

/**
 * Takes over what the provider lists; it was asked at `askedAt`, by the database's clock. Templates that are new to us are kept, and not used before
 * somebody says so. Hold the template lock: two at once would add what is new twice.
 */
export async function takeListed(
  tx: Db,
  connectionId: string,
  listed: readonly object[],
  askedAt: Date,
): Promise<{ known: number; found: number }> {
  const [row] = await tx.query<{ known: number; found: number }>(SYNC, [connectionId, JSON.stringify(listed), askedAt]);
  return row ?? { known: 0, found: 0 };
}

const USE: Statement = {
  name: 'use_template',
  text: `
UPDATE template t SET is_in_use = (provider_name = $2)
 WHERE connection_id = $1 AND channel = 'whatsapp' AND use_case IS NOT DISTINCT FROM $3
   AND EXISTS (SELECT 1 FROM template x WHERE x.connection_id = $1 AND x.provider_name = $2 AND x.use_case IS NOT DISTINCT FROM $3)
RETURNING id`,
};
const ASSIGN: Statement = {
  name: 'assign_template',
  // A language that is there already for this use case stays the one.
  text: `
UPDATE template t SET use_case = $3 WHERE connection_id = $1 AND provider_name = $2 AND channel = 'whatsapp' AND NOT is_in_use
   AND NOT EXISTS (SELECT FROM template x WHERE x.connection_id = $1 AND x.provider_name = $2 AND x.channel = 'whatsapp' AND x.locale = t.locale AND x.id <> t.id
                    AND (x.use_case IS NOT DISTINCT FROM $3 OR (NOT x.is_in_use AND x.id < t.id)))`,
};

/** Makes one name the template of a use case on a connection, and every other name of that use case a spare. */
export async function putInUse(tx: Db, connectionId: string, name: string, useCase: string | null): Promise<number> {
  await tx.query(ASSIGN, [connectionId, name, useCase]);
  return (await tx.query(USE, [connectionId, name, useCase])).length;
}
