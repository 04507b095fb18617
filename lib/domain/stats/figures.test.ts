import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addCounted, type Counted, figureOf, measuresOf, nothingCounted } from './figures';
import { MESSAGE_MEASURES, VERIFICATION_MEASURES } from './measures';
import { METRIC_NAMES, type MetricName, metric } from './metrics';

/**
 * Two hundred verifications of which 190 have ended; what each figure of METRICS is of them, reckoned by hand. The pending ten
 * cost money and are counted, and are in no rate.
 */
const counted: Counted = {
  verification: {
    ended: {
      created: 190,
      approved: 152,
      expired: 19,
      locked: 4,
      canceled: 10,
      undeliverable: 5,
      submitted: 188,
      accepted: 186,
      delivered: 180,
      read: 90,
      checked: 160,
      checks: 200,
      wrong_checks: 48,
      late_checked: 2,
      resent: 38,
      started_whatsapp: 150,
      fell_back: 30,
      fell_back_failed: 12,
      fell_back_timeout: 15,
      rescued: 24,
      duplicated: 6,
      responded: 150,
      response_bucket_sum: 150 * 52,
      cost_micros: 3_040_000,
      wasted_micros: 700_000,
      duplicate_micros: 60_000,
      all_sms_micros: 9_000_000,
      comparable_micros: 3_000_000,
    },
    pending: { created: 10, submitted: 10, cost_micros: 100_000, all_sms_micros: 500_000, comparable_micros: 100_000 },
  },
  message: {
    ended: {
      messages: 240,
      accepted: 228,
      traced: 220,
      delivered: 198,
      readable: 150,
      read: 99,
      failed: 24,
      unknown: 12,
      credited: 152,
      cost_micros: 3_120_000,
      billed: 80,
      billed_micros: 1_100_000,
      billed_estimate_micros: 1_000_000,
    },
    pending: { messages: 11, accepted: 11, cost_micros: 80_000 },
  },
  durations: {
    deliver: [{ bucket: 40, n: 100 }],
    respond: [{ bucket: 52, n: 150 }],
    verify: [],
    rescue: null,
    webhook_lag: [{ bucket: 20, n: 5 }],
  },
  refused: 50,
};

const BY_HAND: Record<MetricName, number | null> = {
  created: 200,
  verified: 152,
  accepted_verifications: 186,
  delivered_verifications: 180,
  read_verifications: 90,
  checked_verifications: 160,
  fallbacks: 30,
  rescues: 24,
  conversion: 152 / 190,
  delivery_rate: 180 / 188,
  fallback_rate: 30 / 150,
  fallback_failed_rate: 12 / 150,
  fallback_timeout_rate: 15 / 150,
  rescue_rate: 24 / 30,
  duplicate_rate: 6 / 30,
  expired_rate: 19 / 190,
  late_rate: 2 / 19,
  locked_rate: 4 / 190,
  canceled_rate: 10 / 190,
  undeliverable_rate: 5 / 190,
  resend_rate: 38 / 190,
  wrong_code_rate: 48 / 200,
  blocked: 50,
  block_rate: 50 / 250,
  response_time_typical_ms: 2 ** (52.5 / 4),
  spend: 3_140_000,
  cost_per_verified: 3_040_000 / 152,
  wasted_spend: 700_000,
  duplicate_spend: 60_000,
  whatsapp_saving: 9_500_000 - 3_100_000,
  all_sms_spend: 9_500_000,
  comparable_spend: 3_100_000,
  messages: 251,
  failed_messages: 24,
  unknown_messages: 12,
  acceptance_rate: 228 / 240,
  message_delivery_rate: 198 / 220,
  read_rate: 99 / 150,
  failure_rate: 24 / 240,
  unknown_rate: 12 / 240,
  message_conversion: 152 / 240,
  message_spend: 3_200_000,
  cost_per_message: 3_120_000 / 240,
  billed_messages: 80,
  billed_spend: 1_100_000,
  billed_estimate: 1_000_000,
  time_to_deliver_p50_ms: 2 ** (40.5 / 4),
  time_to_deliver_p90_ms: 2 ** (40.9 / 4),
  time_to_deliver_p95_ms: 2 ** (40.95 / 4),
  time_to_deliver_p99_ms: 2 ** (40.99 / 4),
  response_time_p50_ms: 2 ** (52.5 / 4),
  response_time_p90_ms: 2 ** (52.9 / 4),
  response_time_p95_ms: 2 ** (52.95 / 4),
  response_time_p99_ms: 2 ** (52.99 / 4),
  time_to_verify_p50_ms: null,
  time_to_verify_p90_ms: null,
  time_to_verify_p95_ms: null,
  time_to_verify_p99_ms: null,
  // Null buckets: not kept by what was asked, which is no zero either.
  time_to_rescue_p50_ms: null,
  time_to_rescue_p90_ms: null,
  time_to_rescue_p95_ms: null,
  time_to_rescue_p99_ms: null,
  webhook_lag_p50_ms: 2 ** (20.5 / 4),
  webhook_lag_p90_ms: 2 ** (20.9 / 4),
  webhook_lag_p95_ms: 2 ** (20.95 / 4),
  webhook_lag_p99_ms: 2 ** (20.99 / 4),
};

