/** What must never be found in the database of an installation with a worker, whatever happened to its processes. Each counts violations. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'more checks used than allowed': 'SELECT count(*)::int AS n FROM verification WHERE checks_used > checks_max',
  'more than one approval of one verification': `SELECT count(*)::int AS n FROM (SELECT 1 FROM check_attempt WHERE outcome = 'approved' GROUP BY verification_id HAVING count(*) > 1) x`,
  'approved and without its one approving check': `SELECT count(*)::int AS n FROM verification v WHERE status = 'approved'
     AND (SELECT count(*) FROM check_attempt c WHERE c.verification_id = v.id AND c.outcome = 'approved') <> 1`,
  'checks counted and checks noted differ': `SELECT count(*)::int AS n FROM verification v
     WHERE checks_used <> (SELECT count(*) FROM check_attempt c WHERE c.verification_id = v.id AND c.number IS NOT NULL)`,
  'approved after its expiry': 'SELECT count(*)::int AS n FROM verification WHERE approved_at > expires_at',
  'pending a minute after its expiry': `SELECT count(*)::int AS n FROM verification WHERE status = 'pending' AND expires_at < now() - interval '60 seconds'`,
  'a message under a lease that ended a minute ago': `SELECT count(*)::int AS n FROM message WHERE lease_until < now() - interval '60 seconds'`,
  // A transaction's own time is its beginning: a send that won the race may look a moment younger than the approval that waited for it.
  'a message handed over after the approval': `SELECT count(*)::int AS n FROM message m JOIN verification v ON v.id = m.verification_id
     WHERE m.submitted_at > v.approved_at + interval '1 second'`,
  'a callback unapplied for a minute': `SELECT count(*)::int AS n FROM callback WHERE applied_at IS NULL AND received_at < now() - interval '60 seconds'`,
  'final without a time of its end': `SELECT count(*)::int AS n FROM verification WHERE status <> 'pending' AND ended_at IS NULL`,
  'an Idempotency-Key held for more than a minute': `SELECT count(*)::int AS n FROM idempotency_key WHERE status IS NULL AND locked_until < now() - interval '60 seconds'`,
  'two live verifications of one app, number and use case': `SELECT count(*)::int AS n FROM (
     SELECT 1 FROM verification WHERE is_checkable GROUP BY app_id, livemode, to_blind, use_case HAVING count(*) > 1) x`,
  'a live verification that does not hold its number, or a number that nobody lives for': `SELECT count(*)::int AS n FROM (SELECT * FROM verification WHERE is_checkable) v
     FULL JOIN live_verification l ON l.to_blind = v.to_blind AND l.app_id = v.app_id AND l.use_case = v.use_case AND l.livemode = v.livemode
    WHERE l.verification_id IS DISTINCT FROM v.id`,
  'a code kept on a verification that takes none': `SELECT count(*)::int AS n FROM verification
     WHERE (NOT is_checkable AND (cardinality(code_macs) > 0 OR code_sealed IS NOT NULL)) OR (status IN ('approved', 'canceled', 'locked', 'expired') AND is_checkable)`,
  'a timer on a verification that has ended': `SELECT count(*)::int AS n FROM verification WHERE NOT is_checkable AND next_fallback_at IS NOT NULL`,
  'a state below what its receipts prove': `SELECT count(*)::int AS n FROM message m WHERE m.state_rank < (
     SELECT max(CASE f.status WHEN 'accepted' THEN 3 WHEN 'sent' THEN 4 WHEN 'failed' THEN 5 WHEN 'delivered' THEN 6 ELSE 7 END)
       FROM receipt f WHERE f.message_id = m.id)`,
  'a verification without its plan':
    'SELECT count(*)::int AS n FROM verification v WHERE NOT EXISTS (SELECT 1 FROM plan p WHERE p.id = v.plan_id)',
  'a live issue without its message': `SELECT count(*)::int AS n FROM verification v WHERE livemode AND NOT EXISTS (SELECT 1 FROM message m WHERE m.verification_id = v.id)`,
  'more than two messages of one step, resends aside': `SELECT count(*)::int AS n FROM (
     SELECT 1 FROM message WHERE cause <> 'resend' GROUP BY verification_id, step HAVING count(*) > 2) x`,
  // Only a message that arrived ends the wait for the next channel; every other rest has to leave a timer behind.
  'a channel that should go out, and nobody who will look': `SELECT count(*)::int AS n FROM verification v JOIN plan p ON p.id = v.plan_id
     WHERE v.livemode AND v.status = 'pending' AND v.expires_at > now() AND v.next_fallback_at IS NULL AND v.step + 1 < jsonb_array_length(p.body->'steps')
       AND NOT EXISTS (SELECT 1 FROM message m WHERE m.verification_id = v.id AND m.delivered_at IS NOT NULL)
       AND ((p.body->>'fallbackAfterSeconds')::int > 0 OR (v.falls_back_on_failed
         AND NOT EXISTS (SELECT 1 FROM message m WHERE m.verification_id = v.id AND m.step = v.step AND m.state <> 'failed')))`,
  'a message lost with its process, and nobody who sends another': `SELECT count(*)::int AS n FROM verification v
     WHERE v.livemode AND v.status = 'pending' AND v.expires_at > now() AND v.next_fallback_at IS NULL
       AND (SELECT m.state = 'unknown' AND m.answered_at IS NULL AND m.lease_until IS NULL FROM message m
             WHERE m.verification_id = v.id ORDER BY m.submitted_at DESC, m.id DESC LIMIT 1)
       AND NOT EXISTS (SELECT 1 FROM message m WHERE m.verification_id = v.id AND m.delivered_at IS NOT NULL)
       AND (SELECT count(*) FROM message m WHERE m.verification_id = v.id AND m.step = v.step AND m.cause <> 'resend') < 2`,
  'a timer a minute late': `SELECT count(*)::int AS n FROM verification WHERE status = 'pending' AND expires_at > now() AND next_fallback_at < now() - interval '60 seconds'`,
  'a kept answer for a verification that was never made': `SELECT count(*)::int AS n FROM idempotency_key k WHERE operation = 'verifications.issue' AND status = 201
     AND NOT EXISTS (SELECT 1 FROM verification v WHERE v.id = substr(k.response->>'id', 5)::uuid)`,
};

type Reader = { query(sql: string): Promise<{ rows: { n: number }[] }> };

/** Every invariant and how often it is broken. */
export async function countViolations(database: Reader): Promise<{ name: string; n: number }[]> {
  const counted = [];
  for (const [name, sql] of Object.entries(INVARIANTS))
    counted.push({ name, n: (await database.query(sql)).rows[0]?.n ?? -1 });
  return counted;
}
