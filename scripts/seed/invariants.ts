/** Questions about a seeded database whose answer is 0 in any database that the system itself has written. */
export const INVARIANTS: Readonly<Record<string, string>> = {
  'more guesses than allowed': 'SELECT count(*) FROM verification WHERE checks_used > checks_max',
  'guesses that are not counted': `SELECT count(*) FROM verification v WHERE v.checks_used <> (SELECT count(*) FROM check_attempt a WHERE a.verification_id = v.id AND a.outcome <> 'expired')`,
  'guesses without or with a repeated number': `SELECT count(*) FROM (SELECT verification_id FROM check_attempt WHERE outcome <> 'expired' GROUP BY 1 HAVING count(DISTINCT number) <> count(*) OR max(number) <> count(*)) x`,
  'guesses after the end': `SELECT count(*) FROM check_attempt a JOIN verification v ON v.id = a.verification_id WHERE a.outcome <> 'expired' AND (a.at >= v.expires_at OR a.at > v.ended_at AND v.status <> 'undeliverable')`,
  'late codes that were not late, were counted, or were noted twice': `SELECT (SELECT count(*) FROM check_attempt a JOIN verification v ON v.id = a.verification_id WHERE a.outcome = 'expired' AND (a.at < v.expires_at OR a.number IS NOT NULL OR v.status NOT IN ('expired', 'undeliverable')))
       + (SELECT count(*) FROM (SELECT 1 FROM check_attempt WHERE outcome = 'expired' GROUP BY verification_id HAVING count(*) > 1) x)`,
  'WhatsApp messages that say another lifetime than their code has, or outlive it': `SELECT count(*) FROM message m JOIN verification v ON v.id = m.verification_id JOIN template t ON t.connection_id = m.connection_id AND t.provider_name = m.template AND t.locale = m.locale
      WHERE m.channel = 'whatsapp' AND t.code_expiration_minutes IS NOT NULL AND (t.code_expiration_minutes * interval '1 minute' <> v.expires_at - v.created_at OR t.ttl_seconds * interval '1 second' > v.expires_at - v.created_at)`,
  'approved without a right guess': `SELECT count(*) FROM verification v WHERE (v.status = 'approved') <> EXISTS (SELECT 1 FROM check_attempt a WHERE a.verification_id = v.id AND a.outcome = 'approved' AND a.at = v.approved_at)`,
  'approved after expiry': 'SELECT count(*) FROM verification WHERE approved_at > expires_at',
  'approved with another end': `SELECT count(*) FROM verification WHERE (approved_at IS NOT NULL) <> (status = 'approved') OR status = 'approved' AND (end_reason IS NOT NULL OR ended_at IS DISTINCT FROM approved_at)`,
  'verifications without their plan': `SELECT count(*) FROM verification v WHERE NOT EXISTS (SELECT 1 FROM plan p WHERE p.id = v.plan_id)`,
  'final without an end': `SELECT count(*) FROM verification WHERE (status = 'pending') <> (ended_at IS NULL)`,
  'end reasons that do not fit': `SELECT count(*) FROM verification WHERE end_reason IS DISTINCT FROM CASE status WHEN 'expired' THEN 'lifetime_over' WHEN 'locked' THEN 'checks_spent' WHEN 'undeliverable' THEN end_reason WHEN 'canceled' THEN end_reason END
       OR status = 'canceled' AND end_reason NOT IN ('superseded', 'by_request')
       OR status = 'undeliverable' AND COALESCE(end_reason, '') NOT IN ('all_channels_failed', 'chosen_channel_failed', 'fallback_off')`,
  'pending past expiry': `SELECT count(*) FROM verification WHERE status = 'pending' AND expires_at <= now() - interval '5 seconds'`,
  'checkable though over': `SELECT count(*) FROM verification WHERE is_checkable AND (status NOT IN ('pending', 'undeliverable') OR expires_at <= now() - interval '5 seconds')`,
  'several live ones for one number': `SELECT count(*) FROM (SELECT 1 FROM verification WHERE is_checkable GROUP BY to_blind, app_id, use_case, livemode HAVING count(*) > 1) x`,
  'a new one inside the cooldown of the old': `SELECT count(*) FROM (SELECT status, resend_after, COALESCE(ended_at, expires_at) AS over, lead(created_at) OVER w AS next_at FROM verification WINDOW w AS (PARTITION BY to_blind, app_id, use_case, livemode ORDER BY created_at)) x WHERE next_at < over`,
  'code digests that are no longer needed': `SELECT count(*) FROM verification WHERE (cardinality(code_macs) > 0) <> is_checkable OR code_sealed IS NOT NULL AND status <> 'pending'`,
  'timers that nobody would take': `SELECT count(*) FROM verification WHERE next_fallback_at IS NOT NULL AND status <> 'pending'`,
  'leases without a holder': `SELECT (SELECT count(*) FROM verification WHERE lease_token IS NOT NULL OR lease_until IS NOT NULL) + (SELECT count(*) FROM message WHERE lease_token IS NOT NULL OR lease_until IS NOT NULL)`,
  'ids of another time': `SELECT (SELECT count(*) FROM verification WHERE left(replace(id::text, '-', ''), 12) <> lpad(to_hex((EXTRACT(epoch FROM created_at) * 1000)::bigint), 12, '0'))
       + (SELECT count(*) FROM message WHERE left(replace(id::text, '-', ''), 12) <> lpad(to_hex((EXTRACT(epoch FROM submitted_at) * 1000)::bigint), 12, '0'))`,
  'live verifications without a message, or test ones with': `SELECT count(*) FROM verification v WHERE v.livemode <> EXISTS (SELECT 1 FROM message m WHERE m.verification_id = v.id)`,
  'messages sent after the end': `SELECT count(*) FROM message m JOIN verification v ON v.id = m.verification_id WHERE m.submitted_at > v.ended_at OR m.submitted_at >= v.expires_at`,
  'messages of another plan step': `SELECT count(*) FROM message m JOIN verification v ON v.id = m.verification_id JOIN plan p ON p.id = v.plan_id, LATERAL (SELECT p.body->'steps'->m.step AS step) s WHERE s.step->>'channel' <> m.channel OR s.step->>'connectionId' <> m.connection_id::text OR s.step->>'locale' <> m.locale`,
  'messages of another country or app': `SELECT count(*) FROM message m JOIN verification v ON v.id = m.verification_id WHERE m.country <> v.country OR m.app_id <> v.app_id OR m.livemode <> v.livemode`,
  'clocks that run backwards':
    'SELECT count(*) FROM message WHERE answered_at < submitted_at OR sent_at < submitted_at OR delivered_at < submitted_at OR failed_at < submitted_at OR read_at < delivered_at',
  'things from the future': `SELECT (SELECT count(*) FROM verification WHERE created_at > now() OR ended_at > now()) + (SELECT count(*) FROM message WHERE submitted_at > now() OR answered_at > now() OR delivered_at > now()) + (SELECT count(*) FROM receipt WHERE received_at > now())`,
  'states that are not the highest of their receipts': `SELECT count(*) FROM message m WHERE m.state_rank <> GREATEST(
       CASE WHEN m.answered_at IS NULL THEN 1 WHEN m.provider_message_id IS NULL THEN CASE WHEN m.reason IS NULL THEN 2 ELSE 5 END ELSE 3 END,
       (SELECT max(CASE f.status WHEN 'accepted' THEN 3 WHEN 'sent' THEN 4 WHEN 'failed' THEN 5 WHEN 'delivered' THEN 6 WHEN 'read' THEN 7 END) FROM receipt f WHERE f.message_id = m.id))`,
  'states without their rank': `SELECT count(*) FROM message WHERE state_rank <> array_position(ARRAY['queued', 'submitted', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read'], state) - 1`,
  'times that no receipt tells': `SELECT count(*) FROM message m WHERE m.delivered_at IS DISTINCT FROM (SELECT min(f.at) FROM receipt f WHERE f.message_id = m.id AND f.status IN ('delivered', 'read')) OR m.read_at IS DISTINCT FROM (SELECT min(f.at) FROM receipt f WHERE f.message_id = m.id AND f.status = 'read') OR m.sent_at IS DISTINCT FROM (SELECT min(f.at) FROM receipt f WHERE f.message_id = m.id AND f.status = 'sent')`,
  'receipts of another message': `SELECT count(*) FROM receipt f LEFT JOIN message m ON m.id = f.message_id WHERE m.id IS NULL OR m.provider_message_id IS DISTINCT FROM f.provider_message_id OR m.connection_id <> f.connection_id`,
  'receipts before they happened': 'SELECT count(*) FROM receipt WHERE received_at < at',
  'failures without a reason': `SELECT count(*) FROM message WHERE state = 'failed' AND (reason IS NULL OR failed_at IS NULL)`,
  'costs that the price rule does not explain': `SELECT count(*) FROM message WHERE cost_micros <> CASE
       WHEN price_rule = 'delivered' THEN CASE WHEN state_rank >= 6 THEN price_micros * segments ELSE 0 END
       ELSE CASE WHEN provider_message_id IS NOT NULL THEN price_micros * segments ELSE 0 END END`,
  'fallbacks without an event': `SELECT count(*) FROM message m WHERE m.cause = 'fallback' AND NOT EXISTS (
       SELECT 1 FROM verification_event e WHERE e.verification_id = m.verification_id AND e.kind = 'fallback' AND e.detail->>'message_id' = m.id::text AND e.at = m.submitted_at AND e.detail->>'cause' IN ('timeout', 'failed'))`,
  'resends without an event': `SELECT count(*) FROM verification v WHERE v.resends_used <> (SELECT count(*) FROM verification_event e WHERE e.verification_id = v.id AND e.kind = 'resend') OR v.livemode AND v.resends_used <> (SELECT count(*) FROM message m WHERE m.verification_id = v.id AND m.cause = 'resend')`,
  'silent fallback of a channel that a person chose': `SELECT count(*) FROM message m JOIN verification v ON v.id = m.verification_id WHERE m.cause = 'fallback' AND v.channel IS NOT NULL AND v.resends_used = 0`,
  'failures that no decision tells': `SELECT count(*) FROM verification_event e WHERE (e.kind = 'undeliverable' OR e.kind = 'fallback' AND e.detail->>'cause' = 'failed') AND NOT EXISTS (
       SELECT 1 FROM message m WHERE m.verification_id = e.verification_id AND m.id::text = e.detail->>'failed_message_id' AND e.detail ? 'reason')`,
  'timeouts before their time': `SELECT count(*) FROM message m JOIN verification_event e ON e.detail->>'message_id' = m.id::text JOIN verification v ON v.id = m.verification_id
      WHERE e.kind = 'fallback' AND e.detail->>'cause' = 'timeout' AND m.submitted_at < make_interval(secs => (SELECT (p.body->>'fallbackAfterSeconds')::int FROM plan p WHERE p.id = v.plan_id)) + (SELECT max(o.submitted_at) FROM message o WHERE o.verification_id = v.id AND o.submitted_at < m.submitted_at)`,
  'undeliverable without an event': `SELECT count(*) FROM verification v WHERE v.status = 'undeliverable' AND NOT EXISTS (SELECT 1 FROM verification_event e WHERE e.verification_id = v.id AND e.kind = 'undeliverable' AND e.at = v.ended_at)`,
  'numbers kept too long': `SELECT count(*) FROM verification WHERE (created_at < now() - interval '30 days 1 hour' AND NOT is_checkable) AND to_sealed <> '' OR created_at > now() - interval '29 days' AND to_sealed = ''`,
};
