/**
 * What is counted, once per verification and once per message. A rollup row holds the sum of each over the verifications
 * of its cell; every metric is made of these (metrics.ts). Money in micros of a US dollar.
 */
export const VERIFICATION_MEASURES = {
  created: 'Verifications created',
  approved: 'Approved by a right code',
  expired: 'Ended because their lifetime was over',
  locked: 'Ended because their checks were spent',
  canceled: 'Ended by the app, or by a newer one for the same number',
  undeliverable: 'Ended because every channel failed',
  submitted: 'With at least one message handed to a provider',
  accepted: 'With at least one message that a provider accepted',
  delivered: 'With at least one message delivered or read',
  read: 'With at least one message read',
  checked: 'With at least one code entered, also after the end',
  checks: 'Codes entered and compared',
  wrong_checks: 'Codes entered that were wrong',
  late_checked: 'Expired, and a code was entered after the end',
  resent: 'With at least one resend asked for',
  started_whatsapp: 'Whose first message went over WhatsApp',
  fell_back: 'Started on WhatsApp, then sent over another channel by the route',
  fell_back_failed: 'Fell back because WhatsApp refused or failed',
  /** Also where our process died with the message: what became of it is unknown, which is not failed. */
  fell_back_timeout: 'Fell back because nothing was delivered in time',
  rescued: 'Fell back and were approved',
  duplicated: 'Fell back, and the WhatsApp message of before was delivered after the fallback had gone out',
  responded: 'Approved after the time of a delivery: they have a response time',
  /** Σ of log buckets of the response time: over `responded` it gives the geometric mean. */
  response_bucket_sum: 'Sum of response time buckets',
  cost_micros: 'Cost of all messages',
  wasted_micros: 'Cost of messages on channels that were not credited with the approval',
  duplicate_micros: 'Cost of WhatsApp messages sent before the fallback and delivered after it had gone out',
  all_sms_micros: 'What SMS alone would have cost, where its price is known',
  comparable_micros: 'Cost of those whose price over SMS alone is known',
} as const;
export type VerificationMeasure = keyof typeof VERIFICATION_MEASURES;

export const MESSAGE_MEASURES = {
  messages: 'Messages handed to a provider',
  accepted: 'Accepted by the provider',
  /** E-mail says nothing after the acceptance: it is left out of delivery rates. */
  traced: 'Accepted on a channel that reports delivery',
  delivered: 'Delivered or read',
  read: 'Read',
  failed: 'Refused, or failed by receipt',
  unknown: 'Neither delivered nor failed, on a channel that reports delivery',
  credited: 'Credited with the approval of their verification',
  cost_micros: 'Cost so far under the price rule',
  /** What the provider itself reported, where it did. */
  billed: 'Messages whose provider reported their price',
  billed_micros: 'The prices that providers reported',
  /** What our price list said of the same messages. */
  billed_estimate_micros: 'Estimated cost of the messages with a reported price',
} as const;
export type MessageMeasure = keyof typeof MESSAGE_MEASURES;

/**
 * What messages are compared with where a question's own rows do not have it: summed with other filters than the rest (operations/analytics/count.ts).
 * They stand beside the sums of a cell, and are no columns.
 */
export const MESSAGE_BASES = {
  readable: 'Delivered or read on a channel that reports reads',
  sent: 'Handed to a provider, whatever became of them, also where the question is of a failure reason',
} as const;
export type MessageBase = keyof typeof MESSAGE_BASES;

/** What is kept as a histogram, by logarithmic buckets (histogram.ts). */
export const DURATIONS = {
  deliver: 'From the submission to the first delivered or read, by the provider’s clock',
  webhook_lag: 'From the provider’s time of a delivery to its arrival here',
  respond: 'From the first delivery to the approval: the person’s part',
  verify: 'From the first submission to the approval',
  rescue: 'From the first submission to the fallback, where the fallback ended in an approval',
} as const;
export type Duration = keyof typeof DURATIONS;
export const DURATION_NAMES = Object.keys(DURATIONS) as [Duration, ...Duration[]];

/** What figures can be split and filtered by. Of a verification, `channel`, `connection` and `template` are those of its first message. */
export const DIMENSIONS = [
  'app',
  'use_case',
  'country',
  'channel',
  'connection',
  'template',
  'locale',
  'reason',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];
