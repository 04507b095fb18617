/**
 * A day of traffic as SQL. Every draw is a hash of the verification's number, so that the same options make the same rows in
 * whichever order the days are written. Times are milliseconds since 1970 until they reach their table; `$NOW` is the moment
 * after which nothing has happened yet.
 *
 * `OFFSET 0` keeps the planner from pulling a sub-select up: each of its expressions would be evaluated again wherever it is
 * named.
 */

/** Helpers in a schema that is dropped after the load. */
export const HELPERS = `
CREATE SCHEMA bench_load;
CREATE FUNCTION bench_load.u(n bigint, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ((hashint8extended(n, salt::bigint) & 4294967295)::float8 + 0.5) / 4294967296;
-- lib/ids.ts: 48 bits of milliseconds, version 7, then bits of chance.
CREATE FUNCTION bench_load.uuid7(ms bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (lpad(to_hex(ms), 12, '0') || to_hex((hashint8extended(n, 9001) & 4095) | 28672) || to_hex((hashint8extended(n, 9002) & 16383) | 32768)
          || lpad(to_hex(hashint8extended(n, 9003) & 281474976710655), 12, '0'))::uuid;
CREATE FUNCTION bench_load.at(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN to_timestamp(ms / 1000.0::float8);
CREATE TABLE bench_load.slot (day int, start_ms bigint, length_ms bigint, country text, first bigint, n int, whatsapp_silent float8, sms_failed float8, slow float8);
CREATE TABLE bench_load.place (country text, bounds float8[], chooses float8);
CREATE TABLE bench_load.app (rank int, id uuid, use_cases float8[]);
CREATE TABLE bench_load.use_case (rank int, name text);
CREATE TABLE bench_load.plan (id int, country text, use_case text, variant int, plan_id uuid, locale text, chosen text, falls_back boolean, fallback_ms bigint,
  lifetime_ms bigint, cooldown_ms bigint, checks_max int, steps int, channel text[], provider text[], connection uuid[], template text[], locales text[],
  price bigint[], rule text[], refused float8[], failed float8[], silent float8[], typical_ms float8[], spread float8[]);`;

const u = (n: string, salt: number) => `bench_load.u(${n}, ${salt})`;
const at = (ms: string) => `bench_load.at(${ms})`;
/** Log-logistic: half are faster than the median, the slowest hundredth many times slower, and it takes one draw. */
const spreadOut = (median: string, draw: string, spread: string) =>
  `(${median} * power(${draw} / (1 - ${draw}), ${spread}))::bigint`;

/** Which message of a verification: its number in the draws and ids. 0 the first, 1 the fallback, 2 to 4 resends, 7 the verification. */
const key = (n: string, k: string) => `(${n} * 8 + ${k})`;

/**
 * What became of one message, as the lateral row `name`; \`p\` is its plan, \`l\` what is going on where it is sent. Nothing when it
 * was not sent. Kinds: 0 refused, 1 never answered, 2 failed later, 3 silent, 4 delivered, 5 accepted by mail, which says no more.
 */
function carried(name: string, k: { draws: string; step: string; sentMs: string }): string {
  const of = (list: string) => `p.${list}[${k.step} + 1]`;
  const [drawn, went] = [`${name}_drawn`, `${name}_went`];
  return `
CROSS JOIN LATERAL (SELECT ${u(k.draws, 101)} AS luck, ${u(k.draws, 102)} AS pace, ${u(k.draws, 103)} AS side, ${of('channel')} AS channel, ${of('refused')} AS refused,
    ${of('failed')} + CASE ${of('channel')} WHEN 'sms' THEN l.sms_failed ELSE 0 END AS failed,
    ${of('silent')} + CASE ${of('channel')} WHEN 'whatsapp' THEN l.whatsapp_silent ELSE 0 END AS silent,
    ${of('typical_ms')} * l.slow AS typical_ms, ${of('spread')} AS spread, ${k.sentMs} AS ms OFFSET 0) ${drawn}
CROSS JOIN LATERAL (SELECT CASE WHEN ${drawn}.ms IS NULL THEN NULL
      WHEN ${drawn}.luck < ${drawn}.refused THEN 0 WHEN ${drawn}.luck < ${drawn}.refused + 0.002 THEN 1 WHEN ${drawn}.channel = 'email' THEN 5
      WHEN ${drawn}.luck < ${drawn}.refused + 0.002 + ${drawn}.failed THEN 2
      WHEN ${drawn}.luck < ${drawn}.refused + 0.002 + ${drawn}.failed + ${drawn}.silent THEN 3 ELSE 4 END AS kind,
    ${drawn}.ms + 70 + (400 * ${drawn}.side)::bigint AS answered_ms,
    ${drawn}.ms + 500 + LEAST(600000, ${spreadOut(`${drawn}.typical_ms`, `${drawn}.pace`, `${drawn}.spread`)}) AS arrival_ms OFFSET 0) ${went}
CROSS JOIN LATERAL (SELECT ${drawn}.channel, ${went}.kind, ${went}.answered_ms, ${drawn}.side,
    CASE WHEN ${went}.kind = 4 THEN ${went}.arrival_ms END AS delivered_ms,
    CASE ${went}.kind WHEN 0 THEN ${went}.answered_ms WHEN 2 THEN ${went}.arrival_ms END AS failed_ms,
    -- News of a delivery take their time.
    (300 + 900 * power(${drawn}.side / (1 - ${drawn}.side), 0.4))::bigint AS lag_ms,
    CASE WHEN ${went}.kind IN (4, 5) OR ${went}.kind = 3 AND ${drawn}.side < 0.5 THEN ${went}.arrival_ms END AS phone_ms OFFSET 0) ${name}`;
}

