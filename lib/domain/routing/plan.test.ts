import { describe, expect, test } from 'vitest';
import type { Channel } from '@/lib/domain/channel';
import { DEFAULT_POLICIES, type Policy } from '@/lib/domain/policy/policy';
import { type CountryRoute, INHERITS_ALL, type RouteRow, resolveRoute } from '@/lib/domain/routing/country-route';
import {
  type PlanConnection,
  type PlanInput,
  type PlanTemplate,
  planRoute,
  STEPS_MAX,
} from '@/lib/domain/routing/plan';

const connection = (id: string, channels: Channel[], more: Partial<PlanConnection> = {}): [string, PlanConnection] => [
  id,
  {
    id,
    provider: channels.includes('sms') ? 'twilio' : 'meta-cloud',
    name: id,
    channels,
    enabled: true,
    priceRule: 'delivered',
    ...more,
  },
];
const template = (id: string, more: Partial<PlanTemplate> = {}): PlanTemplate => ({
  id,
  channel: 'whatsapp',
  useCase: null,
  locale: 'en',
  connectionId: 'meta',
  providerName: 'otp',
  text: null,
  status: 'approved',
  codeExpirationMinutes: null,
  ttlSeconds: null,
  button: null,
  ...more,
});
const text = (id: string, locale: string, more: Partial<PlanTemplate> = {}) =>
  template(id, { channel: 'sms', locale, connectionId: null, providerName: null, text: '{code}', ...more });
const route = (more: Partial<CountryRoute> = {}): CountryRoute => ({
  country: 'BR',
  mode: 'automatic',
  channels: [
    { channel: 'whatsapp', enabled: true, connections: [] },
    { channel: 'sms', enabled: true, connections: [] },
  ],
  fallbackOnFailed: true,
  fallbackAfterSeconds: 30,
  defaultLocale: 'pt_BR',
  globalLocale: 'en',
  prices: { whatsapp: 8000, sms: 50_000 },
  priceChanges: [],
  sendsPerDayMax: 0,
  spendPerDayMaxMicros: 0,
  coverage: 'high',
  inheritedFrom: {},
  ...more,
});
const [login] = DEFAULT_POLICIES as [Policy, ...Policy[]];
const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  route: route(),
  policy: login,
  channel: null,
  locales: [null],
  brand: 'Acme',
  webDomain: null,
  connections: new Map([connection('meta', ['whatsapp']), connection('twilio', ['sms', 'whatsapp'])]),
  templates: [
    template('w-en'),
    template('w-pt', { locale: 'pt_BR' }),
    text('s-en', 'en'),
    text('s-pt', 'pt_BR'),
    text('s-es', 'es'),
  ],
  draw: 0,
  day: '2026-11-25',
  ...more,
});
const channels = (more: Partial<PlanInput>) => planRoute(input(more)).steps.map(({ channel }) => channel);
const skipped = (more: Partial<PlanInput>) =>
  planRoute(input(more)).skipped.map(({ channel, why }) => `${channel} ${why}`);

