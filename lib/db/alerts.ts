import type { Db, Statement } from '@/lib/db/client';
import { holdLock } from '@/lib/db/locks';
import type { AlertScope } from '@/lib/domain/alerts/causes';
import type { BaselineName, Figure, Unit } from '@/lib/domain/alerts/judge';
import { type AlertRule, EVALUATE_EVERY_SECONDS } from '@/lib/domain/alerts/rules';

/** What an alert shows beside its sentence. */
export type AlertEvidence = {
  unit: Unit;
  windowMinutes: number;
  now: Figure;
  before: Figure | null;
  baseline: BaselineName | null;
  affected: readonly { country: string; now: Figure; before: Figure | null }[];
};

export type AlertRow = {
  id: string;
  ruleId: string | null;
  kind: string;
  fingerprint: string;
  scope: AlertScope;
  severity: string;
  cause: string;
  evidence: AlertEvidence;
  /** Uuids of verifications. */
  samples: string[];
  /** [time in ms, value, n], oldest first. */
  series: [number, number, number][];
  peak: number;
  openedAt: Date;
  lastSeenAt: Date;
  resolvedAt: Date | null;
  resolvedWhy: string | null;
  quietEvaluations: number;
  openings: number;
  snoozedUntil: Date | null;
  isSnoozedUntilResolved: boolean;
  /** By the database's clock. */
  isSnoozed: boolean;
};

const COLUMNS = `id, rule_id AS "ruleId", kind, fingerprint, scope, severity, cause, evidence, COALESCE(samples, '{}') AS samples, series, peak, opened_at AS "openedAt",
  last_seen_at AS "lastSeenAt", resolved_at AS "resolvedAt", resolved_why AS "resolvedWhy", quiet_evaluations AS "quietEvaluations", openings,
  snoozed_until AS "snoozedUntil", is_snoozed_until_resolved AS "isSnoozedUntilResolved",
  is_snoozed_until_resolved OR COALESCE(snoozed_until > now(), false) AS "isSnoozed"`;

export type NewAlert = Pick<
  AlertRow,
  'id' | 'ruleId' | 'kind' | 'fingerprint' | 'scope' | 'severity' | 'cause' | 'evidence' | 'samples'
>;

const INSERT: Statement = {
  name: 'open_alert',
  text: `
INSERT INTO alert (id, rule_id, kind, fingerprint, scope, severity, cause, evidence, samples, series, peak, opened_at, last_seen_at, openings)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, t.at, t.at,
       1 + (SELECT count(*) FROM alert WHERE fingerprint = $4 AND opened_at > t.at - interval '24 hours')
  FROM (SELECT COALESCE($12::timestamptz, now()) AS at) t
ON CONFLICT (fingerprint) WHERE resolved_at IS NULL DO NOTHING
RETURNING ${COLUMNS}`,
};

/**
 * Opens an alert. Null: one with this cause is open already.
 *
 * @param at of the figures
 * @param openedAt left out, now by the database's clock. Only a past that is written down later names it, here and below.
 */
export async function insertAlert(tx: Db, alert: NewAlert, at: Date, openedAt?: Date): Promise<AlertRow | null> {
  const { now } = alert.evidence;
  const [row] = await tx.query<AlertRow>(INSERT, [
    alert.id,
    alert.ruleId,
    alert.kind,
    alert.fingerprint,
    alert.scope,
    alert.severity,
    alert.cause,
    alert.evidence,
    alert.samples,
    JSON.stringify([[at.getTime(), now.value, now.n]]),
    now.value,
    openedAt ?? null,
  ]);
  return row ?? null;
}

const TOUCH: Statement = {
  name: 'touch_alert',
  text: `
UPDATE alert
   SET evidence = $2, cause = $3, scope = $4, severity = CASE WHEN severity = 'critical' THEN severity ELSE $5 END, last_seen_at = COALESCE($9::timestamptz, now()), quiet_evaluations = 0,
       peak = CASE WHEN $7::boolean THEN LEAST(peak, $6::float8) ELSE GREATEST(peak, $6::float8) END,
       series = CASE WHEN jsonb_array_length(series) >= 240 THEN series - 0 ELSE series END || $8::jsonb
 WHERE id = $1`,
};