/** One row per verification: what happened to it, in the order of time. */
export const LIFE = `
CREATE TEMP TABLE life AS
SELECT l.n, l.at, l.country, p.id AS plan, a.id AS app_id, p.use_case, d.is_live, l.whatsapp_silent, l.sms_failed, l.slow,
       f.ms AS fallback_ms, f.cause AS fallback_cause, e.resends, d.gap_ms, e.status, e.ended_ms, e.finish_ms, e.checks, e.wrong, e.is_late,
       l.at + p.lifetime_ms AS expires_ms
  FROM (SELECT s.country, s.whatsapp_silent, s.sms_failed, s.slow, s.first + i AS n, s.start_ms + floor(${u('s.first + i', 1)} * s.length_ms)::bigint AS at
          FROM bench_load.slot s CROSS JOIN LATERAL generate_series(0, s.n - 1) i WHERE s.day = $DAY OFFSET 0) l
  JOIN bench_load.place c ON c.country = l.country
  JOIN bench_load.app a ON a.rank = width_bucket(${u('l.n', 2)}, c.bounds)
  JOIN bench_load.use_case y ON y.rank = width_bucket(${u('l.n', 3)}, a.use_cases)
 CROSS JOIN LATERAL (SELECT ${u('l.n', 6)} < 0.996 AS is_live, ${u('l.n', 7)} AS tries, ${u('l.n', 8)} AS haste, ${u('l.n', 9)} AS ends, ${u('l.n', 10)} AS asks,
    ${u('l.n', 11)} AS slips, ${u('l.n', 12)} AS late, ${u('l.n', 13)} AS worker,
    CASE WHEN ${u('l.n', 4)} < c.chooses THEN CASE WHEN ${u('l.n', 5)} < 0.12 THEN 5 WHEN ${u('l.n', 5)} < 0.55 THEN 4 ELSE 3 END
         WHEN ${u('l.n', 5)} < 0.6 THEN 0 WHEN ${u('l.n', 5)} < 0.85 THEN 1 ELSE 2 END AS variant,
    (62000 + 14000 * ${u('l.n', 14)})::bigint AS gap_ms OFFSET 0) d
  JOIN bench_load.plan p ON p.country = l.country AND p.use_case = y.name AND p.variant = d.variant
 ${carried('m0', { draws: key('l.n', '0'), step: '0', sentMs: 'CASE WHEN d.is_live THEN l.at END' })}
 -- Whoever has the code already ends before the timer does, and before a worker has looked: at most 256 ms later.
 CROSS JOIN LATERAL (SELECT ${spreadOut('11000', 'd.haste', '0.5')} + 2500 AS think_ms OFFSET 0) t
 CROSS JOIN LATERAL (SELECT CASE WHEN p.steps < 2 OR NOT d.is_live THEN NULL
      WHEN p.falls_back AND m0.failed_ms IS NOT NULL AND (p.fallback_ms = 0 OR m0.failed_ms + CASE m0.kind WHEN 2 THEN m0.lag_ms ELSE 0 END < l.at + p.fallback_ms)
        THEN m0.failed_ms + CASE m0.kind WHEN 2 THEN m0.lag_ms ELSE 0 END + 8 + (40 * d.worker)::bigint
      WHEN p.fallback_ms > 0 AND (m0.delivered_ms IS NULL OR m0.delivered_ms + m0.lag_ms > l.at + p.fallback_ms) AND m0.kind <> 5
       AND (m0.phone_ms IS NULL OR d.tries > 0.93 OR m0.phone_ms + t.think_ms > l.at + p.fallback_ms + 256) THEN l.at + p.fallback_ms + 6 + (250 * d.worker)::bigint
      END AS due_ms OFFSET 0) w
 CROSS JOIN LATERAL (SELECT CASE WHEN w.due_ms < LEAST(l.at + p.lifetime_ms, $NOW) THEN w.due_ms END AS ms,
      CASE WHEN w.due_ms < l.at + p.fallback_ms OR p.fallback_ms = 0 THEN 'failed' ELSE 'timeout' END AS cause OFFSET 0) f
 ${carried('m1', { draws: key('l.n', '1'), step: '1', sentMs: 'f.ms' })}
 CROSS JOIN LATERAL (SELECT m0.kind IN (0, 2) AND (p.steps < 2 OR m1.kind IN (0, 2)) AS is_undeliverable,
      CASE WHEN NOT d.is_live OR d.ends > 0.982 OR m0.kind IN (0, 2) AND (p.steps < 2 OR m1.kind IN (0, 2)) THEN 0
           WHEN d.asks < 0.44 THEN 0 WHEN d.asks < 0.72 THEN 1 WHEN d.asks < 0.89 THEN 2 ELSE 3 END AS resends OFFSET 0) g
 ${carried('m2', {
   draws: '(l.n * 8 + 1 + g.resends)',
   step: 'CASE WHEN f.ms IS NULL THEN 0 ELSE 1 END',
   sentMs: 'CASE WHEN g.resends > 0 THEN l.at + g.resends * d.gap_ms END',
 })}
 CROSS JOIN LATERAL (SELECT CASE WHEN NOT d.is_live THEN l.at ELSE GREATEST(LEAST(m0.phone_ms, m1.phone_ms, m2.phone_ms), l.at + g.resends * d.gap_ms + 1500) END AS ready_ms,
      CASE WHEN d.slips < 0.02 THEN 2 WHEN d.slips < 0.08 THEN 1 ELSE 0 END AS wrong,
      COALESCE(LEAST(m0.phone_ms, m1.phone_ms, m2.phone_ms), CASE WHEN d.is_live THEN NULL ELSE l.at END) IS NOT NULL AND d.tries < 0.93 AND d.ends < 0.982 AS guesses OFFSET 0) h
 CROSS JOIN LATERAL (SELECT CASE WHEN h.guesses THEN h.ready_ms + t.think_ms + 4000 * CASE WHEN d.ends < 0.006 THEN p.checks_max - 1 ELSE h.wrong END
        -- Some come back for a code that is over.
        + CASE WHEN d.late > 0.99 THEN p.lifetime_ms ELSE 0 END END AS finish_ms OFFSET 0) i
 CROSS JOIN LATERAL (SELECT CASE WHEN d.ends > 0.982 THEN 'canceled' WHEN g.is_undeliverable AND i.finish_ms IS NULL THEN 'undeliverable'
      WHEN i.finish_ms < l.at + p.lifetime_ms THEN CASE WHEN d.ends < 0.006 THEN 'locked' ELSE 'approved' END ELSE 'expired' END AS status OFFSET 0) j
 CROSS JOIN LATERAL (SELECT CASE j.status WHEN 'canceled' THEN l.at + 30500 + (p.lifetime_ms * 0.4 * d.late)::bigint
        WHEN 'undeliverable' THEN GREATEST(m0.failed_ms + m0.lag_ms, m1.failed_ms + m1.lag_ms) + 60
        WHEN 'expired' THEN l.at + p.lifetime_ms ELSE i.finish_ms END AS ended_ms OFFSET 0) k
 CROSS JOIN LATERAL (SELECT CASE WHEN k.ended_ms > $NOW THEN 'pending' ELSE j.status END AS status, CASE WHEN k.ended_ms <= $NOW THEN k.ended_ms END AS ended_ms,
      g.resends, i.finish_ms, CASE WHEN j.status IN ('approved', 'locked') AND k.ended_ms <= $NOW THEN CASE j.status WHEN 'locked' THEN p.checks_max ELSE h.wrong + 1 END ELSE 0 END AS checks,
      h.wrong, j.status = 'expired' AND i.finish_ms < LEAST(l.at + p.lifetime_ms + 1800000, $NOW) AS is_late OFFSET 0) e
 ORDER BY l.at`;