describe('the steps of a verification', () => {
  test('say how many parts an SMS is paid as, and nothing where it is one', () => {
    const partsOf = (body: string, more: Partial<PlanInput> = {}) =>
      planRoute(input({ templates: [text('s', 'en', { text: body })], ...more })).steps.map(
        ({ channel, segments }) => `${channel} ${segments ?? 'one'}`,
      );
    expect(partsOf('{code} is your code.')).toEqual(['sms one']);
    // 70 characters of UCS-2 fit in one: the code, brand and minutes count as they are filled in.
    expect(partsOf('รหัสของคุณ {code}')).toEqual(['sms one']);
    expect(partsOf(`${'ร'.repeat(64)}{code}`)).toEqual(['sms one']);
    expect(partsOf(`${'ร'.repeat(65)}{code}`)).toEqual(['sms 2']);
    expect(partsOf(`${'ร'.repeat(62)}{code}`, { webDomain: 'acme.example' })).toEqual(['sms 2']);
  });

  test('follow the order of the route, with prices, templates and the rules that were in force', () => {
    const plan = planRoute(input());
    expect(plan.steps).toMatchObject([
      {
        channel: 'whatsapp',
        connectionId: 'meta',
        template: { id: 'w-pt', name: 'otp' },
        locale: 'pt_BR',
        priceMicros: 8000,
      },
      {
        channel: 'sms',
        connectionId: 'twilio',
        template: { id: 's-pt', text: '{code}' },
        locale: 'pt_BR',
        priceMicros: 50_000,
      },
    ]);
    expect(plan).toMatchObject({ fallbackOnFailed: true, fallbackAfterSeconds: 30, isUserChoice: false, skipped: [] });
    expect(plan.policy).toMatchObject({ lifetimeSeconds: 300, checksMax: 5, codeMode: 'same_code' });
  });

  test('pass a connection over whose breaker is open, and say why; with nothing else left the code leaves all the same', () => {
    const isDown = new Set(['meta']);
    expect(planRoute(input({ isDown })).steps.map(({ connectionId }) => connectionId)).toEqual(['twilio']);
    expect(skipped({ isDown })).toEqual(['whatsapp breaker_open']);
    const all = planRoute(input({ isDown: new Set(['meta', 'twilio']) }));
    expect(all.steps.map(({ connectionId }) => connectionId)).toEqual(['meta', 'twilio']);
    expect(all.skipped).toEqual([]);
  });

  test('are none where the country is blocked', () => {
    expect(channels({ route: route({ mode: 'blocked' }) })).toEqual([]);
  });

  test.each<[string, Partial<PlanInput>, Channel[], string[]]>([
    [
      'a channel that is switched off',
      {
        route: route({
          channels: [
            { channel: 'whatsapp', enabled: false, connections: [] },
            { channel: 'sms', enabled: true, connections: [] },
          ],
        }),
      },
      ['sms'],
      ['whatsapp channel_disabled'],
    ],
    [
      'a channel that the policy does not allow',
      { policy: { ...login, channels: ['sms'] } },
      ['sms'],
      ['whatsapp not_in_policy'],
    ],
    [
      'a channel that nothing carries',
      { connections: new Map([connection('twilio', ['sms'])]) },
      ['sms'],
      ['whatsapp no_connection'],
    ],
    [
      'a connection that is switched off',
      { connections: new Map([connection('meta', ['whatsapp'], { enabled: false }), connection('twilio', ['sms'])]) },
      ['sms'],
      ['whatsapp connection_disabled'],
    ],
    [
      'a template that is not approved',
      { templates: [template('w', { status: 'paused' }), text('s', 'en')] },
      ['sms'],
      ['whatsapp no_approved_template'],
    ],
    ['no template at all', { templates: [template('w')] }, ['whatsapp'], ['sms no_approved_template']],
  ])('leave out %s, and say why', (_, more, expected, reasons) => {
    expect(channels(more)).toEqual(expected);
    expect(skipped(more)).toEqual(reasons);
  });

  test('go by e-mail only with an address, with the subject of the text, and offer it only then', () => {
    const withMail = {
      route: route({ channels: [...route().channels, { channel: 'email', enabled: true, connections: [] }] }),
      connections: new Map([...input().connections, connection('mail', ['email'], { provider: 'smtp' })]),
      templates: [...input().templates, text('m-en', 'en', { channel: 'email', subject: 'Your code' })],
    };
    const without = planRoute(input(withMail));
    expect(without.skipped).toContainEqual({ channel: 'email', connectionId: null, why: 'no_address' });
    expect(without.switchTo).not.toContain('email');
    const plan = planRoute(input({ ...withMail, hasMailAddress: true }));
    expect(plan.switchTo).toContain('email');
    expect(plan.steps.at(-1)).toMatchObject({ channel: 'email', template: { id: 'm-en', subject: 'Your code' } });
    // No other step says a word of subjects: plans of old and new are the same rows.
    for (const { template: used } of plan.steps.slice(0, -1)) expect(used).not.toHaveProperty('subject');
  });

  test('take the next connection of a channel where the first cannot be used, in their order', () => {
    const both = [
      {
        channel: 'sms' as const,
        enabled: true,
        connections: [
          { id: 'gone', weight: 1 },
          { id: 'twilio', weight: 0 },
        ],
      },
    ];
    const plan = planRoute(input({ route: route({ channels: both }) }));
    expect(plan.steps).toMatchObject([{ connectionId: 'twilio' }]);
    expect(plan.skipped).toEqual([{ channel: 'sms', connectionId: 'gone', why: 'connection_disabled' }]);
  });

  test('share a channel between connections by weight', () => {
    const weights = [
      { id: 'a', weight: 3 },
      { id: 'b', weight: 1 },
      { id: 'c', weight: 0 },
    ];
    const more = {
      route: route({ channels: [{ channel: 'sms', enabled: true, connections: weights }] }),
      connections: new Map(weights.map(({ id }) => connection(id, ['sms']))),
    } satisfies Partial<PlanInput>;
    const counts: Record<string, number> = {};
    for (let n = 0; n < 1000; n += 1) {
      const id = planRoute(input({ ...more, draw: n / 1000 })).steps[0]?.connectionId ?? 'none';
      counts[id] = (counts[id] ?? 0) + 1;
    }
    expect(counts).toEqual({ a: 750, b: 250 });
  });

  test('without any weight take the first', () => {
    const weights = [
      { id: 'a', weight: 0 },
      { id: 'b', weight: 0 },
    ];
    const plan = planRoute(
      input({
        route: route({ channels: [{ channel: 'sms', enabled: true, connections: weights }] }),
        connections: new Map(weights.map(({ id }) => connection(id, ['sms']))),
        draw: 0.99,
      }),
    );
    expect(plan.steps[0]?.connectionId).toBe('a');
  });

  test('are never more than anybody would wait for', () => {
    const many = Array.from({ length: 9 }, () => ({ channel: 'sms' as const, enabled: true, connections: [] }));
    expect(channels({ route: route({ channels: many }) })).toHaveLength(STEPS_MAX);
  });
});

