import { MESSAGE_RANK } from '@/lib/domain/message/states';
import { BUCKETS_PER_DOUBLING } from '@/lib/domain/stats/histogram';
import type { MessageMeasure, VerificationMeasure } from '@/lib/domain/stats/measures';
import { NIL_UUID } from '@/lib/ids';

// A receipt may be later than the code that it brought: SMS carriers date it when they hear of it. How long the person took is not known then.
const HAS_RESPONDED = `v.status = 'approved' AND COALESCE(v.approved_at >= x.arrived_at, false)`;

/**
 * Measures of a verification that are 0 or 1, in the order of their bits, and when they hold. `v` is the verification, `x` what
 * is known of its messages. Never change the place of one: tallies that were written hold it.
 */
const VERIFICATION_FLAGS = {
  created: 'true',
  approved: `v.status = 'approved'`,
  expired: `v.status = 'expired'`,
  locked: `v.status = 'locked'`,
  canceled: `v.status = 'canceled'`,
  undeliverable: `v.status = 'undeliverable'`,
  submitted: 'x.message_ids IS NOT NULL',
  accepted: 'COALESCE(x.is_accepted, false)',
  delivered: 'x.arrived_at IS NOT NULL',
  read: 'COALESCE(x.is_read, false)',
  checked: 'v.checks_used > 0 OR COALESCE(late.is_late, false)',
  late_checked: `v.status = 'expired' AND COALESCE(late.is_late, false)`,
  resent: 'v.resends_used > 0',
  started_whatsapp: `COALESCE(x.first_channel = 'whatsapp', false)`,
  fell_back: 'COALESCE(x.fell_back, false)',
  fell_back_failed: `COALESCE(x.fell_back, false) AND fallback.cause = 'failed'`,
  fell_back_timeout: `COALESCE(x.fell_back, false) AND fallback.cause IN ('timeout', 'lost')`,
  rescued: `COALESCE(x.fell_back, false) AND v.status = 'approved'`,
  duplicated: 'COALESCE(x.fell_back, false) AND COALESCE(x.is_duplicated, false)',
  responded: HAS_RESPONDED,
} as const satisfies Partial<Record<VerificationMeasure, string>>;

/** The same of a message, `m`. */
const MESSAGE_FLAGS = {
  accepted: 'm.provider_message_id IS NOT NULL',
  traced: `m.provider_message_id IS NOT NULL AND m.channel <> 'email'`,
  delivered: `m.state_rank >= ${MESSAGE_RANK.delivered}`,
  read: `m.state_rank >= ${MESSAGE_RANK.read}`,
  failed: `m.state = 'failed'`,
  unknown: `m.state_rank < ${MESSAGE_RANK.failed} AND (m.channel <> 'email' OR m.provider_message_id IS NULL)`,
  credited: 'm.is_credited',
  billed: 'm.charged_micros IS NOT NULL',
} as const satisfies Partial<Record<MessageMeasure, string>>;

const bits = (flags: Readonly<Record<string, string>>) =>
  Object.values(flags)
    .map((holds, bit) => `CASE WHEN ${holds} THEN ${2 ** bit} ELSE 0 END`)
    .join(' + ');

const bit = (flags: Readonly<Record<string, string>>, name: string, column: string): string =>
  `(${column} >> ${Object.keys(flags).indexOf(name)}) & 1`;

/** An interval as its bucket (lib/domain/stats/histogram.ts), float8 throughout: numeric logarithms halve the speed (decision 10). */
export const bucketOf = (interval: string) =>
  // GREATEST passes over nulls: what never arrived would have taken a millisecond.
  `CASE WHEN ${interval} IS NOT NULL THEN floor(${BUCKETS_PER_DOUBLING} * ln(GREATEST(EXTRACT(epoch FROM ${interval})::float8 * 1000, 1)) / ln(2::float8))::smallint END`;

/** A measure of a tally `s`, as SQL. */
export function verificationMeasure(name: VerificationMeasure): string {
  if (name in VERIFICATION_FLAGS) return bit(VERIFICATION_FLAGS, name, 's.flags');
  if (name === 'response_bucket_sum') return 'COALESCE(s.respond_bucket, 0)';
  if (name === 'all_sms_micros') return 'COALESCE(s.all_sms_micros, 0)';
  if (name === 'comparable_micros') return 'CASE WHEN s.all_sms_micros IS NOT NULL THEN s.cost_micros ELSE 0 END';
  return `s.${name}`;
}

/** A measure of one message in a tally, `s`, as SQL. */
export function messageMeasure(name: MessageMeasure): string {
  if (name === 'messages') return '1';
  if (name === 'cost_micros') return 's.cost';
  if (name === 'billed_micros') return 'COALESCE(s.billed, 0)';
  if (name === 'billed_estimate_micros') return 'CASE WHEN s.billed IS NOT NULL THEN s.estimate ELSE 0 END';
  return bit(MESSAGE_FLAGS, name, 's.flags');
}