export const INSERT_VERIFICATIONS = `
INSERT INTO verification (id, app_id, livemode, use_case, country, to_blind, prefix_blind, to_sealed, to_masked, status, end_reason, channel, locale, code_macs,
  is_checkable, checks_used, checks_max, resends_used, plan_id, falls_back_on_failed, step, created_at, expires_at, resend_after, ended_at, approved_at,
  reference, metadata, client, request_id)
SELECT bench_load.uuid7(l.at, ${key('l.n', '7')}), l.app_id, l.is_live, l.use_case, l.country, b.blind, sha256(int8send(b.person / 10000)),
       CASE WHEN l.at > $NOW - 2592000000 THEN b.blind || substr(b.blind, 1, 12) ELSE '' END, '+' || (10 + b.person % 80) || ' ••• ' || lpad((b.person % 100)::text, 2, '0'),
       l.status, CASE l.status WHEN 'expired' THEN 'lifetime_over' WHEN 'locked' THEN 'checks_spent' WHEN 'undeliverable' THEN 'all_channels_failed'
         WHEN 'canceled' THEN CASE WHEN l.n % 2 = 0 THEN 'by_request' ELSE 'superseded' END END,
       p.chosen, p.locale, CASE WHEN l.status = 'pending' THEN ARRAY[b.blind] ELSE '{}' END, l.status = 'pending' OR l.status = 'undeliverable' AND l.expires_ms > $NOW,
       l.checks, p.checks_max, s.sent, p.plan_id, p.falls_back, CASE WHEN l.fallback_ms IS NULL THEN 0 ELSE 1 END, ${at('l.at')}, ${at('l.expires_ms')},
       ${at('l.at + s.sent * l.gap_ms + p.cooldown_ms')}, ${at('l.ended_ms')}, CASE WHEN l.status = 'approved' THEN ${at('l.ended_ms')} END,
       CASE WHEN l.n % 3 = 0 THEN 'user-' || b.person END, CASE WHEN l.n % 4 = 0 THEN jsonb_build_object('flow', 'v' || l.n % 7) END,
       CASE WHEN l.n % 3 = 1 THEN jsonb_build_object('ip', '10.' || l.n % 200 || '.' || l.n % 251 || '.7') END, 'req_' || to_hex(hashint8extended(l.n, 41) & 9223372036854775807)
  FROM life l JOIN bench_load.plan p ON p.id = l.plan
 CROSS JOIN LATERAL (SELECT LEAST(l.resends, CASE WHEN COALESCE(l.ended_ms, $NOW) > l.at THEN ((COALESCE(l.ended_ms, $NOW) - l.at - 1) / l.gap_ms)::int ELSE 0 END) AS sent OFFSET 0) s
 -- People come back, a tenth of them often; whoever is live now is alone, as a unique index asks.
 CROSS JOIN LATERAL (SELECT v.person, sha256(int8send(v.person)) AS blind FROM (SELECT CASE WHEN l.expires_ms > $NOW THEN 1000000000 + l.n
     WHEN l.n % 10 = 0 THEN hashint8extended(l.n, 31) & 16383 ELSE hashint8extended(l.n, 32) & 4194303 END AS person OFFSET 0) v OFFSET 0) b
 ORDER BY l.at`;

