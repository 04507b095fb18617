import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENTITY_SCHEMAS, isEntityId } from '@/lib/contract/configuration';
import { type Entities, type Entity, entityKey, readEntityKey } from '@/lib/domain/configuration/entities';
import { lint } from '@/lib/domain/configuration/lint';
import { countSegments } from '@/lib/domain/message/segments';
import { PACK_TEXTS, packTexts } from '@/lib/domain/policy/pack-texts';
import { installedAs, PACK_IDS, PACKS, packAdditions } from '@/lib/domain/policy/packs';
import { DEFAULT_POLICIES } from '@/lib/domain/policy/policy';
import { renderText, tellsTransaction } from '@/lib/domain/template/text';
import { MAIL_TEXTS } from '@/lib/operations/setup/mail-texts';
import { SMS_TEXTS } from '@/lib/operations/setup/sms-texts';

const scenarios = PACKS.flatMap((pack) => pack.scenarios.map((scenario) => ({ pack, scenario })));
const defaults: Entities = Object.fromEntries(
  DEFAULT_POLICIES.map(({ useCase, ...policy }) => [entityKey('policies', useCase), policy as unknown as Entity]),
);
const ids = new Map<string, string>();
/** Any ids will do, as long as the same text gets the same one. */
const textId = (channel: string, useCase: string, locale: string): string => {
  const key = `${channel} ${useCase} ${locale}`;
  const known = ids.get(key) ?? `00000000-0000-8000-8000-${String(ids.size).padStart(12, '0')}`;
  ids.set(key, known);
  return known;
};
const install = (entities: Entities, packs = PACKS): Entities => {
  let next = entities;
  for (const pack of packs) {
    next = {
      ...next,
      ...Object.fromEntries(packAdditions(pack, next, textId).map(({ entity, value }) => [entity, value])),
    };
  }
  return next;
};

test('there are six packs with the four scenarios of each industry, and no two share a name or an identifier', () => {
  expect(PACKS.map(({ id }) => id)).toEqual([...PACK_IDS]);
  for (const { scenarios: four } of PACKS) expect(four).toHaveLength(4);
  const names = [...scenarios.map(({ scenario }) => scenario.policy.name), ...DEFAULT_POLICIES.map(({ name }) => name)];
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(scenarios.map(({ scenario }) => scenario.useCase)).size).toBe(24);
});

test.each(scenarios)(
  '$scenario.useCase is within every bound, and the lint has nothing to say about it',
  ({ pack, scenario }) => {
    expect(ENTITY_SCHEMAS.policies.parse(scenario.policy)).toEqual(scenario.policy);
    expect(isEntityId('policies', scenario.useCase)).toBe(true);
    expect(scenario.policy.pack).toBe(pack.id);
    const key = entityKey('policies', scenario.useCase);
    const findings = lint({
      entities: install({}, [{ ...pack, scenarios: [scenario] }]),
      connections: new Map(),
      templates: [],
      traffic: null,
      day: '2026-11-25',
    });
    expect(findings.filter(({ entity }) => entity === key)).toEqual([]);
    // Whoever approves an amount is told it.
    expect(scenario.policy.bindsTransaction).toBe(scenario.text === 'payment');
  },
);

describe.each(Object.entries(PACK_TEXTS))('the %s texts', (kind, texts) => {
  test('are there in every language an installation starts with', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(SMS_TEXTS).sort());
  });
  test.each(Object.entries(texts))(
    '%s names what it has to, leads with the code, and takes no more parts than it must',
    (locale, text) => {
      expect(text.startsWith('{code}')).toBe(true);
      for (const name of ['{brand}', '{minutes}']) expect(text).toContain(name);
      expect(tellsTransaction(text)).toBe(kind === 'payment');
      const transaction = { of: { amount: 49_900_000, currency: 'EUR', payee: 'Corner Shop' }, locale };
      const values = { code: '482915', brand: 'Acme', minutes: 10, appHash: null, webDomain: null, transaction };
      const { encoding, segments } = countSegments(renderText(text, values));
      expect(segments).toBeLessThanOrEqual(encoding === 'gsm7' ? 1 : 2);
      if (/^(en|es|pt|fr|de|it|nl|id|ms|pl|tr)/.test(locale)) expect(encoding).toBe('gsm7');
    },
  );
});