/** The cause is still there: the newest figures, and the worst so far. `isLowBad`: the lower, the worse. */
export async function touchAlert(
  tx: Db,
  alert: Pick<NewAlert, 'id' | 'evidence' | 'cause' | 'scope' | 'severity'>,
  isLowBad: boolean,
  at: Date,
  seenAt?: Date,
): Promise<void> {
  const { now } = alert.evidence;
  await tx.query(TOUCH, [
    alert.id,
    alert.evidence,
    alert.cause,
    alert.scope,
    alert.severity,
    now.value,
    isLowBad,
    JSON.stringify([[at.getTime(), now.value, now.n]]),
    seenAt ?? null,
  ]);
}

const MISS: Statement = {
  name: 'miss_alert',
  text: `
UPDATE alert
   SET quiet_evaluations = quiet_evaluations + 1,
       resolved_at = CASE WHEN quiet_evaluations + 1 >= $2 THEN COALESCE($4::timestamptz, now()) END,
       resolved_why = CASE WHEN quiet_evaluations + 1 >= $2 THEN $3 END
 WHERE id = $1 AND resolved_at IS NULL
RETURNING ${COLUMNS}`,
};

/** The cause was not found this time. Answers the alert, resolved when it has been quiet for `needed` evaluations. */
export async function missAlert(
  tx: Db,
  id: string,
  needed: number,
  why: string,
  resolvedAt?: Date,
): Promise<AlertRow | null> {
  return (await tx.query<AlertRow>(MISS, [id, needed, why, resolvedAt ?? null]))[0] ?? null;
}

const OPEN: Statement = {
  name: 'open_alerts',
  text: `SELECT ${COLUMNS} FROM alert WHERE resolved_at IS NULL ORDER BY severity = 'critical' DESC, opened_at DESC LIMIT 200`,
};

/** What is open, the worst and newest first. */
export async function findOpenAlerts(db: Db): Promise<AlertRow[]> {
  return db.query<AlertRow>(OPEN, []);
}

const COUNT_OPEN: Statement = {
  name: 'count_open_alerts',
  text: `SELECT count(*)::int AS n, count(*) FILTER (WHERE severity = 'critical')::int AS critical FROM alert WHERE resolved_at IS NULL`,
};

export async function countOpenAlertRows(db: Db): Promise<{ n: number; critical: number }> {
  return (await db.query<{ n: number; critical: number }>(COUNT_OPEN, []))[0] ?? { n: 0, critical: 0 };
}

const RESOLVED: Statement = {
  name: 'resolved_alerts',
  text: `SELECT ${COLUMNS} FROM alert WHERE resolved_at IS NOT NULL ORDER BY opened_at DESC LIMIT $1`,
};

/** What is over, newest first. */
export async function findResolvedAlerts(db: Db, limit: number): Promise<AlertRow[]> {
  return db.query<AlertRow>(RESOLVED, [limit]);
}

const BETWEEN: Statement = {
  name: 'alerts_between',
  text: `SELECT ${COLUMNS} FROM alert WHERE opened_at < $2 AND opened_at > $1::timestamptz - interval '30 days' AND COALESCE(resolved_at, now()) >= $1 ORDER BY opened_at DESC LIMIT $3`,
};

/** Alerts that were open at some time of a range. */
export async function findAlertsBetween(db: Db, from: Date, to: Date, limit: number): Promise<AlertRow[]> {
  return db.query<AlertRow>(BETWEEN, [from, to, limit]);
}

const FIND: Statement = { name: 'find_alert', text: `SELECT ${COLUMNS} FROM alert WHERE id = $1` };

export async function findAlert(db: Db, id: string): Promise<AlertRow | null> {
  return (await db.query<AlertRow>(FIND, [id]))[0] ?? null;
}

const SNOOZE: Statement = {
  name: 'snooze_alert',
  text: `
UPDATE alert SET snoozed_until = now() + make_interval(mins => $2::int), is_snoozed_until_resolved = $3
 WHERE id = $1 AND resolved_at IS NULL RETURNING id`,
};

