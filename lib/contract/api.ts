import { z } from 'zod';
import {
  breakdownAnswer,
  breakdownQuery,
  durationsAnswer,
  durationsQuery,
  heatmapAnswer,
  heatmapQuery,
  moversAnswer,
  moversQuery,
  summaryAnswer,
  summaryQuery,
  timeseriesAnswer,
  timeseriesQuery,
} from '@/lib/contract/analytics';
import { channelsAnswer, channelsQuery, explainAnswer, explainBody } from '@/lib/contract/routes';
import {
  cancelBody,
  checkBody,
  checkResult,
  issueBody,
  listQuery,
  resendBody,
  verification,
  verificationLife,
  verificationPage,
} from '@/lib/contract/verifications';
import type { ErrorCode } from '@/lib/domain/errors';
import type { Permission } from '@/lib/domain/permissions';

export type ApiOperation = {
  method: 'GET' | 'POST';
  path: string;
  summary: string;
  /** What a caller has to know beyond it, in a few sentences. */
  description: string;
  permission: Permission | null;
  body?: z.ZodType;
  query?: z.ZodObject;
  result: z.ZodType;
  status: number;
  /** `own`: the operation settles the Idempotency-Key in its own statement; `kept`: the endpoint keeps the first answer. */
  idempotency?: 'own' | 'kept';
  /** Refusals beyond those that every route can utter. */
  refusals: readonly ErrorCode[];
};

const noQuery = z.strictObject({});

