import { describe, expect, test } from 'vitest';
import type { Entities, Entity } from '@/lib/domain/configuration/entities';
import { type Finding, isKnownFinding, type LintInput, lint, lintPolicy } from '@/lib/domain/configuration/lint';
import { DEFAULT_POLICIES, type Policy } from '@/lib/domain/policy/policy';
import { INHERITS_ALL } from '@/lib/domain/routing/country-route';
import type { PlanConnection, PlanTemplate } from '@/lib/domain/routing/plan';

const channel = (name: string) => ({ channel: name, enabled: true, connections: [] });
const route = (parent: string | null, more: Entity = {}): Entity => ({
  parent,
  ...INHERITS_ALL,
  coverageSource: null,
  ...more,
});
const policy = (useCase: string, more: Entity = {}): Entity => {
  const { useCase: _, ...rest } = DEFAULT_POLICIES.find((known) => known.useCase === useCase) as Policy;
  return { ...(rest as unknown as Entity), ...more };
};
const text: Entity = {
  channel: 'sms',
  useCase: null,
  locale: 'en',
  text: '{code}',
  subject: null,
  dltTemplateId: null,
};
const good: Entities = {
  'routes/global': route(null, {
    mode: 'automatic',
    channels: [channel('whatsapp'), channel('sms')],
    fallbackOnFailed: true,
    fallbackAfterSeconds: 30,
    defaultLocale: 'en',
  }),
  'routes/region:americas': route('global'),
  'routes/country:BR': route('region:americas'),
  'routes/country:CO': route('region:americas'),
  'policies/login': policy('login'),
  'texts/00000000-0000-7000-8000-000000000001': text,
};
const connection = (id: string, channels: PlanConnection['channels'], enabled = true): [string, PlanConnection] => [
  id,
  { id, provider: 'meta-cloud', name: id, channels, enabled, priceRule: 'delivered' },
];
const template = (more: Partial<PlanTemplate> = {}): PlanTemplate => ({
  id: 't1',
  channel: 'whatsapp',
  useCase: null,
  locale: 'en',
  connectionId: 'meta',
  providerName: 'otp',
  text: null,
  status: 'approved',
  codeExpirationMinutes: 5,
  ttlSeconds: 60,
  button: 'copy_code',
  ...more,
});
const withMail = {
  connections: new Map([
    connection('meta', ['whatsapp']),
    connection('twilio', ['sms']),
    connection('mail', ['email']),
  ]),
};
const mailText: Entities = {
  'texts/00000000-0000-7000-8000-000000000009': { ...text, channel: 'email', subject: '{code}' },
};
const silent = { templates: [template({ codeExpirationMinutes: null })] };
const found = (more: Partial<LintInput> = {}, entities: Entities = {}) =>
  lint({
    entities: { ...good, ...entities },
    connections: new Map([connection('meta', ['whatsapp']), connection('twilio', ['sms'])]),
    templates: [template()],
    traffic: [
      { country: 'BR', useCase: 'login', locale: 'en', verifications: 900 },
      { country: 'CO', useCase: 'login', locale: 'en', verifications: 100 },
    ],
    day: '2026-11-25',
    ...more,
  });
const codes = (...args: Parameters<typeof found>) => found(...args).map(({ code, severity }) => `${severity} ${code}`);

test('a sound configuration has no findings', () => {
  expect(found()).toEqual([]);
});

