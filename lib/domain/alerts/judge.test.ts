import { describe, expect, test } from 'vitest';
import { causesOf, isPartOf } from '@/lib/domain/alerts/causes';
import type { Fault } from '@/lib/domain/alerts/faults';
import { delayMs, delayPercentile, type Flow, sumFlows, usualCells } from '@/lib/domain/alerts/flows';
import { type Baseline, type Evidence, judgeRule } from '@/lib/domain/alerts/judge';
import type { AlertRule } from '@/lib/domain/alerts/rules';
import { bucketOf } from '@/lib/domain/stats/histogram';

const flow = (more: Partial<Flow> = {}): Flow => {
  const accepted = more.accepted ?? 100;
  return {
    appId: 'app',
    country: 'BR',
    channel: 'whatsapp',
    connectionId: 'meta',
    submitted: accepted,
    unknown: 0,
    answered: accepted,
    accepted,
    delivered: accepted,
    heard: accepted,
    costMicros: accepted * 1_000,
    delays: [[bucketOf(800), accepted]],
    ...more,
  };
};

const rule = <K extends AlertRule['kind']>(
  kind: K,
  more: Partial<Extract<AlertRule, { kind: K }>> & Pick<Extract<AlertRule, { kind: K }>, 'thresholds'>,
) =>
  ({
    id: `rule-${kind}`,
    kind,
    name: kind,
    windowMinutes: 15,
    minimumVolume: 50,
    appId: null,
    country: null,
    channel: null,
    connectionId: null,
    enabled: true,
    destinations: [],
    ...more,
  }) as unknown as Extract<AlertRule, { kind: K }>;

const DROP = rule('delivery_drop', { thresholds: { dropPoints: 0.1, dropShare: 0.15 } });
const SLOW = rule('slow_delivery', { thresholds: { p90Ms: 30_000, factor: 4 } });
const UNKNOWN = rule('unknown_rate', { thresholds: { share: 0.1 }, minimumVolume: 30 });
const SILENCE = rule('webhook_silence', { thresholds: {}, minimumVolume: 20 });
const SPEND = rule('spend', { thresholds: { limitMicros: 1_000_000, factor: 3 }, minimumVolume: 10 });
const TEMPLATE = rule('template_not_sendable', { thresholds: {} });

const evidence = (current: Flow[], before: Flow[] = [], more: Partial<Evidence> = {}): Evidence => ({
  current,
  baseline: { hour_of_week: usualCells(before), day_before: [] } satisfies Baseline,
  spentBefore: null,
  templates: [],
  faults: [],
  owesReceipts: new Set(['meta', 'twilio', 'ycloud']),
  ...more,
});
const levels = (findings: { level: string }[]) => findings.map(({ level }) => level).sort();

describe('a drop in delivery', () => {
  const good = (more: Partial<Flow> = {}) => flow({ accepted: 1_000, delivered: 960, ...more });
  test.each([
    ['from 96 % to 60 % of 100', flow({ delivered: 60 }), good(), ['connection', 'country']],
    ['of nine points only', flow({ accepted: 10_000, delivered: 8_800 }), good(), []],
    ['of too few', flow({ accepted: 49, delivered: 10 }), good(), []],
    ['that may be chance', flow({ accepted: 50, delivered: 40 }), good({ accepted: 60, delivered: 57 }), []],
    ['without anything to compare with', flow({ delivered: 0 }), good({ accepted: 40, delivered: 40 }), []],
    ['small beside what is usual there', flow({ accepted: 5_000, delivered: 3_250 }), good({ delivered: 740 }), []],
    ['upwards', flow({ delivered: 99 }), good({ delivered: 500 }), []],
    [
      'on mail, which never says delivered',
      flow({ connectionId: 'smtp', delivered: 0 }),
      good({ connectionId: 'smtp' }),
      [],
    ],
  ])('%s', (_, now, before, expected) => {
    const found = judgeRule(DROP, evidence([now], [before]));
    expect(levels(found)).toEqual(expected);
  });

  test('is seen where a provider refuses everything and accepts nothing', () => {
    const now = flow({ answered: 200, accepted: 0, delivered: 0, heard: 0 });
    expect(levels(judgeRule(DROP, evidence([now], [good()])))).toEqual(['connection', 'country']);
  });

  test('is compared with the day before where the same hour of the week had too little', () => {
    const baseline = {
      hour_of_week: usualCells([flow({ accepted: 10, delivered: 10 })]),
      day_before: usualCells([good()]),
    };
    const [found] = judgeRule(DROP, evidence([flow({ delivered: 20 })], [], { baseline }));
    expect(found).toMatchObject({ baseline: 'day_before', before: { n: 1_000 }, now: { value: 0.2, n: 100 } });
  });

  test('is not found by a rule that looks elsewhere, or is off', () => {
    const seen = evidence([flow({ delivered: 0 })], [good()]);
    expect(judgeRule({ ...DROP, country: 'ID' }, seen)).toEqual([]);
    expect(judgeRule({ ...DROP, channel: 'sms' }, seen)).toEqual([]);
    expect(judgeRule({ ...DROP, appId: 'other' }, seen)).toEqual([]);
    expect(judgeRule({ ...DROP, enabled: false }, seen)).toEqual([]);
    expect(judgeRule({ ...DROP, country: 'BR', channel: 'whatsapp', connectionId: 'meta' }, seen)).toHaveLength(2);
  });

  test('never comes out of equal rates, whatever the volumes', () => {
    for (let n = 50; n < 20_000; n = Math.ceil(n * 1.7)) {
      for (const share of [0, 0.2, 0.5, 0.9, 1]) {
        const now = flow({ accepted: n, delivered: Math.round(n * share) });
        const before = flow({ accepted: 7 * n, delivered: Math.round(7 * n * share) });
        expect(judgeRule(DROP, evidence([now], [before]))).toEqual([]);
      }
    }
  });

  test('once found, is found at every lower rate too', () => {
    const before = good();
    const found = Array.from(
      { length: 101 },
      (_, delivered) => judgeRule(DROP, evidence([flow({ delivered })], [before])).length > 0,
    );
    const last = found.lastIndexOf(true);
    expect(found.slice(0, last + 1).every(Boolean)).toBe(true);
    expect(last).toBeGreaterThan(50);
    expect(last).toBeLessThan(90);
  });
});