describe("the user's own choice", () => {
  const plan = planRoute(input({ channel: 'sms' }));
  test('is the only step, and never falls back', () => {
    expect(plan.steps.map(({ channel }) => channel)).toEqual(['sms']);
    expect(plan).toMatchObject({ isUserChoice: true, fallbackOnFailed: false, fallbackAfterSeconds: 0 });
    expect(plan.skipped).toEqual([{ channel: 'whatsapp', connectionId: null, why: 'not_chosen' }]);
  });
  test('comes with every channel that may be switched to', () => {
    expect(plan.switchTo).toEqual(['whatsapp', 'sms']);
  });
  test('gets nothing where it cannot be had, and still names the others', () => {
    const none = planRoute(input({ channel: 'voice' }));
    expect(none.steps).toEqual([]);
    expect(none.switchTo).toEqual(['whatsapp', 'sms']);
  });
});

describe('the language', () => {
  const localeOf = (locales: (string | null)[], defaultLocale = 'pt_BR', templates = input().templates) =>
    planRoute(input({ locales, route: route({ defaultLocale }), templates })).steps.map(({ locale }) => locale);
  test('of the request comes first, then the country, then English', () => {
    expect(localeOf(['es'])).toEqual(['pt_BR', 'es']);
    expect(localeOf([null])).toEqual(['pt_BR', 'pt_BR']);
    expect(localeOf([null], 'sw')).toEqual(['en', 'en']);
    expect(localeOf(['xx', null], 'sw')).toEqual(['en', 'en']);
  });
  test('of the global scope stands between the country and English', () => {
    const languageOf = (globalLocale: string, defaultLocale = 'sw') =>
      planRoute(input({ route: route({ defaultLocale, globalLocale }) })).steps.map(({ locale }) => locale);
    expect(languageOf('es')).toEqual(['en', 'es']);
    expect(languageOf('pt_BR')).toEqual(['pt_BR', 'pt_BR']);
    expect(languageOf('es', 'pt_BR')).toEqual(['pt_BR', 'pt_BR']);
  });
  test('is never bought with a template that is not approved', () => {
    const templates = [template('w-en'), template('w-pt', { locale: 'pt_BR', status: 'rejected' }), text('s', 'en')];
    expect(localeOf([null], 'pt_BR', templates)).toEqual(['en', 'en']);
  });
  test('counts less than a template made for the use case', () => {
    const templates = [
      template('general', { locale: 'pt_BR' }),
      template('own', { useCase: 'login', locale: 'en' }),
      text('s', 'en'),
    ];
    expect(planRoute(input({ templates })).steps[0]?.template.id).toBe('own');
  });
  test('comes from the connection that carries it, or from one that belongs to nobody', () => {
    const templates = [
      template('foreign', { connectionId: 'other', locale: 'pt_BR' }),
      template('own', { locale: 'en' }),
      text('s', 'en'),
    ];
    expect(planRoute(input({ templates })).steps[0]?.template.id).toBe('own');
  });
});