describe('what the lint finds, and how bad it is', () => {
  const cases: [name: string, expected: string[], more: Partial<LintInput>, entities: Entities][] = [
    [
      'a lifetime above 10 minutes',
      ['warning lifetime_too_long'],
      silent,
      { 'policies/payment': policy('payment', { lifetimeSeconds: 900, name: 'Payment' }) },
    ],
    [
      'a short code, and the odds that it makes',
      ['warning code_too_short', 'warning guess_odds'],
      silent,
      { 'policies/x': policy('payment', { codeLength: 4, lifetimeSeconds: 600 }) },
    ],
    [
      'odds that only the checks make',
      ['warning code_too_short', 'warning guess_odds'],
      {},
      { 'policies/x': policy('login', { codeLength: 5, checksMax: 10 + 1 }) },
    ],
    [
      'a timer that outlives the code',
      ['error timer_outlives_code'],
      {},
      { 'routes/country:BR': route('region:americas', { fallbackAfterSeconds: 300 }) },
    ],
    [
      'a timer outside the usual band, told once where it is set',
      ['note timer_outside_band'],
      {},
      { 'routes/region:americas': route('global', { fallbackAfterSeconds: 10 }) },
    ],
    [
      'fallback on without anything to fall back to',
      ['warning fallback_leads_nowhere', 'warning fallback_leads_nowhere'],
      { connections: new Map([connection('meta', ['whatsapp']), connection('twilio', ['sms'], false)]) },
      {},
    ],
    [
      'countries with traffic that nothing can reach',
      ['error country_without_channel', 'error country_without_channel'],
      { connections: new Map() },
      {},
    ],
    [
      'a connection that does not exist',
      ['error connection_unknown'],
      {},
      {
        'routes/country:BR': route('region:americas', {
          channels: [
            {
              channel: 'whatsapp',
              enabled: true,
              connections: [
                { id: 'gone', weight: 1 },
                { id: 'meta', weight: 1 },
              ],
            },
            channel('sms'),
          ],
        }),
      },
    ],
    [
      'a message that outlives its code',
      ['warning message_outlives_code'],
      { templates: [template({ ttlSeconds: 2_592_000 })] },
      {},
    ],
    [
      'a template that tells other minutes than the policy',
      ['warning template_tells_other_minutes'],
      { templates: [template({ codeExpirationMinutes: 10 })] },
      {},
    ],
    [
      'languages with traffic and no template',
      ['warning locale_without_template', 'warning locale_without_template'],
      { traffic: [{ country: 'BR', useCase: 'login', locale: 'pt_BR', verifications: 50 }] },
      {},
    ],
    [
      'e-mail before another channel, told once where the order is set',
      ['warning mail_before_another'],
      withMail,
      { ...mailText, 'routes/region:americas': route('global', { channels: [channel('email'), channel('sms')] }) },
    ],
    [
      'no e-mail that comes last, goes out alone, or waits for no timer',
      [],
      withMail,
      {
        ...mailText,
        'routes/region:americas': route('global', { channels: [channel('sms'), channel('email')] }),
        'routes/country:BR': route('region:americas', {
          channels: [channel('email'), { ...channel('sms'), enabled: false }],
        }),
        'routes/country:CO': route('region:americas', {
          channels: [channel('email'), channel('sms')],
          fallbackAfterSeconds: 0,
        }),
      },
    ],
    ['India without a registered text', ['note dlt_missing'], {}, { 'routes/country:IN': route('global') }],
    [
      'a country without traffic that nothing can reach, as a note',
      ['note country_without_channel', 'note country_without_channel'],
      { connections: new Map(), traffic: [] },
      {},
    ],
  ];
  test.each(cases)('%s', (_, expected, more, entities) => {
    expect(codes(more, entities)).toEqual(expected);
  });

  test('a blocked country needs no channel', () => {
    expect(
      codes(
        {},
        {
          'routes/country:BR': route('region:americas', {
            mode: 'blocked',
            channels: [{ channel: 'sms', enabled: false, connections: [] }],
          }),
        },
      ),
    ).toEqual([]);
  });

  test('a template of a use case of its own is judged by that use case only', () => {
    const templates = [
      template(),
      template({ id: 't2', useCase: 'payment', codeExpirationMinutes: 10, ttlSeconds: 60 }),
    ];
    expect(codes({ templates }, { 'policies/payment': policy('payment') })).toEqual([]);
  });
});

describe('a use case that no channel is left for', () => {
  const traffic = [
    { country: 'BR', useCase: 'login', locale: 'en', verifications: 900 },
    { country: 'BR', useCase: 'payment', locale: 'en', verifications: 500 },
  ];
  const voiceOnly = { 'policies/payment': policy('payment', { channels: ['voice'] }) };
  const dead = (more: Partial<LintInput> = {}, entities: Entities = voiceOnly) =>
    found({ traffic, ...silent, ...more }, entities).filter(({ code }) => code === 'country_without_channel');

  test('stops the publish where people ask for it, though every other use case has one', () => {
    expect(dead()).toMatchObject([
      {
        severity: 'error',
        entity: 'routes/country:BR',
        useCase: 'payment',
        verifications: 500,
        said: 'BR: no channel can carry a payment code (whatsapp is not in the policy, sms is not in the policy).',
      },
      { severity: 'note', entity: 'policies/payment', said: expect.stringContaining('1 country'), verifications: 0 },
    ]);
  });
  test('is found also where it is the one that lives shortest', () => {
    const entities = {
      ...voiceOnly,
      'policies/payment': policy('payment', { channels: ['voice'], lifetimeSeconds: 120 }),
    };
    expect(dead({}, entities).map(({ useCase, severity }) => [useCase, severity])).toEqual([
      ['payment', 'error'],
      ['payment', 'note'],
    ]);
  });
  test('is one note for all countries that nobody asked from, or whose traffic is not known', () => {
    for (const quiet of [[], null]) {
      expect(dead({ traffic: quiet })).toMatchObject([
        { severity: 'note', entity: 'policies/payment', said: expect.stringContaining('BR, CO') },
      ]);
    }
  });
  test('is told as the country’s own where no use case has one', () => {
    const findings = dead({ connections: new Map() });
    expect(findings.map(({ entity, useCase }) => [entity, useCase])).toEqual([
      ['routes/country:BR', undefined],
      ['routes/country:CO', undefined],
    ]);
  });
  test('counts texts that tell an amount for those only that have one', () => {
    const texts = { 'texts/00000000-0000-7000-8000-000000000001': { ...text, text: '{code} {amount} {payee}' } };
    const smsOnly = {
      ...voiceOnly,
      'policies/payment': policy('payment', { channels: ['sms'], bindsTransaction: true }),
    };
    expect(dead({}, { ...smsOnly, ...texts })).toEqual([]);
    expect(dead({}, { 'policies/payment': policy('payment', { channels: ['sms'] }), ...texts })).toHaveLength(2);
  });
});