describe('slow delivery', () => {
  const late = (bucket: number, n = 100) => flow({ accepted: n, delays: [[bucket, n]] });
  test.each([
    ['35 s, with nothing known of before', late(bucketOf(36_000)), [], ['connection', 'country']],
    ['20 s where 2 s are usual', late(bucketOf(20_000)), [late(bucketOf(2_000))], ['connection', 'country']],
    ['20 s where 10 s are usual', late(bucketOf(20_000)), [late(bucketOf(10_000))], []],
    ['of too few', late(bucketOf(90_000), 20), [], []],
  ])('%s', (_, now, before, expected) => {
    expect(levels(judgeRule(SLOW, evidence([now], before)))).toEqual(expected);
  });

  test('nothing that arrived has no percentile', () => {
    expect(delayPercentile(new Map(), 0.9)).toBeNull();
    expect(judgeRule(SLOW, evidence([flow({ delays: [] })]))).toEqual([]);
  });

  test('a percentile of merged flows lies between theirs', () => {
    const [a, b] = [late(8, 40), late(30, 160)];
    const p90 = (flows: Flow[]) => delayPercentile(sumFlows(flows).delays, 0.9)?.ms ?? 0;
    expect(p90([a, b])).toBeGreaterThanOrEqual(p90([a]));
    expect(p90([a, b])).toBeLessThanOrEqual(p90([b]));
    expect(delayMs(bucketOf(800))).toBeCloseTo(800, -2);
  });
});

describe('providers that do not answer', () => {
  test.each([
    [0, 100, 0],
    [10, 100, 0],
    [25, 100, 1],
    [5, 10, 0],
  ])('%i of %i', (unknown, submitted, alerts) => {
    expect(judgeRule(UNKNOWN, evidence([flow({ unknown, submitted })]))).toHaveLength(alerts);
  });
});

describe('silence of a webhook', () => {
  test.each([
    ['nothing heard of 20', flow({ accepted: 20, heard: 0, delivered: 0 }), 1],
    ['nothing heard of 19', flow({ accepted: 19, heard: 0, delivered: 0 }), 0],
    ['one heard of 500', flow({ accepted: 500, heard: 1, delivered: 0 }), 0],
    ['a provider that never tells', flow({ accepted: 500, heard: 0, delivered: 0, connectionId: 'smtp' }), 0],
  ])('%s', (_, now, alerts) => {
    expect(judgeRule(SILENCE, evidence([now]))).toHaveLength(alerts);
  });
  test('is of the connection: one country that is silent is none', () => {
    const now = [flow({ heard: 0 }), flow({ country: 'ID' })];
    expect(judgeRule(SILENCE, evidence(now))).toEqual([]);
  });
});