/** Messages of the day in the order of their submission, kept beside for the receipts. */
export const SENT = `
CREATE TEMP TABLE sent AS
SELECT s.n, s.k, s.step, s.ms, bench_load.uuid7(s.ms, s.n * 8 + s.k) AS id, l.app_id, l.at, l.country, l.plan, l.slow, l.sms_failed, l.whatsapp_silent
  FROM life l
 CROSS JOIN LATERAL (
    SELECT l.n, 0 AS k, 0 AS step, l.at AS ms
    UNION ALL SELECT l.n, 1, 1, l.fallback_ms WHERE l.fallback_ms IS NOT NULL
    UNION ALL SELECT l.n, 1 + r, CASE WHEN l.fallback_ms < l.at + r * l.gap_ms THEN 1 ELSE 0 END, l.at + r * l.gap_ms
      FROM generate_series(1, l.resends) r WHERE l.at + r * l.gap_ms < COALESCE(l.ended_ms, $NOW)) s
 WHERE l.is_live
 ORDER BY s.ms`;

const pick = (reasons: string, draw: string) =>
  `(string_to_array('${reasons}', ' '))[1 + floor(${draw} * ${reasons.split(' ').length})::int]`;
const WHATSAPP_REFUSED =
  'not_on_channel not_on_channel not_on_channel not_on_channel not_on_channel not_on_channel template_unavailable throttled provider_down pair_rate_limited';