/** Columns of `verification_tally` beyond its key. */
export const TALLY_COLUMNS = [
  'is_pending',
  'flags',
  'checks',
  'wrong_checks',
  'respond_bucket',
  'verify_bucket',
  'rescue_bucket',
  'cost_micros',
  'wasted_micros',
  'duplicate_micros',
  'all_sms_micros',
  'message_ids',
  'message_flags',
  'message_costs',
  'message_billed',
  'message_estimates',
  'deliver_buckets',
  'lag_buckets',
  'message_reasons',
] as const;

/** The moment inside a UUIDv7: when the verification was made, whoever reads it. */
export const cohortOf = (id: string) =>
  `to_timestamp(('x' || translate(left(${id}::text, 13), '-', ''))::bit(48)::bigint / 1000.0)`;

/** The connection of rows that have none, or that hold all connections. */
export const NO_CONNECTION = NIL_UUID;

const TALLY = `v.id AS verification_id, v.app_id, v.use_case, v.country::text AS country, v.locale, ${cohortOf('v.id')} AS cohort,
       COALESCE(x.first_channel, '') AS channel, COALESCE(x.first_connection, '${NO_CONNECTION}') AS connection_id,
       COALESCE(x.first_template, '') AS template,
       v.status = 'pending' AS is_pending, ${bits(VERIFICATION_FLAGS)} AS flags,
       v.checks_used::smallint AS checks, (v.checks_used - CASE WHEN v.status = 'approved' THEN 1 ELSE 0 END)::smallint AS wrong_checks,
       CASE WHEN ${HAS_RESPONDED} THEN ${bucketOf('(v.approved_at - x.arrived_at)')} END AS respond_bucket,
       CASE WHEN v.status = 'approved' THEN ${bucketOf('(v.approved_at - x.submitted_at)')} END AS verify_bucket,
       CASE WHEN v.status = 'approved' AND x.fell_back THEN ${bucketOf('(x.fell_back_at - x.submitted_at)')} END AS rescue_bucket,
       COALESCE(x.cost_micros, 0) AS cost_micros,
       CASE v.status WHEN 'pending' THEN 0 WHEN 'approved' THEN COALESCE(x.cost_elsewhere_micros, 0) ELSE COALESCE(x.cost_micros, 0) END AS wasted_micros,
       CASE WHEN x.fell_back THEN COALESCE(x.duplicate_micros, 0) ELSE 0 END AS duplicate_micros,
       sms.price_micros * (1 + v.resends_used) * COALESCE(x.sms_segments, sms.segments) AS all_sms_micros,
       x.message_ids, x.message_flags, x.message_costs, x.message_billed, x.message_estimates, x.deliver_buckets, x.lag_buckets, x.message_reasons,
       x.channels, x.connections, x.templates, x.locales`;

/** What arrived after the fallback that had given it up. One that was asked for again later is none. */
const IS_DUPLICATE = `m.channel = 'whatsapp' AND m.submitted_at < m.went_out_at AND m.arrived_at > m.went_out_at`;

/** What is known of the messages of one verification, `m`: from the rows of WINDOWED. */
const OF_MESSAGES = `array_agg(m.id ORDER BY m.n) AS message_ids, array_agg(m.channel ORDER BY m.n) AS channels, array_agg(m.connection_id ORDER BY m.n) AS connections,
           array_agg(m.template ORDER BY m.n) AS templates, array_agg(m.locale ORDER BY m.n) AS locales,
           array_agg((${bits(MESSAGE_FLAGS)})::smallint ORDER BY m.n) AS message_flags, array_agg(m.cost_micros ORDER BY m.n) AS message_costs,
           array_agg(m.charged_micros ORDER BY m.n) AS message_billed, array_agg(m.price_micros * m.segments ORDER BY m.n) AS message_estimates,
           array_agg(${bucketOf('(m.arrived_at - m.submitted_at)')} ORDER BY m.n) AS deliver_buckets, array_agg(${bucketOf('m.lag')} ORDER BY m.n) AS lag_buckets,
           array_agg(CASE WHEN m.state = 'failed' THEN COALESCE(m.reason, 'unrecognised') ELSE '' END ORDER BY m.n) AS message_reasons,
           min(m.channel) FILTER (WHERE m.n = 1) AS first_channel, (array_agg(m.connection_id) FILTER (WHERE m.n = 1))[1] AS first_connection,
           min(m.template) FILTER (WHERE m.n = 1) AS first_template,
           min(m.submitted_at) AS submitted_at, min(m.arrived_at) AS arrived_at, bool_or(m.provider_message_id IS NOT NULL) AS is_accepted,
           max(m.segments) FILTER (WHERE m.channel = 'sms' AND m.provider_message_id IS NOT NULL)::int AS sms_segments,
           bool_or(m.state_rank >= ${MESSAGE_RANK.read}) AS is_read, sum(m.cost_micros)::bigint AS cost_micros,
           (sum(m.cost_micros) FILTER (WHERE m.channel <> m.credited_channel))::bigint AS cost_elsewhere_micros,
           bool_or(m.fell_back_at IS NOT NULL AND m.started_on = 'whatsapp') AS fell_back, min(m.fell_back_at) AS fell_back_at,
           bool_or(${IS_DUPLICATE}) AS is_duplicated, (sum(m.cost_micros) FILTER (WHERE ${IS_DUPLICATE}))::bigint AS duplicate_micros`;

