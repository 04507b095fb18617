import type { MessageResource, VerificationLife } from '@/lib/contract/verifications';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();

type Receipt = MessageResource['receipts'][number];
const receipt = (status: Receipt['status'], ms: number, lagMs = 180, more: Partial<Receipt> = {}): Receipt => ({
  status,
  at: at(ms),
  received_at: at(ms + lagMs),
  decision: 'moved',
  reason: null,
  provider_code: null,
  ...more,
});

const messageId = (step: number) => `msg_${String(step).padStart(32, '0')}`;

function message(step: number, submittedMs: number, more: Partial<MessageResource>): MessageResource {
  const isWhatsApp = step === 0;
  return {
    id: messageId(step),
    step,
    cause: step === 0 ? 'issue' : 'fallback',
    channel: isWhatsApp ? 'whatsapp' : 'sms',
    provider: isWhatsApp ? 'meta-cloud' : 'twilio',
    connection: isWhatsApp ? 'Meta main' : 'Twilio SMS',
    template: isWhatsApp ? 'login_code_v3' : 'tpl_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f',
    locale: 'pt_BR',
    state: 'sent',
    reason: null,
    provider_code: null,
    detail: null,
    provider_message_id: null,
    submitted_at: at(submittedMs),
    answered_at: at(submittedMs + 131),
    sent_at: null,
    delivered_at: null,
    read_at: null,
    failed_at: null,
    segments: 1,
    cost_micros: isWhatsApp ? 0 : 31_500,
    price_micros: isWhatsApp ? 4_500 : 31_500,
    currency: 'USD',
    receipts: [],
    ...more,
  };
}

function life(more: Partial<VerificationLife>): VerificationLife {
  return {
    id: 'vrf_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f',
    object: 'verification',
    status: 'approved',
    end_reason: null,
    to_masked: '+55 ••••••••• 21',
    country: 'BR',
    use_case: 'login',
    locale: 'pt_BR',
    channel: 'sms',
    route: ['whatsapp', 'sms'],
    switch_to: [],
    next_fallback_at: null,
    created_at: at(0),
    expires_at: at(300_000),
    resend_after: at(60_000),
    ended_at: null,
    approved_at: null,
    checks_remaining: 0,
    resends_remaining: 0,
    livemode: true,
    reference: null,
    metadata: {},
    transaction: null,
    messages: [],
    checks: [],
    decisions: [
      { at: at(0), kind: 'route', detail: { mode: 'automatic' } },
      { at: at(0), kind: 'skipped', detail: { channel: 'voice', why: 'no_connection' } },
    ],
    ...more,
  };
}

const route = life({}).decisions;
const failureOf = (step: number, reason: string, providerCode: string) => ({
  failed_message_id: messageId(step),
  reason,
  provider_code: providerCode,
});
const fallback = (ms: number, cause: string, failure = {}) => ({
  at: at(ms),
  kind: 'fallback',
  detail: { cause, step: 1, channel: 'sms', message_id: messageId(1), ...failure },
});

/** Lives that look different: photographed, and the timeline's own tests read them. */
export const EXAMPLE_LIVES: readonly { name: string; life: VerificationLife; now: number }[] = [
  {
    name: 'not on WhatsApp, then SMS',
    now: START + 30_000,
    life: life({
      approved_at: at(21_400),
      ended_at: at(21_400),
      messages: [
        message(0, 4, {
          state: 'failed',
          reason: 'not_on_channel',
          provider_code: '131026',
          detail: 'Message undeliverable',
          failed_at: at(1_410),
          receipts: [receipt('failed', 1_410, 120, { reason: 'not_on_channel', provider_code: '131026' })],
        }),
        message(1, 1_568, {
          state: 'delivered',
          delivered_at: at(4_300),
          receipts: [receipt('sent', 2_100), receipt('delivered', 4_300, 260)],
        }),
      ],
      checks: [
        { at: at(16_200), outcome: 'mismatch', number: 1 },
        { at: at(21_400), outcome: 'approved', number: 2 },
      ],
      decisions: [...route, fallback(1_568, 'failed', failureOf(0, 'not_on_channel', '131026'))],
    }),
  },
  {
    name: 'silence, SMS, and WhatsApp after all',
    now: START + 90_000,
    life: life({
      approved_at: at(52_000),
      ended_at: at(52_000),
      messages: [
        message(0, 4, {
          state: 'delivered',
          delivered_at: at(61_100),
          receipts: [receipt('sent', 620), receipt('delivered', 61_100)],
        }),
        message(1, 30_012, { state: 'delivered', delivered_at: at(33_100), receipts: [receipt('delivered', 33_100)] }),
      ],
      checks: [{ at: at(52_000), outcome: 'approved', number: 1 }],
      decisions: [...route, fallback(30_012, 'timeout')],
    }),
  },
  {
    name: 'every channel failed',
    now: START + 9_000,
    life: life({
      status: 'undeliverable',
      end_reason: 'all_channels_failed',
      ended_at: at(2_400),
      messages: [
        message(0, 4, {
          state: 'failed',
          reason: 'template_unavailable',
          provider_code: '132001',
          failed_at: at(99),
          answered_at: at(99),
        }),
        message(1, 112, {
          state: 'failed',
          reason: 'carrier_filtered',
          provider_code: '30007',
          failed_at: at(2_100),
          receipts: [receipt('failed', 2_100, 180, { reason: 'carrier_filtered', provider_code: '30007' })],
        }),
      ],
      decisions: [
        ...route,
        fallback(112, 'failed', failureOf(0, 'template_unavailable', '132001')),
        { at: at(2_400), kind: 'undeliverable', detail: failureOf(1, 'carrier_filtered', '30007') },
      ],
    }),
  },
  {
    name: 'waiting',
    now: START + 12_000,
    life: life({
      status: 'pending',
      channel: 'whatsapp',
      checks_remaining: 5,
      next_fallback_at: at(30_000),
      messages: [message(0, 4, { receipts: [receipt('sent', 620)] })],
    }),
  },
  {
    name: 'locked',
    now: START + 90_000,
    life: life({
      status: 'locked',
      end_reason: 'checks_spent',
      ended_at: at(60_000),
      messages: [
        message(0, 4, {
          state: 'read',
          delivered_at: at(1_300),
          read_at: at(6_000),
          receipts: [receipt('delivered', 1_300), receipt('read', 6_000)],
        }),
      ],
      checks: [1, 2, 3, 4, 5].map((number) => ({
        at: at(number * 12_000),
        outcome: number === 5 ? 'locked' : 'mismatch',
        number,
      })),
    }),
  },
];
