import type { z } from 'zod';
import type { API, ApiOperation, ApiOperationName } from '@/lib/contract/api';
import type { MessageResource, VerificationResource } from '@/lib/contract/verifications';

type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : never;
type OfOperation<Operation extends ApiOperation> = {
  /** What takes the place of `{id}` in the path. */
  id?: string;
  /** As it stands in the address: lists are separated by commas. */
  query?: Readonly<Record<string, string>>;
  /** The whole answer; of long lists the first entry. */
  answer: z.output<Operation['result']>;
} & (Operation extends { body: infer Body } ? { body: InputOf<Body> } : { body?: never });

export type ApiExample = {
  id?: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  answer: unknown;
};

const ID = 'vrf_01a226fd2a7f73609fad97f4d5ad4555';
const MESSAGE_ID = 'msg_01a226fd2a7f7f3f9f4ae205740e8b21';
const TO = '+5511987654321';

const issued: VerificationResource = {
  id: ID,
  object: 'verification',
  status: 'pending',
  end_reason: null,
  to_masked: '+55 ••••••••• 21',
  country: 'BR',
  use_case: 'login',
  locale: 'pt_BR',
  channel: 'whatsapp',
  route: ['whatsapp', 'sms'],
  switch_to: ['sms'],
  next_fallback_at: '2026-11-22T12:00:30.000Z',
  created_at: '2026-11-22T12:00:00.000Z',
  expires_at: '2026-11-22T12:05:00.000Z',
  resend_after: '2026-11-22T12:01:00.000Z',
  ended_at: null,
  approved_at: null,
  checks_remaining: 5,
  resends_remaining: 3,
  livemode: true,
  reference: 'login-4711',
  metadata: { screen: 'sign-in' },
  transaction: null,
};

const approved: VerificationResource = {
  ...issued,
  status: 'approved',
  switch_to: [],
  next_fallback_at: null,
  ended_at: '2026-11-22T12:00:11.000Z',
  approved_at: '2026-11-22T12:00:11.000Z',
  checks_remaining: 0,
  resends_remaining: 0,
};

const message: Omit<MessageResource, 'receipts'> = {
  id: MESSAGE_ID,
  step: 0,
  cause: 'issue',
  channel: 'whatsapp',
  provider: 'meta-cloud',
  connection: 'Meta WhatsApp',
  template: 'otp_code_5_minutes',
  locale: 'pt_BR',
  state: 'delivered',
  reason: null,
  provider_code: null,
  detail: null,
  provider_message_id: 'wamid.HBgNNTUxMTk4NzY1NDMyMRUCABEYEjA1QjYy',
  submitted_at: '2026-11-22T12:00:00.000Z',
  answered_at: '2026-11-22T12:00:00.050Z',
  sent_at: '2026-11-22T12:00:00.600Z',
  delivered_at: '2026-11-22T12:00:01.900Z',
  read_at: null,
  failed_at: null,
  segments: 1,
  cost_micros: 6_800,
  price_micros: 6_800,
  currency: 'USD',
};

const WEEK = { from: '2026-11-15T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const trust = {
  from: '2026-11-15T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  widened: null,
  counted_until: '2026-11-22T12:00:00.000Z',
  created: 4_576,
  pending: 0,
  pending_share: 0,
} as const;
const conversion = {
  value: 0.9233,
  unit: 'share',
  n: 4_576,
  low: 0.9152,
  high: 0.9307,
  is_low_sample: false,
} as const;
const created = { value: 4_576, unit: 'count', n: 4_576, low: null, high: null, is_low_sample: false } as const;

/**
 * One call of every operation with its answer, for the API reference and openapi.json. e2e/api/examples.spec.ts makes each of these calls and compares
 * the answer's shape; numbers and times are of one day of a bank in Brazil.
 */