test('the worst comes first, and each tells how many people it concerns', () => {
  const findings = found(
    { ...silent, connections: new Map() },
    { 'policies/login': policy('login', { lifetimeSeconds: 900 }) },
  );
  expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error', 'warning']);
  expect(findings.map(({ verifications }) => verifications)).toEqual([900, 100, null]);
  expect(found({ connections: new Map(), traffic: null })[0]?.verifications).toBeNull();
});

test('applying a finding’s fix makes it go away', () => {
  const broken: Entities = {
    'policies/x': policy('login', { codeLength: 4, lifetimeSeconds: 900 }),
    'routes/country:BR': route('region:americas', { fallbackAfterSeconds: 5 }),
    'routes/country:CO': route('region:americas', {
      channels: [channel('email'), channel('whatsapp'), channel('sms')],
    }),
    ...mailText,
  };
  let entities: Entities = { ...good, ...broken };
  const judge = () => found({ ...silent, ...withMail }, entities).filter(({ fix }) => fix !== null);
  expect(judge().map(({ code }) => code)).toContain('mail_before_another');
  expect(judge().length).toBeGreaterThan(4);
  for (let rounds = 0; rounds < 10 && judge().length > 0; rounds += 1) {
    for (const edit of judge()[0]?.fix?.edits ?? []) {
      entities = { ...entities, [edit.entity]: { ...entities[edit.entity], [edit.field as string]: edit.value } };
    }
  }
  expect(judge()).toEqual([]);
});

describe('a place of a text', () => {
  const id = (n: number) => `texts/00000000-0000-7000-8000-00000000000${n}`;
  const twice = (entities: Entities) => found({}, entities).filter(({ code }) => code === 'text_twice');

  test('is taken once, whether a use case is named or not', () => {
    expect(twice({ [id(2)]: { ...text, text: 'other {code}' } })).toMatchObject([
      { severity: 'error', entity: id(2), said: expect.stringContaining('every use case') },
    ]);
    const own = { ...text, useCase: 'login' };
    expect(twice({ [id(2)]: own, [id(3)]: own })).toMatchObject([
      { severity: 'error', entity: id(3), said: expect.stringContaining('Login') },
    ]);
  });
  test('differs by channel, use case and language', () => {
    expect(
      twice({
        [id(2)]: { ...text, channel: 'email', subject: '{code}' },
        [id(3)]: { ...text, useCase: 'login' },
        [id(4)]: { ...text, locale: 'pt_BR' },
      }),
    ).toEqual([]);
  });
});

describe('an approved amount', () => {
  const bound = { 'policies/login': policy('login', { bindsTransaction: true }) };
  const untold = (entities: Entities) => found({}, entities).filter(({ code }) => code === 'transaction_not_told');

  test('has to be told by the texts that carry it', () => {
    expect(untold(bound)).toMatchObject([{ severity: 'warning', entity: 'policies/login', verifications: 1_000 }]);
    const own = { ...text, useCase: 'login', text: '{code} {amount} {payee}' };
    expect(untold({ ...bound, 'texts/00000000-0000-7000-8000-000000000002': own })).toEqual([]);
  });
  test('is no matter where nothing is bound', () => {
    expect(untold({})).toEqual([]);
  });
});

test('a lifetime that is no whole number of minutes is told to a tenth', () => {
  const login = DEFAULT_POLICIES.find(({ useCase }) => useCase === 'login') as Policy;
  const [finding] = lintPolicy({ ...login, lifetimeSeconds: 905 });
  expect(finding?.said).toContain('lives 15.1 minutes');
});

describe('what was there before a change is not brought by it', () => {
  const before: Finding = {
    code: 'country_without_channel',
    severity: 'error',
    said: 'BR: no channel can carry a code (sms is switched off).',
    entity: 'routes/country:BR',
    field: 'channels',
    href: null,
    fix: null,
    verifications: 900,
  };
  test.each<[string, Partial<Finding>, Partial<Finding>, boolean]>([
    ['the same', {}, {}, true],
    ['another reason, other figures', {}, { said: 'BR: … (sms has no connection).', verifications: 901 }, true],
    ['one use case of all that it held for', {}, { useCase: 'login' }, true],
    ['every use case, where it held for one', { useCase: 'login' }, {}, false],
    ['another use case', { useCase: 'login' }, { useCase: 'payment' }, false],
    ['milder', {}, { severity: 'warning' }, true],
    ['worse', { severity: 'note' }, {}, false],
    ['another country', {}, { entity: 'routes/country:CO' }, false],
    ['another field', {}, { field: 'mode' }, false],
    ['something else', {}, { code: 'fallback_leads_nowhere' }, false],
  ])('%s', (_, was, becomes, isKnown) => {
    expect(isKnownFinding([{ ...before, ...was }], { ...before, ...becomes })).toBe(isKnown);
  });
});
