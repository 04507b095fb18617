import { findAlertRules, putAlertRule } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import type { Db, Statement } from '@/lib/db/client';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { newUuid } from '@/lib/ids';
import { ALERTS_SYSTEM } from '@/lib/operations/alerts/evaluate';
import { type Changes, pauseBefore, personOf } from './changes';
import { incidentsBefore, pumpingSpan } from './incidents';
import type { Journal } from './journal';
import { type PastAlert, watch } from './watch';

const DAY_MS = 86_400_000;

/**
 * What the team of this installation watches besides the rules that come along: those want more messages in a quarter of an hour than these
 * apps send, so the two biggest countries and the biggest connection have rules of their own, with a window and a volume that fit.
 */
const rulesFor = (metaId: string, at: number): AlertRule[] => {
  const everywhere = { appId: null, country: null, channel: null, connectionId: null, enabled: true, destinations: [] };
  const drop = { kind: 'delivery_drop', thresholds: { dropPoints: 0.1, dropShare: 0.15 } } as const;
  // Of so few messages only a collapse says something.
  const collapse = { kind: 'delivery_drop', thresholds: { dropPoints: 0.4, dropShare: 0.4 } } as const;
  return [
    {
      ...{ ...everywhere, ...drop, id: newUuid(at), name: 'WhatsApp in Brazil', country: 'BR', channel: 'whatsapp' },
      ...{ windowMinutes: 60, minimumVolume: 10 },
    },
    {
      ...{ ...everywhere, ...collapse, id: newUuid(at + 1), name: 'WhatsApp over Meta', connectionId: metaId },
      ...{ channel: 'whatsapp', windowMinutes: 15, minimumVolume: 8 },
    },
    {
      ...{ ...everywhere, kind: 'slow_delivery', id: newUuid(at + 2), name: 'SMS in the Philippines', country: 'PH' },
      ...{ channel: 'sms', windowMinutes: 120, minimumVolume: 4, thresholds: { p90Ms: 45_000, factor: null } },
    },
  ];
};

const BACKDATE_RULES: Statement = {
  name: 'seed_backdate_rules',
  text: 'UPDATE alert_rule SET created_at = $1 WHERE id <> ALL ($2::uuid[])',
};
const DATE_RULE: Statement = {
  name: 'seed_date_rule',
  text: 'UPDATE alert_rule SET created_at = $2 WHERE id = $1',
};
const INSERT_ALERT: Statement = {
  name: 'seed_alert',
  text: `
INSERT INTO alert (id, rule_id, kind, fingerprint, scope, severity, cause, evidence, samples, series, peak, opened_at, last_seen_at, resolved_at, resolved_why,
  quiet_evaluations, openings)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
};
const INSERT_OVERRIDE: Statement = {
  name: 'seed_override',
  text: 'INSERT INTO route_override (id, country, alert_id, reason, actor, started_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7)',
};

/** Looks back at every trouble, and writes the alerts that it was, and what somebody did about one of them. Answers how many alerts. */
export async function writeAlarms(
  tx: Db,
  scene: { changes: Changes; journal: Journal; metaId: string; since: Date; now: number },
): Promise<number> {
  const { changes, journal, metaId, since, now } = scene;
  const rules = await writeRules(tx, metaId, since.getTime());
  const spans = [...incidentsBefore(now).all, pumpingSpan(now), pauseBefore(now)].sort((a, b) => a.from - b.from);
  const configuration = (changes.eras.at(-1) ?? changes.eras[0]).configuration;
  const alerts = watch({ journal, rules, configuration, lost: changes.lost }, spans, now);
  for (const alert of alerts) await writeAlert(tx, alert);
  await writeOverride(tx, alerts, changes.override);
  return alerts.length;
}

async function writeRules(tx: Db, metaId: string, since: number): Promise<AlertRule[]> {
  const own = rulesFor(metaId, since + DAY_MS);
  const who = await personOf(tx, 'ops');
  for (const [n, rule] of own.entries()) {
    const at = new Date(since + DAY_MS + n * 60_000);
    await putAlertRule(tx, rule);
    await tx.query(DATE_RULE, [rule.id, at]);
    await insertAudit(tx, {
      actor: who,
      action: 'alert_rule.add',
      targetId: rule.id,
      detail: { before: null, after: rule },
      at,
    });
  }
  await tx.query(BACKDATE_RULES, [new Date(since), own.map(({ id }) => id)]);
  return findAlertRules(tx, null);
}

async function writeAlert(tx: Db, alert: PastAlert): Promise<void> {
  const { id, ruleId, kind, fingerprint, scope, severity, cause, evidence, samples, series, peak } = alert;
  const openedAt = new Date(alert.openedAt);
  const resolvedAt = alert.resolvedAt === null ? null : new Date(alert.resolvedAt);
  await tx.query(INSERT_ALERT, [
    ...[id, ruleId, kind, fingerprint, scope, severity, cause, evidence, samples, JSON.stringify(series), peak],
    ...[openedAt, new Date(alert.lastSeenAt), resolvedAt, alert.resolvedWhy, alert.quietEvaluations, alert.openings],
  ]);
  const about = { actor: ALERTS_SYSTEM, targetId: id };
  await insertAudit(tx, {
    ...about,
    action: 'alert.open',
    detail: { kind, fingerprint, severity: alert.firstSeverity, cause: alert.firstCause, openings: alert.openings },
    at: openedAt,
  });
  if (!resolvedAt) return;
  const detail = { kind, fingerprint, severity, cause, why: alert.resolvedWhy };
  await insertAudit(tx, { ...about, action: 'alert.resolve', detail, at: resolvedAt });
}

/** lib/operations/overrides/start.ts: it ran out by itself, so nothing ended it. */
async function writeOverride(tx: Db, alerts: readonly PastAlert[], override: Changes['override']): Promise<void> {
  const { id, country, from, until, reason } = override;
  const actor = await personOf(tx, 'ops');
  const alert = alerts.find(
    ({ scope, openedAt, resolvedAt }) =>
      scope.countries.includes(country) && openedAt <= from && (resolvedAt === null || resolvedAt > from),
  );
  const who = { kind: 'user', id: actor.userId, email: actor.email };
  await tx.query(INSERT_OVERRIDE, [id, country, alert?.id ?? null, reason, who, new Date(from), until]);
  await insertAudit(tx, {
    actor,
    action: 'override.start',
    targetId: alert?.id ?? country,
    detail: { countries: [country], minutes: (until.getTime() - from) / 60_000, reason, until: until.toISOString() },
    at: new Date(from),
  });
}
