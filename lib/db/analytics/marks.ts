import type { Db, Statement } from '@/lib/db/client';

const VERSIONS: Statement = {
  name: 'versions_between',
  text: 'SELECT version, at, note FROM configuration_version WHERE at >= $1 AND at < $2 AND version > 1 ORDER BY version DESC LIMIT $3',
};

/** What was published in a range, newest first; what an installation began with is no publish. */
export async function versionsBetween(
  db: Db,
  from: Date,
  to: Date,
  limit: number,
): Promise<{ version: number; at: Date; note: string }[]> {
  return db.query(VERSIONS, [from, to, limit]);
}

const TEMPLATES: Statement = {
  name: 'template_changes_between',
  text: 'SELECT at, name, locale, before, after FROM template_change WHERE at >= $1 AND at < $2 ORDER BY at DESC LIMIT $3',
};

/** Templates whose state changed in a range, newest first; the end is not in it. */
export async function templateChangesBetween(
  db: Db,
  from: Date,
  to: Date,
  limit: number,
): Promise<{ at: Date; name: string; locale: string; before: string; after: string }[]> {
  return db.query(TEMPLATES, [from, to, limit]);
}

const INCIDENTS: Statement = {
  name: 'incidents_between',
  text: `SELECT id, kind, opened_at AS "openedAt", ended_at AS "endedAt" FROM incident
          WHERE opened_at < $2 AND opened_at > $1::timestamptz - interval '30 days' AND COALESCE(ended_at, now()) >= $1 ORDER BY opened_at DESC LIMIT $3`,
};

/** Incidents that lasted into a range, newest first; none that began more than 30 days before it. */
export async function incidentsBetween(
  db: Db,
  from: Date,
  to: Date,
  limit: number,
): Promise<{ id: string; kind: string; openedAt: Date; endedAt: Date | null }[]> {
  return db.query(INCIDENTS, [from, to, limit]);
}