describe('prices that change on a day', () => {
  const changing = route({
    priceChanges: [
      { channel: 'whatsapp', micros: 9000, from: '2027-01-01' },
      { channel: 'whatsapp', micros: 8500, from: '2026-12-01' },
    ],
  });
  test.each([
    ['2026-11-30', 8000],
    ['2026-12-01', 8500],
    ['2027-01-01', 9000],
    ['2027-06-01', 9000],
  ])('on %s a WhatsApp message costs %d micros', (day, micros) => {
    expect(planRoute(input({ route: changing, day })).steps.map(({ priceMicros }) => priceMicros)).toEqual([
      micros,
      50_000,
    ]);
  });
});

describe('what a country inherits', () => {
  const row = (scope: string, parent: string | null, more: Partial<RouteRow> = {}): [string, RouteRow] => [
    scope,
    {
      scope,
      parent,
      ...INHERITS_ALL,
      ...more,
    },
  ];
  const rows = new Map([
    row('global', null, {
      mode: 'automatic',
      fallbackOnFailed: true,
      fallbackAfterSeconds: 30,
      defaultLocale: 'en',
      prices: { whatsapp: 1, sms: 2 },
    }),
    row('region:americas', 'global', { fallbackAfterSeconds: 20, prices: { sms: 3 } }),
    row('country:BR', 'region:americas', { defaultLocale: 'pt_BR', fallbackOnFailed: false, prices: { whatsapp: 4 } }),
    row('country:XX', 'country:YY'),
    row('country:YY', 'country:XX'),
  ]);

  test('comes from the nearest scope that says anything, and is named', () => {
    expect(resolveRoute(rows, 'BR')).toMatchObject({
      country: 'BR',
      mode: 'automatic',
      defaultLocale: 'pt_BR',
      globalLocale: 'en',
      fallbackAfterSeconds: 20,
      fallbackOnFailed: false,
      prices: { whatsapp: 4, sms: 3 },
      inheritedFrom: {
        mode: 'global',
        defaultLocale: 'country:BR',
        fallbackAfterSeconds: 'region:americas',
        fallbackOnFailed: 'country:BR',
        channels: 'built_in',
      },
    });
  });
  test('a zero and a false are said, not inherited', () => {
    const off = new Map([
      ...rows,
      row('country:CO', 'region:americas', { fallbackAfterSeconds: 0, fallbackOnFailed: false }),
    ]);
    expect(resolveRoute(off, 'CO')).toMatchObject({ fallbackAfterSeconds: 0, fallbackOnFailed: false });
  });
  test('a country without a row takes the global one', () => {
    expect(resolveRoute(rows, 'ZZ')).toMatchObject({
      country: 'ZZ',
      defaultLocale: 'en',
      inheritedFrom: { defaultLocale: 'global' },
    });
  });
  test('without any row everything is built in', () => {
    expect(resolveRoute(new Map(), 'BR')).toMatchObject({
      mode: 'automatic',
      channels: [],
      defaultLocale: 'en',
      prices: {},
      inheritedFrom: { mode: 'built_in', prices: 'built_in' },
    });
  });
  test('a circle in the data ends', () => {
    expect(resolveRoute(rows, 'XX').inheritedFrom.mode).toBe('built_in');
  });
});