export const EXAMPLES: { readonly [Name in ApiOperationName]: OfOperation<(typeof API)[Name]> } = {
  'verifications.issue': {
    body: {
      to: TO,
      use_case: 'login',
      locale: 'pt-BR',
      client: { ip: '203.0.113.7' },
      reference: 'login-4711',
      metadata: { screen: 'sign-in' },
    },
    answer: issued,
  },
  'verifications.check': {
    id: ID,
    body: { code: '482 915' },
    answer: {
      outcome: 'approved',
      checks_remaining: 0,
      verification: approved,
    },
  },
  'verifications.resend': {
    id: ID,
    body: { channel: 'sms' },
    answer: {
      ...issued,
      channel: 'sms',
      switch_to: ['whatsapp'],
      next_fallback_at: null,
      resend_after: '2026-11-22T12:02:05.000Z',
      resends_remaining: 2,
    },
  },
  'verifications.cancel': {
    id: ID,
    body: {},
    answer: {
      ...issued,
      status: 'canceled',
      end_reason: 'by_request',
      checks_remaining: 0,
      resends_remaining: 0,
      switch_to: [],
      next_fallback_at: null,
      ended_at: '2026-11-22T12:00:20.000Z',
    },
  },
  'verifications.get': {
    id: ID,
    answer: {
      ...issued,
      next_fallback_at: null,
      checks_remaining: 4,
      messages: [
        {
          ...message,
          receipts: [
            {
              status: 'delivered',
              at: '2026-11-22T12:00:01.900Z',
              received_at: '2026-11-22T12:00:02.040Z',
              decision: 'moved',
              reason: null,
              provider_code: null,
            },
          ],
        },
      ],
      checks: [{ at: '2026-11-22T12:00:09.000Z', outcome: 'mismatch', number: 1 }],
      decisions: [{ at: '2026-11-22T12:00:00.000Z', kind: 'route', detail: { mode: 'automatic' } }],
    },
  },
  'verifications.list': {
    query: { country: 'BR', status: 'pending,approved', limit: '1' },
    answer: {
      object: 'list',
      data: [
        {
          ...issued,
          next_fallback_at: null,
          trail: [{ channel: 'whatsapp', cause: 'issue', state: 'delivered', reason: null }],
          seconds_to_deliver: 1.9,
          cost_micros: 6_800,
          checks_used: 0,
          app: { id: 'app_01a0ea760c0076dd95f5e2b570ffc1fc', name: 'Pomelo Bank' },
        },
      ],
      has_more: true,
      next_after: ID,
    },
  },
  'channels.list': {
    query: { to: TO },
    answer: {
      country: 'BR',
      mode: 'automatic',
      channels: [
        { channel: 'whatsapp', wait_seconds_p50: 1.9, wait_seconds_p90: 8.5, sample_size: 154 },
        { channel: 'sms', wait_seconds_p50: null, wait_seconds_p90: null, sample_size: 15 },
      ],
    },
  },
  'routes.explain': {
    body: { to: TO },
    answer: {
      country: 'BR',
      to_masked: '+55 ••••••••• 21',
      would_send: true,
      refusal: null,
      mode: 'automatic',
      steps: [
        {
          channel: 'whatsapp',
          provider: 'meta-cloud',
          connection: 'Meta WhatsApp',
          template: 'otp_code_5_minutes',
          locale: 'pt_BR',
          price_micros: 6_800,
          currency: 'USD',
          starts_after_seconds: 0,
        },
        {
          channel: 'sms',
          provider: 'twilio',
          connection: 'Twilio SMS',
          template: 'tpl_01a226f9966c7400a96f65a1c226dfa5',
          locale: 'pt_BR',
          price_micros: 30_000,
          currency: 'USD',
          starts_after_seconds: 30,
        },
      ],
      skipped: [],
      starts_at_step: 0,
      fallback_on_failed: true,
      fallback_after_seconds: 30,
      inherited_from: { channels: 'global', fallback_after_seconds: 'country:BR' },
      override: null,
      policy: { use_case: 'login', lifetime_seconds: 300, code_length: 6, checks_max: 5 },
    },
  },
  'analytics.summary': {
    query: { ...WEEK, metrics: 'created,conversion' },
    answer: { object: 'analytics.summary', trust, values: { created, conversion }, before: null },
  },
  'analytics.timeseries': {
    query: { ...WEEK, metrics: 'conversion', interval: 'day', timezone: 'America/Sao_Paulo' },
    answer: {
      object: 'analytics.timeseries',
      trust,
      interval: 'day',
      series: [
        { key: '', label: '', points: [{ at: '2026-11-15T03:00:00.000Z', pending: 0, values: { conversion } }] },
      ],
      before: null,
    },
  },
  'analytics.breakdown': {
    query: { ...WEEK, metrics: 'created,conversion', dimension: 'country', use_case: '-payment', limit: '1' },
    answer: {
      object: 'analytics.breakdown',
      trust: { ...trust, created: 27_953 },
      dimension: 'country',
      rows: [{ key: 'BR', label: 'BR', pending: 0, share: 0.1637, values: { created, conversion }, before: null }],
      is_truncated: true,
    },
  },
  'analytics.movers': {
    query: { ...WEEK, metric: 'conversion', compare: 'previous_week' },
    answer: {
      object: 'analytics.movers',
      trust,
      metric: 'conversion',
      before: { ...conversion, value: 0.9308, n: 4_390, low: 0.9229, high: 0.9379 },
      after: conversion,
      dimension: 'channel',
      movers: [
        {
          key: 'whatsapp',
          label: 'whatsapp',
          rate_effect: -0.005,
          mix_effect: 0,
          before: { n: 3_696, rate: 0.9332 },
          after: { n: 3_845, rate: 0.9272 },
        },
      ],
      reasons: [],
      sentence:
        'Conversion fell by 0.8 points, from 93.1 % to 92.3 %: within what chance alone would do (the 95 % intervals overlap).',
    },
  },
  'analytics.durations': {
    query: { ...WEEK, duration: 'deliver', channel: 'whatsapp' },
    answer: {
      object: 'analytics.durations',
      trust,
      duration: 'deliver',
      is_kept: true,
      n: 3_845,
      p50_ms: 2_689,
      p90_ms: 9_633,
      p95_ms: 14_435,
      p99_ms: 56_609,
      buckets: [{ from_ms: 2_048, to_ms: 2_435.5, n: 323 }],
    },
  },
  'analytics.heatmap': {
    query: { ...WEEK, metrics: 'conversion' },
    answer: {
      object: 'analytics.heatmap',
      trust,
      is_kept: true,
      cells: [
        {
          weekday: 1,
          hour: 0,
          values: { conversion: { value: 0.909, unit: 'share', n: 11, low: 0.623, high: 0.984, is_low_sample: true } },
        },
      ],
    },
  },
  'openapi.get': {
    answer: { openapi: '3.1.0', info: { title: 'Watchword' }, servers: [], security: [], paths: {}, components: {} },
  },
};