/** Every call of the public API: requests are parsed, documents generated and tests run from this one table. */
export const API = {
  'verifications.issue': {
    method: 'POST',
    path: '/api/v1/verifications',
    summary: 'Issue a code and send it',
    description:
      "Answers when verification and message are durable; the first send is on its way then. Without `channel` the country's route decides, and falls back by itself where one fails or stays silent. With it the user has chosen: nothing falls back, and `switch_to` says what to offer instead. One number has one pending code per app and use case: asking again within the cooldown is refused with `already_pending`, after it the new code takes the old one's place.",
    permission: 'verifications:write',
    body: issueBody,
    query: noQuery,
    result: verification,
    status: 201,
    idempotency: 'own',
    refusals: [
      'invalid_number',
      'number_not_allowed',
      'country_not_served',
      'channel_not_available',
      'unknown_use_case',
      'use_case_not_allowed',
      'already_pending',
      'too_many_verifications',
      'too_many_checks',
      'country_cap_reached',
      'transaction_required',
    ],
  },
  'verifications.list': {
    method: 'GET',
    path: '/api/v1/verifications',
    summary: 'List verifications, newest first',
    description:
      'Every filter named must hold. Pages are read by `starting_after`; `next_after` is null on the last one.',
    permission: 'verifications:read',
    query: listQuery,
    result: verificationPage,
    status: 200,
    refusals: ['invalid_number'],
  },
  'verifications.get': {
    method: 'GET',
    path: '/api/v1/verifications/{id}',
    summary: 'Read the whole life of one verification',
    description:
      'With its messages, their receipts, the checks and every decision with its reason. To follow one, ask again every second or two until `ended_at` is set.',
    permission: 'verifications:read',
    query: noQuery,
    result: verificationLife,
    status: 200,
    refusals: ['not_found'],
  },
  'verifications.check': {
    method: 'POST',
    path: '/api/v1/verifications/{id}/check',
    summary: 'Check a code',
    description:
      'Spends one guess before it judges. What was decided is answered with 200: `approved` lets the user in, `mismatch` leaves `checks_remaining`, and `expired`, `locked` and `closed` need a new code. A code is approved once.',
    permission: 'verifications:write',
    body: checkBody,
    query: noQuery,
    result: checkResult,
    status: 200,
    idempotency: 'kept',
    refusals: ['not_found', 'transaction_required', 'too_many_checks'],
  },
  'verifications.resend': {
    method: 'POST',
    path: '/api/v1/verifications/{id}/resend',
    summary: 'Send the code again, or on another channel',
    description:
      "Not before `resend_after`, unless the user's own channel has failed. Counts towards the send limits of the number, as an issue does.",
    permission: 'verifications:write',
    body: resendBody,
    query: noQuery,
    result: verification,
    status: 200,
    idempotency: 'kept',
    refusals: [
      'not_found',
      'verification_closed',
      'channel_not_available',
      'country_not_served',
      'unknown_use_case',
      'resends_spent',
      'already_pending',
      'too_many_verifications',
    ],
  },
  'verifications.cancel': {
    method: 'POST',
    path: '/api/v1/verifications/{id}/cancel',
    summary: 'End a verification',
    description:
      'For a user who gave up or never asked. Its code opens nothing any more, and no message follows. An `undeliverable` one keeps its status.',
    permission: 'verifications:cancel',
    body: cancelBody,
    query: noQuery,
    result: verification,
    status: 200,
    idempotency: 'kept',
    refusals: ['not_found', 'verification_closed'],
  },
  'channels.list': {
    method: 'GET',
    path: '/api/v1/channels',
    summary: 'List the channels to offer a number',
    description:
      'For your own buttons: where the mode is `automatic`, show none; where it is `user_choice`, show these in this order, with how long each takes in this country.',
    permission: 'channels:read',
    query: channelsQuery,
    result: channelsAnswer,
    status: 200,
    refusals: [
      'invalid_number',
      'number_not_allowed',
      'country_not_served',
      'unknown_use_case',
      'use_case_not_allowed',
    ],
  },
  'routes.explain': {
    method: 'POST',
    path: '/api/v1/routes/explain',
    summary: 'Explain what would happen for a number',
    description:
      'A dry run: nothing is sent and nothing counted. Steps in order, what was left out and why, and where each setting comes from.',
    permission: 'routes:explain',
    body: explainBody,
    query: noQuery,
    result: explainAnswer,
    status: 200,
    idempotency: 'kept',
    refusals: ['invalid_number', 'number_not_allowed', 'unknown_use_case'],
  },
  'openapi.get': {
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'Read this description',
    description: 'OpenAPI 3.1, made of the schemas that parse the requests.',
    permission: null,
    query: noQuery,
    result: z.record(z.string(), z.unknown()),
    status: 200,
    refusals: [],
  },
  'analytics.summary': {
    method: 'GET',
    path: '/api/v1/analytics/summary',
    summary: 'Read metrics over a range',
    description:
      'Of live traffic. Every value comes with the number it is made of, the 95 % interval of a rate, and whether the sample is too small to tell; `trust` says what was counted, until when, and how many verifications have not ended.',
    permission: 'analytics:read',
    query: summaryQuery,
    result: summaryAnswer,
    status: 200,
    refusals: [],
  },
  'analytics.timeseries': {
    method: 'GET',
    path: '/api/v1/analytics/timeseries',
    summary: 'Read metrics over time',
    description: 'As the summary, by steps of time: of the whole, or of the eight largest parts of one dimension.',
    permission: 'analytics:read',
    query: timeseriesQuery,
    result: timeseriesAnswer,
    status: 200,
    refusals: [],
  },
  'analytics.breakdown': {
    method: 'GET',
    path: '/api/v1/analytics/breakdown',
    summary: 'Read metrics by country, channel, connection, template …',
    description: 'As the summary, by the values of one dimension, the largest first.',
    permission: 'analytics:read',
    query: breakdownQuery,
    result: breakdownAnswer,
    status: 200,
    refusals: [],
  },
  'analytics.movers': {
    method: 'GET',
    path: '/api/v1/analytics/movers',
    summary: 'Read why a rate moved: by whose own rate, and by the mix',
    description:
      'Two effects for each part of the dimension that explains most: its own rate changed, or its share of the traffic did. Together they add up to the move.',
    permission: 'analytics:read',
    query: moversQuery,
    result: moversAnswer,
    status: 200,
    refusals: [],
  },
  'analytics.durations': {
    method: 'GET',
    path: '/api/v1/analytics/durations',
    summary: 'Read how long something took, as a histogram',
    description:
      'Buckets of equal ratio with their percentiles. Times are kept by what was sent or by whom it went to; of both together there are none.',
    permission: 'analytics:read',
    query: durationsQuery,
    result: durationsAnswer,
    status: 200,
    refusals: [],
  },
  'analytics.heatmap': {
    method: 'GET',
    path: '/api/v1/analytics/heatmap',
    summary: 'Read metrics by hour of the recipient’s week',
    description: 'In the time of each recipient’s own country.',
    permission: 'analytics:read',
    query: heatmapQuery,
    result: heatmapAnswer,
    status: 200,
    refusals: [],
  },
} as const satisfies Record<string, ApiOperation>;

export type ApiOperationName = keyof typeof API;