/** Keeps an open alert from telling anybody for some minutes (null ends the snooze), or until it resolves. False: it is not open. */
export async function snoozeAlertRow(
  tx: Db,
  id: string,
  minutes: number | null,
  isUntilResolved: boolean,
): Promise<boolean> {
  return (await tx.query(SNOOZE, [id, minutes, isUntilResolved])).length === 1;
}

/** Longer than all questions of an evaluation may take together. Whoever died in the middle has its turn taken by another after that. */
const EVALUATION_LEASE_SECONDS = 120;

const TURN: Statement = {
  name: 'take_evaluation_turn',
  // One statement decides between all who ask. A little less than the period, or two clocks that tick alike would miss every second turn.
  text: `
UPDATE alert_clock SET at = now(), lease_token = $2, lease_until = now() + interval '${EVALUATION_LEASE_SECONDS} seconds'
 WHERE id = 1 AND (lease_until IS NULL OR lease_until < now()) AND ($1::float8 IS NULL OR at <= now() - make_interval(secs => $1))
RETURNING id`,
};

/** True for one of all who ask, once per period, however many workers there are; false while another one is at it. `isDue` false: whatever the period. */
export async function takeEvaluationTurn(db: Db, token: string, isDue: boolean): Promise<boolean> {
  return (await db.query(TURN, [isDue ? EVALUATE_EVERY_SECONDS - 3 : null, token])).length === 1;
}

const END_TURN: Statement = {
  name: 'end_evaluation_turn',
  text: 'UPDATE alert_clock SET lease_token = NULL, lease_until = NULL WHERE id = 1 AND lease_token = $1 RETURNING id',
};

/** Gives the turn back. False: it took too long, and another one has it. In the transaction that settles, so that only one of them can. */
export async function endEvaluationTurn(db: Db, token: string): Promise<boolean> {
  return (await db.query(END_TURN, [token])).length === 1;
}

const RULE_COLUMNS = `id, kind, name, window_minutes AS "windowMinutes", minimum_volume AS "minimumVolume", thresholds, app_id AS "appId", country, channel,
  connection_id AS "connectionId", enabled, COALESCE(destinations, '{}') AS destinations`;
const RULES: Statement = {
  name: 'alert_rules',
  text: `SELECT ${RULE_COLUMNS} FROM alert_rule WHERE $1::uuid IS NULL OR id = $1 ORDER BY created_at, id LIMIT 100`,
};

/** All rules, or one. */
export async function findAlertRules(db: Db, id: string | null): Promise<AlertRule[]> {
  return db.query<AlertRule>(RULES, [id]);
}

const PUT_RULE: Statement = {
  name: 'put_alert_rule',
  text: `
INSERT INTO alert_rule (id, kind, name, window_minutes, minimum_volume, thresholds, app_id, country, channel, connection_id, enabled, destinations)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO UPDATE SET name = $3, window_minutes = $4, minimum_volume = $5, thresholds = $6, app_id = $7, country = $8, channel = $9,
  connection_id = $10, enabled = $11, destinations = $12, edits = alert_rule.edits + 1`,
};

/** Adds a rule or replaces it; its kind stays. */
export async function putAlertRule(tx: Db, rule: AlertRule): Promise<void> {
  await tx.query(PUT_RULE, [
    rule.id,
    rule.kind,
    rule.name,
    rule.windowMinutes,
    rule.minimumVolume,
    rule.thresholds,
    rule.appId,
    rule.country,
    rule.channel,
    rule.connectionId,
    rule.enabled,
    rule.destinations,
  ]);
}

const DELETE_RULE: Statement = {
  name: 'delete_alert_rule',
  text: 'DELETE FROM alert_rule WHERE id = $1 RETURNING id',
};

export async function deleteAlertRule(tx: Db, id: string): Promise<boolean> {
  return (await tx.query(DELETE_RULE, [id])).length === 1;
}

const COUNT_RULES: Statement = { name: 'count_alert_rules', text: 'SELECT count(*)::int AS n FROM alert_rule' };

/** How many rules there are; whoever else wants to add one waits until the transaction ends. */
export async function countAlertRules(tx: Db): Promise<number> {
  await holdLock(tx, 'alertRules');
  return (await tx.query<{ n: number }>(COUNT_RULES, []))[0]?.n ?? 0;
}
