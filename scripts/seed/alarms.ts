import { findAlertRules, putAlertRule } from '@/lib/db/alerts';
import { insertAudit } from '@/lib/db/audit';
import type { Db, Statement } from '@/lib/db/client';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { newUuid } from '@/lib/ids';
import { type Changes, pauseBefore, personOf } from './changes';
import { incidentsBefore, pumpingSpan } from './incidents';
import type { Journal } from './journal';
import { watch } from './watch';

const DAY_MS = 86_400_000;

/**
 * What the team of this installation watches besides the rules that come along. Those open the alerts about money and templates here; the ones about
 * rates want 50 messages in a quarter of an hour, and these apps send fifteen. So two countries and the biggest connection have rules of their own: the
 * thresholds that come along, over longer windows and fewer messages. A drop still has to be sure: its intervals must not overlap.
 */
const rulesFor = (metaId: string, at: number): AlertRule[] => {
  const everywhere = { appId: null, country: null, channel: null, connectionId: null, enabled: true, destinations: [] };
  const drop = { kind: 'delivery_drop', thresholds: { dropPoints: 0.1, dropShare: 0.15 } } as const;
  // Half an hour of one connection is a mixture of countries: less than a collapse is one of them, which has its own rule.
  const collapse = { kind: 'delivery_drop', thresholds: { dropPoints: 0.3, dropShare: 0.3 } } as const;
  // One slow message in ten of so few is easily four times the usual, and half a minute: a minute is not.
  const slow = { kind: 'slow_delivery', thresholds: { p90Ms: 60_000, factor: null } } as const;
  return [
    {
      ...{ ...everywhere, ...drop, id: newUuid(at), name: 'WhatsApp in Brazil', country: 'BR', channel: 'whatsapp' },
      ...{ windowMinutes: 120, minimumVolume: 5 },
    },
    {
      ...{ ...everywhere, ...collapse, id: newUuid(at + 1), name: 'WhatsApp over Meta', connectionId: metaId },
      ...{ channel: 'whatsapp', windowMinutes: 30, minimumVolume: 10 },
    },
    {
      ...{ ...everywhere, ...slow, id: newUuid(at + 2), name: 'SMS in the Philippines', country: 'PH', channel: 'sms' },
      ...{ windowMinutes: 120, minimumVolume: 5 },
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
const INSERT_OVERRIDE: Statement = {
  name: 'seed_override',
  text: `
INSERT INTO route_override (id, country, alert_id, reason, actor, started_at, until)
VALUES ($1, $2::text, (SELECT id FROM alert WHERE scope->'countries' ? $2::text AND opened_at <= $5::timestamptz AND (resolved_at IS NULL OR resolved_at > $5::timestamptz) ORDER BY opened_at DESC LIMIT 1), $3, $4, $5::timestamptz, $6)
RETURNING alert_id AS "alertId"`,
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
  const count = await watch(tx, { journal, rules, configuration, lost: changes.lost }, spans, now);
  await writeOverride(tx, changes.override);
  return count;
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

/** lib/operations/overrides/start.ts: it ran out by itself, so nothing ended it. */
async function writeOverride(tx: Db, override: Changes['override']): Promise<void> {
  const { id, country, from, until, reason } = override;
  const actor = await personOf(tx, 'ops');
  const at = new Date(from);
  const who = { kind: 'user', id: actor.userId, email: actor.email };
  const [row] = await tx.query<{ alertId: string | null }>(INSERT_OVERRIDE, [id, country, reason, who, at, until]);
  const detail = {
    countries: [country],
    minutes: (until.getTime() - from) / 60_000,
    reason,
    until: until.toISOString(),
  };
  await insertAudit(tx, { actor, action: 'override.start', targetId: row?.alertId ?? country, detail, at });
}