const SMS_REFUSED =
  'invalid_number invalid_number invalid_number country_not_allowed throttled provider_down account_restricted request_rejected';
const WHATSAPP_FAILED =
  'unreachable unreachable expired_in_transit expired_in_transit blocked_by_recipient provider_refused not_on_channel unrecognised';
const SMS_FAILED =
  'carrier_filtered carrier_filtered carrier_filtered unreachable unreachable unreachable expired_in_transit unrecognised';

/** What became of each message: all that its row says, and what its receipts will. */
export const CARRIED = `
CREATE TEMP TABLE carried AS
SELECT l.*, m.*, p.connection[l.step + 1] AS connection_id, p.provider[l.step + 1] AS provider, p.template[l.step + 1] AS template, p.locales[l.step + 1] AS locale,
       p.price[l.step + 1] AS price, p.rule[l.step + 1] AS rule, r.read_ms, t.rank,
       CASE WHEN m.channel = 'sms' AND p.locales[l.step + 1] IN ('hi', 'ar', 'ru', 'th', 'el', 'he', 'bn', 'uk') THEN 2 ELSE 1 END AS segments,
       CASE WHEN m.kind NOT IN (0, 1) AND t.rank > 1 THEN CASE m.channel WHEN 'whatsapp' THEN 'wamid.HBgM' ELSE 'SM' END || replace(l.id::text, '-', '') END AS provider_message_id,
       CASE WHEN t.rank <> 5 THEN NULL
            WHEN m.kind = 0 THEN CASE m.channel WHEN 'whatsapp' THEN ${pick(WHATSAPP_REFUSED, 'm.side')} ELSE ${pick(SMS_REFUSED, 'm.side')} END
            ELSE CASE m.channel WHEN 'whatsapp' THEN ${pick(WHATSAPP_FAILED, 'm.side')} ELSE ${pick(SMS_FAILED, 'm.side')} END END AS reason
  FROM sent l JOIN bench_load.plan p ON p.id = l.plan
 ${carried('m', { draws: key('l.n', 'l.k'), step: 'l.step', sentMs: 'l.ms' })}
 CROSS JOIN LATERAL (SELECT CASE WHEN m.channel = 'whatsapp' AND ${u('l.n * 8 + l.k', 104)} < 0.62 THEN m.delivered_ms + 400 + (9000 * ${u('l.n * 8 + l.k', 105)})::bigint END AS read_ms OFFSET 0) r
 CROSS JOIN LATERAL (SELECT CASE WHEN m.answered_ms > $NOW THEN 1 WHEN m.kind = 0 THEN 5 WHEN m.kind = 1 THEN 2 WHEN m.kind = 5 THEN 3
      WHEN m.kind = 3 THEN CASE WHEN m.side < 0.7 THEN 4 ELSE 3 END
      WHEN m.kind = 2 THEN CASE WHEN m.failed_ms + m.lag_ms > $NOW THEN 3 ELSE 5 END
      WHEN m.delivered_ms + m.lag_ms > $NOW THEN 4 WHEN r.read_ms + m.lag_ms <= $NOW THEN 7 ELSE 6 END AS rank OFFSET 0) t`;

