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
      'transaction_required',
    ],
  },
  'verifications.list': {
    method: 'GET',
    path: '/api/v1/verifications',
    summary: 'List verifications, newest first',
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
      'resends_spent',
      'already_pending',
      'too_many_verifications',
    ],
  },
  'verifications.cancel': {
    method: 'POST',
    path: '/api/v1/verifications/{id}/cancel',
    summary: 'End a verification; of an undeliverable one, whose status stays, the code no longer counts',
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
    permission: 'routes:explain',
    body: explainBody,
    query: noQuery,
    result: explainAnswer,
    status: 200,
    refusals: ['invalid_number', 'number_not_allowed', 'unknown_use_case'],
  },
  'openapi.get': {
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'Read this description',
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
    permission: 'analytics:read',
    query: heatmapQuery,
    result: heatmapAnswer,
    status: 200,
    refusals: [],
  },
} as const satisfies Record<string, ApiOperation>;

export type ApiOperationName = keyof typeof API;
