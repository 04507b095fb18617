import type { Duration, MessageBase, MessageMeasure, VerificationMeasure } from '@/lib/domain/stats/measures';

/** `percentile`: from a histogram; the others are sums or quotients of sums. */
type Formula =
  /** Requests that were refused, of which no verification exists. */
  | { subject: 'request'; kind: 'count' | 'rate' }
  | { subject: 'verification'; kind: 'count'; measure: VerificationMeasure }
  | { subject: 'message'; kind: 'count'; measure: MessageMeasure }
  /** `known`: of what only some verifications or messages have; where all these sums are 0 none had it. */
  | {
      subject: 'verification';
      kind: 'money';
      measure: VerificationMeasure;
      minus?: VerificationMeasure;
      known?: readonly VerificationMeasure[];
    }
  | { subject: 'message'; kind: 'money'; measure: MessageMeasure; known?: readonly MessageMeasure[] }
  | { subject: 'verification'; kind: 'rate' | 'money_each'; hits: VerificationMeasure; of: VerificationMeasure }
  | { subject: 'message'; kind: 'rate' | 'money_each'; hits: MessageMeasure; of: MessageMeasure | MessageBase }
  /** The geometric mean, out of the sum of buckets: where percentiles by cell would cost a histogram each. */
  | { subject: 'verification'; kind: 'typical'; sum: VerificationMeasure; of: VerificationMeasure }
  | { subject: 'verification' | 'message'; kind: 'percentile'; duration: Duration; percentile: 50 | 90 | 95 | 99 };

export type MetricUnit = 'count' | 'share' | 'micros' | 'ms';
export type Metric = Formula & {
  label: string;
  /** What it says, in a sentence for the person who looks at it. */
  definition: string;
  /** Which way is good; null: neither. */
  better: 'up' | 'down' | null;
};

const percentiles = <Name extends string>(
  subject: 'verification' | 'message',
  duration: Duration,
  name: Name,
  label: string,
  definition: string,
) =>
  Object.fromEntries(
    ([50, 90, 95, 99] as const).map((percentile) => [
      `${name}_p${percentile}_ms`,
      {
        subject,
        kind: 'percentile',
        duration,
        percentile,
        label: `${label} p${percentile}`,
        definition: `${definition} ${percentile} of 100 were at most this long.`,
        better: 'down',
      } satisfies Metric,
    ]),
  ) as Record<`${Name}_p${50 | 90 | 95 | 99}_ms`, Metric>;

const TO_DELIVER =
  'From handing a message to its provider to the first delivered or read receipt, by the provider’s clock.';
const TO_RESPOND =
  'From the first delivery to the approval: how long the person took. Codes that were entered before the receipt came are left out.';
const TO_VERIFY = 'From the first submission to the approval: the whole wait.';
const LAG = 'From the provider’s time of a delivery to the arrival of its receipt here.';
const TO_RESCUE = 'From the first submission to the fallback, of verifications that the fallback ended well.';

/** Of verifications whose SMS price is known there is no count. One without any money, on either side, is as good as none. */
const COMPARABLE = ['all_sms_micros', 'comparable_micros'] as const;

/**
 * Every figure of the product, with its definition. Rates are of ended verifications and their messages:
 * those still pending are counted apart. Counts and money include the pending ones.
 */