describe('spend', () => {
  test.each([
    ['under the limit, nothing before', 900_000, null, 0],
    ['over the limit', 1_000_001, null, 1],
    ['three times what it was', 600_000, 199_999, 1],
    ['twice what it was', 400_000, 200_000, 0],
    ['anything after nothing is no multiple', 400_000, 0, 0],
  ])('%s', (_, costMicros, spentBefore, alerts) => {
    expect(judgeRule(SPEND, evidence([flow({ costMicros })], [], { spentBefore }))).toHaveLength(alerts);
  });
});

test('a template in use that is paused is one cause, however many languages', () => {
  const templates = [{ connectionId: 'meta', name: 'otp_v1', locales: ['en', 'pt_BR'], status: 'paused' }];
  const causes = causesOf(judgeRule(TEMPLATE, evidence([], [], { templates })), []);
  expect(causes).toMatchObject([{ fingerprint: 'template_not_sendable/template:meta:otp_v1' }]);
});

describe('our own fault', () => {
  const OURS = rule('our_fault', { thresholds: {}, minimumVolume: 1, windowMinutes: 60 });
  const fault = (more: Partial<Fault> = {}): Fault => ({
    connectionId: 'meta',
    appId: 'app',
    country: 'BR',
    channel: 'whatsapp',
    reason: 'template_unavailable',
    template: 'otp_v1',
    locale: 'pt_BR',
    n: 1,
    lastAt: new Date(0),
    quietSeconds: 0,
    samples: ['a'],
    ...more,
  });
  const causes = (faults: Fault[], more: Partial<Evidence> = {}) =>
    causesOf(
      [OURS, TEMPLATE].flatMap((each) => judgeRule(each, evidence([], [], { faults, ...more }))),
      [],
    );

  test('is one cause per connection and reason, however many apps, countries and languages', () => {
    const found = causes([
      fault({ samples: ['1', '2', '3'] }),
      fault({ country: 'ID', locale: 'id', n: 5, lastAt: new Date(1), samples: ['4', '5', '6'] }),
      fault({ appId: 'other' }),
      fault({ reason: 'credentials_rejected' }),
      fault({ connectionId: 'ycloud' }),
    ]);
    expect(found.map(({ fingerprint, severity }) => [fingerprint, severity])).toEqual([
      ['our_fault/connection:meta:template_unavailable', 'warning'],
      ['our_fault/connection:meta:credentials_rejected', 'critical'],
      ['our_fault/connection:ycloud:template_unavailable', 'warning'],
    ]);
    expect(found[0]).toMatchObject({
      scope: { countries: [], template: 'otp_v1 (id, pt_BR)', reason: 'template_unavailable' },
      now: { value: 7 },
      affected: [{ country: 'ID' }, { country: 'BR' }],
      samples: ['4', '5', '6', '1', '2'],
    });
  });

  test('of a country that the account may not send to names the country', () => {
    expect(causes([fault({ reason: 'country_not_allowed' })])[0]?.scope.countries).toEqual(['BR']);
  });

  test.each([
    ['the same template and language', ['en', 'pt_BR'], 'otp_v1', ['template_not_sendable']],
    ['another language of it', ['en'], 'otp_v1', ['our_fault', 'template_not_sendable']],
    ['another template', ['pt_BR'], 'otp_v2', ['our_fault', 'template_not_sendable']],
  ])('beside a template that is known to be lost, %s', (_, locales, name, kinds) => {
    const templates = [{ connectionId: 'meta', name, locales, status: 'paused' }];
    expect(
      causes([fault()], { templates })
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(kinds);
  });

  test('is not found by a rule that looks elsewhere, or before its minimum', () => {
    const found = (more: Partial<typeof OURS>) =>
      judgeRule({ ...OURS, ...more }, evidence([], [], { faults: [fault()] })).length;
    expect([
      found({}),
      found({ connectionId: 'ycloud' }),
      found({ country: 'ID' }),
      found({ minimumVolume: 2 }),
    ]).toEqual([1, 0, 0, 0]);
  });
});

describe('one alert per cause', () => {
  const COUNTRIES = ['BR', 'ID', 'IN', 'CO', 'MX', 'AR', 'PE', 'CL', 'ZA', 'NG'];
  const usual = (connectionId = 'meta') =>
    COUNTRIES.map((country) =>
      flow({ country, connectionId, accepted: 1_000, delivered: 960, delays: [[bucketOf(800), 960]] }),
    );
  const causes = (current: Flow[], before: Flow[], open: string[] = []) =>
    causesOf(
      [DROP, SLOW, UNKNOWN, SILENCE].flatMap((each) => judgeRule(each, evidence(current, before))),
      current,
      new Set(open),
    );

  test('WhatsApp failing in ten countries over one connection is one alert about the connection, naming the ten', () => {
    const now = COUNTRIES.map((country) => flow({ country, delivered: 30 }));
    const found = causes(now, usual());
    expect(found).toMatchObject([{ fingerprint: 'delivery_drop/connection:meta:whatsapp', severity: 'critical' }]);
    expect([...(found[0]?.scope.countries ?? [])].sort()).toEqual([...COUNTRIES].sort());
  });

  test('one country failing is that country, even where the figures of its connection fall with it', () => {
    const now = COUNTRIES.map((country) =>
      country === 'BR' ? flow({ country, accepted: 5_000, delivered: 1_000 }) : flow({ country, delivered: 96 }),
    );
    expect(causes(now, usual()).map(({ fingerprint }) => fingerprint)).toEqual(['delivery_drop/country:BR:whatsapp']);
  });

  test('a country whose two connections share its traffic is that country', () => {
    const now = ['meta', 'ycloud'].map((connectionId) => flow({ connectionId, delivered: 20 }));
    const before = ['meta', 'ycloud'].map((connectionId) => flow({ connectionId, accepted: 500, delivered: 480 }));
    expect(causes(now, before).map(({ fingerprint }) => fingerprint)).toEqual(['delivery_drop/country:BR:whatsapp']);
  });

  test('a drop spread so thinly that no country shows it is the connection', () => {
    const now = COUNTRIES.map((country) => flow({ country, accepted: 20, delivered: 6 }));
    const found = causes(now, usual());
    expect(found.map(({ fingerprint }) => fingerprint)).toEqual(['delivery_drop/connection:meta:whatsapp']);
    expect(found[0]?.affected).toHaveLength(10);
  });

  test('a connection that fell silent explains by itself that nothing is delivered', () => {
    const now = COUNTRIES.map((country) => flow({ country, delivered: 0, heard: 0, delays: [] }));
    expect(causes(now, usual()).map(({ fingerprint }) => fingerprint)).toEqual([
      'webhook_silence/connection:meta:whatsapp',
    ]);
  });

  test('two connections that fail are two causes', () => {
    const now = COUNTRIES.flatMap((country) => [
      flow({ country, delivered: 20 }),
      flow({ country, channel: 'sms', connectionId: 'twilio', delivered: 30 }),
    ]);
    const before = [...usual(), ...usual('twilio').map((each): Flow => ({ ...each, channel: 'sms' }))];
    expect(
      causes(now, before)
        .map(({ fingerprint }) => fingerprint)
        .sort(),
    ).toEqual(['delivery_drop/connection:meta:whatsapp', 'delivery_drop/connection:twilio:sms']);
  });

  test('an open alert of a connection stays the connection’s while one of its countries is affected', () => {
    const now = COUNTRIES.map((country) => flow({ country, delivered: country === 'BR' ? 30 : 96 }));
    expect(causes(now, usual()).map(({ fingerprint }) => fingerprint)).toEqual(['delivery_drop/country:BR:whatsapp']);
    const open = 'delivery_drop/connection:meta:whatsapp';
    expect(causes(now, usual(), [open]).map(({ fingerprint }) => fingerprint)).toEqual([open]);
  });

  test('does not depend on the order in which flows and findings come', () => {
    const now = COUNTRIES.map((country, n) => flow({ country, delivered: n < 4 ? 20 : 96 }));
    const there = causes(now, usual());
    const back = causes(now.toReversed(), usual().toReversed());
    expect(new Set(back.map(({ fingerprint }) => fingerprint))).toEqual(
      new Set(there.map(({ fingerprint }) => fingerprint)),
    );
  });

  test('whatever fails, no country is named by two causes of one kind', () => {
    for (let mask = 0; mask < 1 << COUNTRIES.length; mask += 7) {
      const now = COUNTRIES.map((country, n) => flow({ country, delivered: mask & (1 << n) ? 10 : 97 }));
      const named = causes(now, usual()).flatMap(({ scope }) => scope.countries);
      expect(new Set(named).size).toBe(named.length);
      const failing = COUNTRIES.filter((_, n) => mask & (1 << n));
      expect(failing.filter((country) => !named.includes(country))).toEqual([]);
    }
  });

  test('a country’s alert becomes part of its connection’s', () => {
    const scope = { appId: null, connectionId: null, channel: 'whatsapp' as const, countries: ['BR'], template: null };
    const [cause] = causes(
      COUNTRIES.map((country) => flow({ country, delivered: 30 })),
      usual(),
    );
    expect(cause && isPartOf({ kind: 'delivery_drop', scope }, cause)).toBe(true);
    expect(cause && isPartOf({ kind: 'delivery_drop', scope: { ...scope, countries: ['FR'] } }, cause)).toBe(false);
    expect(cause && isPartOf({ kind: 'slow_delivery', scope }, cause)).toBe(false);
  });
});