describe.each(Object.keys(PACK_TEXTS) as (keyof typeof PACK_TEXTS)[])('the %s e-mails', (kind) => {
  const mails = packTexts(kind).filter(({ channel }) => channel === 'email');
  test('are there in every language, each with a subject of its own that keeps the code to itself', () => {
    expect(mails.map(({ locale }) => locale).sort()).toEqual(Object.keys(MAIL_TEXTS).sort());
    for (const { locale, subject } of mails) {
      expect(subject, locale).toContain('{brand}');
      expect(subject, locale).not.toMatch(/\{(?!brand\})/);
      expect(subject, locale).not.toBe(MAIL_TEXTS[locale]?.subject);
    }
  });
  test.each(mails)('$locale says what the SMS says, and what to do when nobody asked', ({ locale, text }) => {
    const [sentence, stranger, ...more] = text.split('\n\n');
    expect(sentence).toBe(Object.entries(PACK_TEXTS[kind]).find(([known]) => known === locale)?.[1]);
    expect(stranger).not.toMatch(/\{/);
    // The same words as the e-mail of every other use case.
    expect(MAIL_TEXTS[locale]?.text.endsWith(stranger ?? '')).toBe(true);
    expect(more).toEqual([]);
    expect(tellsTransaction(text)).toBe(kind === 'payment');
  });
});

/** Each writes out hundreds of texts: enough to meet every kind of clash, few enough for a busy machine. */
const INSTALLS = 30;

describe('installing', () => {
  const existing = fc.dictionary(
    fc
      .constantFrom(...scenarios.flatMap(({ scenario }) => [scenario.useCase, `${scenario.useCase}_2`]))
      .map((id) => `policies/${id}`),
    fc.record({
      name: fc.constantFrom(...scenarios.map(({ scenario }) => scenario.policy.name), 'Mine'),
      pack: fc.constantFrom(null, ...PACK_IDS),
    }) as fc.Arbitrary<Entity>,
    { maxKeys: 12 },
  );
  const chosen = fc.subarray([...PACKS], { minLength: 1 });

  test('adds what is missing, changes nothing that exists, and a second time adds nothing', () => {
    fc.assert(
      fc.property(existing, chosen, (mine, packs) => {
        const before = { ...defaults, ...mine };
        const after = install(before, packs);
        for (const [key, entity] of Object.entries(before)) expect(after[key]).toEqual(entity);
        for (const pack of packs) {
          for (const scenario of pack.scenarios) expect(installedAs(scenario, after)).not.toBeNull();
        }
        expect(install(after, packs)).toEqual(after);
      }),
      { numRuns: INSTALLS },
    );
  });

  test('makes only entries that the draft takes, with names nobody else has', () => {
    fc.assert(
      fc.property(existing, (mine) => {
        const before: Entities = { ...defaults, ...mine };
        const after = install(before);
        const added = Object.entries(after).filter(([key]) => !(key in before));
        for (const [key, entity] of added) {
          const known = readEntityKey(key);
          if (!known) throw new Error(key);
          expect(isEntityId(known.kind, known.id)).toBe(true);
          expect(ENTITY_SCHEMAS[known.kind].safeParse(entity).success).toBe(true);
        }
        const names = added.filter(([key]) => key.startsWith('policies/')).map(([, { name }]) => name);
        const others = Object.values(before).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.filter((name) => others.includes(name ?? null))).toEqual([]);
      }),
      { numRuns: INSTALLS },
    );
  });
});