export const METRICS = {
  created: {
    subject: 'verification',
    kind: 'count',
    measure: 'created',
    label: 'Verifications',
    definition: 'Live verifications created in the range. Test traffic is left out everywhere.',
    better: null,
  },
  verified: {
    subject: 'verification',
    kind: 'count',
    measure: 'approved',
    label: 'Verified',
    definition: 'Verifications approved by a right code.',
    better: 'up',
  },
  accepted_verifications: {
    subject: 'verification',
    kind: 'count',
    measure: 'accepted',
    label: 'Accepted',
    definition: 'Verifications with at least one message that a provider accepted.',
    better: 'up',
  },
  delivered_verifications: {
    subject: 'verification',
    kind: 'count',
    measure: 'delivered',
    label: 'Delivered',
    definition: 'Verifications with at least one message delivered or read.',
    better: 'up',
  },
  read_verifications: {
    subject: 'verification',
    kind: 'count',
    measure: 'read',
    label: 'Read',
    definition: 'Verifications with at least one message read. People may switch read receipts off; SMS has none.',
    better: 'up',
  },
  checked_verifications: {
    subject: 'verification',
    kind: 'count',
    measure: 'checked',
    label: 'Checked',
    definition: 'Verifications with at least one code entered, right or wrong.',
    better: 'up',
  },
  fallbacks: {
    subject: 'verification',
    kind: 'count',
    measure: 'fell_back',
    label: 'Fallbacks',
    definition: 'Verifications that started on WhatsApp and were then sent over another channel by the route.',
    better: null,
  },
  rescues: {
    subject: 'verification',
    kind: 'count',
    measure: 'rescued',
    label: 'Rescued',
    definition: 'Verifications that fell back and were approved.',
    better: 'up',
  },
  conversion: {
    subject: 'verification',
    kind: 'rate',
    hits: 'approved',
    of: 'created',
    label: 'Conversion',
    definition: 'Verified ÷ created, of verifications that have ended.',
    better: 'up',
  },
  delivery_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'delivered',
    of: 'submitted',
    label: 'Delivery rate',
    definition: 'Verifications with at least one message delivered or read ÷ with at least one submitted.',
    better: 'up',
  },
  fallback_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'fell_back',
    of: 'started_whatsapp',
    label: 'Fallback rate',
    definition: 'Verifications that fell back to another channel ÷ started on WhatsApp.',
    better: 'down',
  },
  fallback_failed_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'fell_back_failed',
    of: 'started_whatsapp',
    label: 'Fallback after a failure',
    definition: 'Fell back because WhatsApp refused the message or reported it failed ÷ started on WhatsApp.',
    better: 'down',
  },
  fallback_timeout_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'fell_back_timeout',
    of: 'started_whatsapp',
    label: 'Fallback after silence',
    definition:
      'Fell back because nothing was heard: not before the timer of the country, or not of a message whose sending process died ÷ started on WhatsApp.',
    better: 'down',
  },
  rescue_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'rescued',
    of: 'fell_back',
    label: 'Rescue rate',
    definition: 'Verified after a fallback ÷ fallbacks.',
    better: 'up',
  },
  duplicate_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'duplicated',
    of: 'fell_back',
    label: 'Duplicate rate',
    definition:
      'WhatsApp sent before the fallback and delivered after a provider had taken it ÷ fallbacks: the timer was too short for these.',
    better: 'down',
  },
  expired_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'expired',
    of: 'created',
    label: 'Expired',
    definition: 'Ended because the lifetime was over ÷ created.',
    better: 'down',
  },
  late_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'late_checked',
    of: 'expired',
    label: 'Entered too late',
    definition:
      'Expired verifications for which a code was entered after the end ÷ expired. Whether it was the right one cannot be told: its digest is wiped at the end.',
    better: 'down',
  },
  locked_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'locked',
    of: 'created',
    label: 'Locked',
    definition: 'Ended because all checks were spent ÷ created.',
    better: 'down',
  },
  canceled_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'canceled',
    of: 'created',
    label: 'Canceled',
    definition: 'Ended by the app, or by a newer code for the same number ÷ created.',
    better: null,
  },
  undeliverable_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'undeliverable',
    of: 'created',
    label: 'Undeliverable',
    definition: 'Ended because every channel of the route failed ÷ created.',
    better: 'down',
  },
  resend_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'resent',
    of: 'created',
    label: 'Resend rate',
    definition: 'Verifications whose code was asked for again ÷ created.',
    better: 'down',
  },
  blocked: {
    subject: 'request',
    kind: 'count',
    label: 'Blocked',
    definition:
      'Live requests for a code that a limit or a block refused: a country that is not served or at its cap, too many codes or too many wrong codes for the number. No verification exists of them. Counted by half-hours.',
    better: 'down',
  },
  block_rate: {
    subject: 'request',
    kind: 'rate',
    label: 'Block rate',
    definition: 'Blocked ÷ blocked and created.',
    better: 'down',
  },
  wrong_code_rate: {
    subject: 'verification',
    kind: 'rate',
    hits: 'wrong_checks',
    of: 'checks',
    label: 'Wrong codes',
    definition: 'Wrong codes ÷ codes entered and compared.',
    better: 'down',
  },
  response_time_typical_ms: {
    subject: 'verification',
    kind: 'typical',
    sum: 'response_bucket_sum',
    of: 'responded',
    label: 'Typical response time',
    definition:
      'From the first delivery to the approval: geometric mean, which long waits do not pull as they do the usual mean.',
    better: 'down',
  },
  spend: {
    subject: 'verification',
    kind: 'money',
    measure: 'cost_micros',
    label: 'Spend',
    definition:
      'What all messages cost under each connection’s price rule: the provider’s own figure where it gives one in US dollars, else our price list.',
    better: null,
  },
  cost_per_verified: {
    subject: 'verification',
    kind: 'money_each',
    hits: 'cost_micros',
    of: 'approved',
    label: 'Cost per verified',
    definition: 'Cost of all channels ÷ verified, of verifications that have ended.',
    better: 'down',
  },
  wasted_spend: {
    subject: 'verification',
    kind: 'money',
    measure: 'wasted_micros',
    label: 'Wasted spend',
    definition:
      'Cost of messages on channels that were not credited: everything of those never approved, and the other channels of those that were. Credited is the message whose code was entered, else the first that arrived.',
    better: 'down',
  },
  duplicate_spend: {
    subject: 'verification',
    kind: 'money',
    measure: 'duplicate_micros',
    label: 'Duplicates’ money',
    definition: 'Cost of WhatsApp messages delivered after a provider had taken the fallback.',
    better: 'down',
  },
  whatsapp_saving: {
    subject: 'verification',
    kind: 'money',
    measure: 'all_sms_micros',
    minus: 'comparable_micros',
    known: COMPARABLE,
    label: 'WhatsApp saving',
    definition:
      'What the same codes and resends would have cost over SMS alone − what they cost, duplicates included. Of those whose SMS price was on their route.',
    better: 'up',
  },
  all_sms_spend: {
    subject: 'verification',
    kind: 'money',
    measure: 'all_sms_micros',
    known: COMPARABLE,
    label: 'Over SMS alone',
    definition:
      'What the same codes and resends would have cost over SMS alone, one SMS each at the price of their day, in as many parts as its text has. Of those whose SMS price was on their route.',
    better: null,
  },
  comparable_spend: {
    subject: 'verification',
    kind: 'money',
    measure: 'comparable_micros',
    known: COMPARABLE,
    label: 'Spend compared',
    definition:
      'What the verifications cost whose SMS price was on their route: the part of the spend that is compared.',
    better: null,
  },
  messages: {
    subject: 'message',
    kind: 'count',
    measure: 'messages',
    label: 'Messages',
    definition: 'Messages handed to a provider, fallbacks and resends included.',
    better: null,
  },
  failed_messages: {
    subject: 'message',
    kind: 'count',
    measure: 'failed',
    label: 'Failed messages',
    definition: 'Messages refused or failed by receipt, and never delivered.',
    better: 'down',
  },
  unknown_messages: {
    subject: 'message',
    kind: 'count',
    measure: 'unknown',
    label: 'Unknown messages',
    definition: 'Messages of which nobody said delivered or failed: silence is not failure.',
    better: 'down',
  },
  acceptance_rate: {
    subject: 'message',
    kind: 'rate',
    hits: 'accepted',
    of: 'messages',
    label: 'Acceptance rate',
    definition: 'Messages accepted by the provider ÷ submitted.',
    better: 'up',
  },
  message_delivery_rate: {
    subject: 'message',
    kind: 'rate',
    hits: 'delivered',
    of: 'traced',
    label: 'Delivery rate (messages)',
    definition:
      'Messages delivered or read ÷ accepted, on channels that report delivery. E-mail does not: it is left out.',
    better: 'up',
  },
  read_rate: {
    subject: 'message',
    kind: 'rate',
    hits: 'read',
    of: 'readable',
    label: 'Read rate',
    definition:
      'Messages read ÷ delivered or read, on channels that report reads: WhatsApp. SMS and e-mail do not: they are left out. People may switch read receipts off.',
    better: 'up',
  },
  failure_rate: {
    subject: 'message',
    kind: 'rate',
    hits: 'failed',
    of: 'sent',
    label: 'Failure rate',
    definition:
      'Messages refused or failed by receipt, and never delivered ÷ submitted. By failure reason: those that failed for it ÷ all submitted.',
    better: 'down',
  },
  unknown_rate: {
    subject: 'message',
    kind: 'rate',
    hits: 'unknown',
    of: 'messages',
    label: 'Unknown rate',
    definition: 'Messages of which nobody said delivered or failed ÷ submitted: silence is not failure.',
    better: 'down',
  },
  message_conversion: {
    subject: 'message',
    kind: 'rate',
    hits: 'credited',
    of: 'messages',
    label: 'Conversion (messages)',
    definition: 'Messages credited with an approval ÷ submitted.',
    better: 'up',
  },
  message_spend: {
    subject: 'message',
    kind: 'money',
    measure: 'cost_micros',
    label: 'Spend (messages)',
    definition: 'What these messages cost under the price rule.',
    better: null,
  },
  cost_per_message: {
    subject: 'message',
    kind: 'money_each',
    hits: 'cost_micros',
    of: 'messages',
    label: 'Cost per message',
    definition: 'Cost ÷ messages submitted.',
    better: 'down',
  },
  billed_messages: {
    subject: 'message',
    kind: 'count',
    measure: 'billed',
    label: 'Messages with a reported price',
    definition:
      'Messages whose provider reported what they cost, in US dollars. Charges in other currencies are left out.',
    better: null,
  },
  billed_spend: {
    subject: 'message',
    kind: 'money',
    measure: 'billed_micros',
    known: ['billed'],
    label: 'Billed',
    definition: 'What providers reported for these messages.',
    better: null,
  },
  billed_estimate: {
    subject: 'message',
    kind: 'money',
    measure: 'billed_estimate_micros',
    known: ['billed'],
    label: 'Estimated for the same',
    definition: 'What our price list says of the messages whose provider reported a price.',
    better: 'down',
  },
  ...percentiles('message', 'deliver', 'time_to_deliver', 'Time to deliver', TO_DELIVER),
  ...percentiles('message', 'webhook_lag', 'webhook_lag', 'Webhook lag', LAG),
  ...percentiles('verification', 'respond', 'response_time', 'Response time', TO_RESPOND),
  ...percentiles('verification', 'verify', 'time_to_verify', 'Time to verify', TO_VERIFY),
  ...percentiles('verification', 'rescue', 'time_to_rescue', 'Time to rescue', TO_RESCUE),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];
export const metric = (name: MetricName): Metric => METRICS[name];
/** Rates that can be taken apart by whom and what they are of; requests that were refused have no channel. */
export const RATE_NAMES = METRIC_NAMES.filter(
  (name) => metric(name).kind === 'rate' && metric(name).subject !== 'request',
);
/** What is kept by hour of the recipient's week: sums of verifications. */
export const WEEK_METRIC_NAMES = METRIC_NAMES.filter(
  (name) => metric(name).subject === 'verification' && metric(name).kind !== 'percentile',
);

/** What kind of number a metric is. */
export function unitOf(name: MetricName): MetricUnit {
  const { kind } = metric(name);
  if (kind === 'rate') return 'share';
  if (kind === 'percentile' || kind === 'typical') return 'ms';
  return kind === 'count' ? 'count' : 'micros';
}