describe('figures', () => {
  test.each(METRIC_NAMES)('%s is what it is by hand', (name) => {
    const { value } = figureOf(name, counted);
    const expected = BY_HAND[name];
    if (expected === null || value === null) expect(value).toBe(expected);
    else expect(value).toBeCloseTo(expected, 9);
  });

  test.each(METRIC_NAMES.filter((name) => metric(name).kind !== 'count'))(
    '%s of nothing is no data, never 0',
    (name) => {
      expect(figureOf(name, nothingCounted()).value).toBeNull();
    },
  );

  test('where nothing could be compared and nothing was billed, that money is not known, and not 0', () => {
    const some = (verification: object, message: object = {}): Counted => ({
      ...nothingCounted(),
      verification: { ended: { created: 9, cost_micros: 90_000, ...verification }, pending: {} },
      message: { ended: { messages: 9, cost_micros: 90_000, ...message }, pending: {} },
    });
    const compared = ['whatsapp_saving', 'all_sms_spend', 'comparable_spend'] as const;
    const billed = ['billed_spend', 'billed_estimate'] as const;
    for (const name of [...compared, ...billed])
      expect(figureOf(name, some({ all_sms_micros: 0, comparable_micros: 0 }, { billed: 0 })), name).toMatchObject({
        value: null,
        n: 0,
      });
    // What is free is known.
    const free = some({ all_sms_micros: 0, comparable_micros: 30_000 }, { billed: 3, billed_micros: 0 });
    expect(compared.map((name) => figureOf(name, free).value)).toEqual([-30_000, 0, 30_000]);
    expect(billed.map((name) => figureOf(name, free).value)).toEqual([0, 0]);
    expect(figureOf('spend', free).value).toBe(90_000);
  });

  test('under thirty a rate says that its sample is low', () => {
    expect(figureOf('rescue_rate', counted)).toMatchObject({ n: 30, isLowSample: false });
    expect(figureOf('late_rate', counted)).toMatchObject({ n: 19, isLowSample: true });
    expect(figureOf('webhook_lag_p50_ms', counted)).toMatchObject({ n: 5, isLowSample: true });
  });
});

const sums = (names: readonly string[]) =>
  // Nothing costs or is billed without a message.
  fc.record(
    Object.fromEntries(
      names.map((name) => [
        name,
        fc.integer({ min: ['created', 'messages', 'billed'].includes(name) ? 1 : 0, max: 1_000 }),
      ]),
    ),
  );
const anyCounted = fc.record({
  verification: fc.record({
    ended: sums(Object.keys(VERIFICATION_MEASURES)),
    pending: sums(Object.keys(VERIFICATION_MEASURES)),
  }),
  message: fc.record({ ended: sums(Object.keys(MESSAGE_MEASURES)), pending: sums(Object.keys(MESSAGE_MEASURES)) }),
  durations: fc.record({
    deliver: fc.array(fc.record({ bucket: fc.integer({ min: 0, max: 90 }), n: fc.integer({ min: 1, max: 50 }) })),
  }),
  refused: fc.integer({ min: 0, max: 100 }),
}) as fc.Arbitrary<Counted>;

describe('laws', () => {
  test('counts and money of two cells add up; rates of both lie between', () => {
    fc.assert(
      fc.property(anyCounted, anyCounted, (a, b) => {
        const both = addCounted(a, b);
        for (const name of METRIC_NAMES) {
          const [x, y, z] = [figureOf(name, a), figureOf(name, b), figureOf(name, both)];
          const { kind } = metric(name);
          if (kind === 'count' || kind === 'money') expect(z.value ?? 0).toBe((x.value ?? 0) + (y.value ?? 0));
          else if (kind !== 'percentile' && x.value !== null && y.value !== null && z.value !== null) {
            expect(z.value).toBeGreaterThanOrEqual(Math.min(x.value, y.value) - 1e-9);
            expect(z.value).toBeLessThanOrEqual(Math.max(x.value, y.value) * (1 + 1e-9) + 1e-9);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('what is pending changes no rate, no percentile and no money per head', () => {
    fc.assert(
      fc.property(anyCounted, anyCounted, (a, b) => {
        const other: Counted = {
          ...a,
          verification: { ended: a.verification.ended, pending: b.verification.pending },
          message: { ended: a.message.ended, pending: b.message.pending },
        };
        // A blocked request is no pending one: its rate is of all requests.
        for (const name of METRIC_NAMES.filter(
          (each) => !['count', 'money'].includes(metric(each).kind) && metric(each).subject !== 'request',
        ))
          expect(figureOf(name, other)).toEqual(figureOf(name, a));
      }),
    );
  });

  test('a rate lies inside its interval, and a share of what can hit lies between 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const figure = figureOf('conversion', {
          ...nothingCounted(),
          verification: { ended: { created: n, approved: Math.floor(n * share) }, pending: {} },
        });
        expect(figure.low).toBeLessThanOrEqual(figure.value ?? -1);
        expect(figure.high).toBeGreaterThanOrEqual(figure.value ?? 2);
        expect(figure.n).toBe(n);
      }),
    );
  });

  test('every metric asks for the measures that it is made of', () => {
    for (const name of METRIC_NAMES) {
      const asked = measuresOf([name]);
      const only = (of: Record<string, number | undefined>, names: readonly string[]) =>
        Object.fromEntries(Object.entries(of).filter(([key]) => names.includes(key)));
      const part: Counted = {
        verification: {
          ended: only(counted.verification.ended, asked.verification),
          pending: only(counted.verification.pending, asked.verification),
        },
        message: {
          ended: only(counted.message.ended, [...asked.message, ...asked.bases]),
          pending: only(counted.message.pending, asked.message),
        },
        durations: Object.fromEntries(
          asked.durations.map((duration) => [duration, counted.durations[duration] ?? null]),
        ),
        refused: counted.refused,
      };
      expect(figureOf(name, part), name).toEqual(figureOf(name, counted));
    }
  });
});