export const INSERT_MESSAGES = `
INSERT INTO message (id, verification_id, app_id, livemode, country, step, cause, channel, provider, connection_id, template, locale, state, state_rank, reason,
  provider_code, provider_message_id, submitted_at, answered_at, sent_at, delivered_at, read_at, failed_at, segments, price_micros, price_rule, cost_micros)
SELECT c.id, bench_load.uuid7(c.at, ${key('c.n', '7')}), c.app_id, true, c.country, c.step, CASE c.k WHEN 0 THEN 'issue' WHEN 1 THEN 'fallback' ELSE 'resend' END,
       c.channel, c.provider, c.connection_id, c.template, c.locale, (ARRAY['submitted', 'unknown', 'accepted', 'sent', 'failed', 'delivered', 'read'])[c.rank], c.rank, c.reason,
       CASE WHEN c.rank = 5 THEN (130000 + floor(c.side * 60)::int)::text END, c.provider_message_id,
       ${at('c.ms')}, CASE WHEN c.rank > 1 THEN ${at('c.answered_ms')} END, CASE WHEN c.rank IN (4, 6, 7) THEN ${at('c.answered_ms + 40')} END,
       CASE WHEN c.rank >= 6 THEN ${at('c.delivered_ms')} END, CASE WHEN c.rank = 7 THEN ${at('c.read_ms')} END, CASE WHEN c.rank = 5 THEN ${at('c.failed_ms')} END,
       c.segments, c.price, c.rule, CASE WHEN CASE c.rule WHEN 'delivered' THEN c.rank >= 6 ELSE c.provider_message_id IS NOT NULL END THEN c.price * c.segments ELSE 0 END
  FROM carried c ORDER BY c.ms`;

/** A share of the verifications keeps what their providers said: $RECEIPTS of a hundred. */
export const INSERT_RECEIPTS = `
INSERT INTO receipt (connection_id, provider_message_id, status, message_id, at, received_at, decision, reason, charged_micros, callback_id)
SELECT c.connection_id, c.provider_message_id, r.status, c.id, ${at('r.ms')}, ${at('r.ms + c.lag_ms')}, 'moved', CASE r.status WHEN 'failed' THEN c.reason END,
       CASE WHEN r.status <> 'sent' AND c.provider = 'twilio' AND c.n % 4 = 0 THEN (c.price * c.segments * 0.98)::bigint END, c.id
  FROM carried c
 CROSS JOIN LATERAL (VALUES ('sent', CASE WHEN c.rank IN (4, 6, 7) THEN c.answered_ms + 40 END), ('delivered', CASE WHEN c.rank >= 6 THEN c.delivered_ms END),
    ('read', CASE WHEN c.rank = 7 THEN c.read_ms END), ('failed', CASE WHEN c.rank = 5 AND c.kind = 2 THEN c.failed_ms END)) r(status, ms)
 WHERE r.ms IS NOT NULL AND c.provider_message_id IS NOT NULL AND c.n % 100 < $RECEIPTS
 ORDER BY r.ms`;

export const INSERT_EVENTS = `
INSERT INTO verification_event (id, verification_id, at, kind, detail)
SELECT bench_load.uuid7(e.ms, l.n * 8 + e.k + 1000000000000), bench_load.uuid7(l.at, ${key('l.n', '7')}), ${at('e.ms')}, e.kind, e.detail
  FROM life l JOIN bench_load.plan p ON p.id = l.plan
 CROSS JOIN LATERAL (
    SELECT 1 AS k, l.fallback_ms AS ms, 'fallback' AS kind, jsonb_build_object('cause', l.fallback_cause, 'step', 1, 'channel', p.channel[2], 'message_id', bench_load.uuid7(l.fallback_ms, l.n * 8 + 1)) AS detail
     WHERE l.fallback_ms IS NOT NULL
    UNION ALL SELECT 1 + r, l.at + r * l.gap_ms, 'resend', jsonb_build_object('step', CASE WHEN l.fallback_ms IS NULL THEN 0 ELSE 1 END, 'channel', p.channel[1 + CASE WHEN l.fallback_ms IS NULL THEN 0 ELSE 1 END], 'number', r)
      FROM generate_series(1, l.resends) r WHERE l.at + r * l.gap_ms < COALESCE(l.ended_ms, $NOW)
    UNION ALL SELECT 6, l.ended_ms, 'undeliverable', '{}' WHERE l.status = 'undeliverable') e
 WHERE l.is_live`;

export const INSERT_CHECKS = `
INSERT INTO check_attempt (id, verification_id, at, outcome, number)
SELECT bench_load.uuid7(a.ms, l.n * 8 + a.number + 2000000000000), bench_load.uuid7(l.at, ${key('l.n', '7')}), ${at('a.ms')}, a.outcome, CASE WHEN a.outcome <> 'expired' THEN a.number END
  FROM life l
 CROSS JOIN LATERAL (
    SELECT g AS number, l.finish_ms - 4000 * (l.checks - g) AS ms, CASE WHEN g = l.checks THEN l.status ELSE 'mismatch' END AS outcome FROM generate_series(1, l.checks) g
    UNION ALL SELECT 7, l.finish_ms, 'expired' WHERE l.is_late) a`;

export const CLEAN = 'DROP TABLE life, sent, carried';