const IS_FALLBACK = `m.cause = 'fallback' AND m.channel <> 'whatsapp'`;

/** Each message `m` with its place among those of its verification `v`. A fallback that no provider took has not gone out. */
const windowed = (messages: string) => `
SELECT m.*, row_number() OVER by_submission AS n, first_value(m.channel) OVER by_submission AS started_on,
       min(m.submitted_at) FILTER (WHERE ${IS_FALLBACK}) OVER (PARTITION BY m.verification_id) AS fell_back_at,
       min(m.submitted_at) FILTER (WHERE ${IS_FALLBACK} AND m.provider_message_id IS NOT NULL) OVER (PARTITION BY m.verification_id) AS went_out_at,
       first_value(m.channel) OVER by_credit AS credited_channel, v.status = 'approved' AND first_value(m.id) OVER by_credit = m.id AS is_credited
  FROM (${messages}) m JOIN chosen v ON v.id = m.verification_id
WINDOW by_submission AS (PARTITION BY m.verification_id ORDER BY m.submitted_at, m.id),
       by_credit AS (PARTITION BY m.verification_id ORDER BY (m.id = v.credited_message_id) IS NOT TRUE, m.arrived_at NULLS LAST, m.submitted_at DESC, m.id)`;

const OF_RECEIPTS = `max(r.charged_micros) AS charged_micros,
       min(r.received_at) FILTER (WHERE r.status IN ('delivered', 'read')) - min(r.at) FILTER (WHERE r.status IN ('delivered', 'read')) AS lag`;

const LATE = `SELECT true AS is_late FROM check_attempt a WHERE a.outcome = 'expired'`;
const FALLBACK = `e.detail->>'cause' AS cause FROM verification_event e WHERE e.kind = 'fallback' AND e.detail->>'channel' <> 'whatsapp'`;
// An SMS that was taken tells its parts; where none was sent, those of the text on the route.
const SMS_PRICE = `(s.step->>'priceMicros')::bigint AS price_micros, COALESCE((s.step->>'segments')::int, 1) AS segments FROM plan p, jsonb_array_elements(p.body->'steps') AS s(step) WHERE s.step->>'channel' = 'sms'`;

/**
 * What the base tables say of verifications, one row each: what they are cut by, and their tally as it should be. `bounds` says which, comparing
 * an id of a verification with what the statement was given. The credited message is the one whose own code was entered, else the first that
 * arrived, else the newest: with one code for all messages nobody can tell which was read.
 *
 * Joined as whole sets: one by one takes three times as long, most of it to set up and sort the one message that most have.
 */
export const tallyOf = (bounds: (id: string) => string) => `
WITH chosen AS MATERIALIZED (
  SELECT v.id, v.app_id, v.use_case, v.country, v.locale, v.status, v.approved_at, v.checks_used, v.resends_used, v.credited_message_id, v.plan_id
    FROM verification v WHERE ${bounds('v.id')} AND v.livemode
)
SELECT ${TALLY}
  FROM chosen v
  LEFT JOIN (${LATE.replace('SELECT ', 'SELECT DISTINCT a.verification_id, ')} AND ${bounds('a.verification_id')}) late ON late.verification_id = v.id
  LEFT JOIN (SELECT DISTINCT ON (e.verification_id) e.verification_id, ${FALLBACK} AND ${bounds('e.verification_id')} ORDER BY e.verification_id, e.at, e.id) fallback
    ON fallback.verification_id = v.id
  LEFT JOIN (SELECT d.plan_id, p.price_micros, p.segments FROM (SELECT DISTINCT plan_id FROM chosen) d CROSS JOIN LATERAL (SELECT ${SMS_PRICE} AND p.id = d.plan_id LIMIT 1) p) sms
    ON sms.plan_id = v.plan_id
  LEFT JOIN (
    SELECT m.verification_id, ${OF_MESSAGES}
      FROM (${windowed(`
        SELECT m.*, LEAST(m.delivered_at, m.read_at) AS arrived_at, f.charged_micros, f.lag
          FROM message m CROSS JOIN LATERAL (SELECT ${OF_RECEIPTS} FROM receipt r WHERE r.message_id = m.id) f
         WHERE ${bounds('m.verification_id')}`)}) m
     GROUP BY m.verification_id) x ON x.verification_id = v.id`;
