import { describe, expect, test } from 'vitest';
import { networkOf } from '@/lib/domain/abuse/network';
import { type Actor, ROLES, SCOPES } from '@/lib/domain/actor';
import { ERROR_CODES, ERRORS, isRefusal, Refusal, wordsOf } from '@/lib/domain/errors';
import { mayDo, PERMISSIONS, type Permission, permit } from '@/lib/domain/permissions';
import { maskNumber, prefixOf } from '@/lib/domain/phone/prefix';
import { DEFAULT_POLICIES, guessOdds, lifetimeMinutes, minutesLeft } from '@/lib/domain/policy/policy';
import { matchLocale, normaliseLocale } from '@/lib/domain/template/locale';
import { renderText } from '@/lib/domain/template/text';
import { budgetRetryAfterSeconds, budgetWait } from '@/lib/domain/verification/budget';
import {
  CHECKS,
  CODE_LENGTH,
  LEASE_SECONDS,
  LIFETIME_SECONDS,
  SEND_DEADLINE_MS,
  SEND_LIMITS,
} from '@/lib/domain/verification/limits';
import { sendWait } from '@/lib/domain/verification/send-limits';
import { isFinal, outcomeWithoutGuess, VERIFICATION_STATUSES } from '@/lib/domain/verification/states';

describe('the network that a limit counts for', () => {
  test.each([
    ['2001:db8:0:7::1', '2001:db8:0:7::/64'],
    ['2001:DB8:0:7::1', '2001:db8:0:7::/64'],
    ['2001:0db8:0000:0007:0000:0000:0000:0001', '2001:db8:0:7::/64'],
    ['2001:db8::7:0:0:0:1', '2001:db8:0:7::/64'],
    ['2001:db8:0:7:ffff:ffff:ffff:ffff', '2001:db8:0:7::/64'],
    ['2001:db8:0:7::', '2001:db8:0:7::/64'],
    ['2001:db8:0:8::1', '2001:db8:0:8::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
  ])('of %s is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  test('200 addresses of one /64 are one network', () => {
    const addresses = Array.from({ length: 200 }, (_, n) => `2001:db8:1:2:${n.toString(16)}::${(n * 7).toString(16)}`);
    expect(new Set(addresses.map(networkOf)).size).toBe(1);
  });
});

describe('locales', () => {
  test.each([
    ['pt-br', 'pt_BR'],
    ['PT_BR', 'pt_BR'],
    ['EN', 'en'],
    ['es-419', 'es_419'],
    ['zh-Hans', 'zh_CN'],
    ['zh-Hant', 'zh_TW'],
    ['zh-Hant-HK', 'zh_HK'],
    ['sr_Latn_RS', 'sr_RS'],
    ['ca-ES-valencia', 'ca_ES'],
    ['en-US-u-hc-h12', 'en_US'],
    ['de-1996', 'de'],
    ['qaa-Qaaa', 'qaa'],
    ['xx-a-b-c', 'xx'],
  ])('%s is spelled %s', (one, other) => {
    expect(normaliseLocale(one)).toBe(other);
  });
  test.each<[string, (string | null)[], string[], string | null]>([
    ['exact before bare', ['pt_BR'], ['pt', 'pt_BR'], 'pt_BR'],
    ['bare before a sibling', ['pt_PT'], ['pt', 'pt_BR'], 'pt'],
    ['a sibling before nothing', ['pt_PT'], ['en', 'pt_BR'], 'pt_BR'],
    ['the first wish before the second', ['de', 'fr'], ['fr', 'de'], 'de'],
    ['the second where the first has nothing', ['de', 'fr'], ['en', 'fr'], 'fr'],
    ['any spelling', ['ES-mx'], ['es_MX'], 'es_MX'],
    ['keeps the spelling of what is available', ['pt_BR'], ['PT-br'], 'PT-br'],
    ['siblings in a fixed order', ['es'], ['es_MX', 'es_AR'], 'es_AR'],
    ['no wish', [null], ['en'], null],
    ['nothing available', ['en'], [], null],
    ['no prefix of a language is that language', ['e'], ['en'], null],
  ])('%s', (_, wishes, available, best) => {
    expect(matchLocale(wishes, available)).toBe(best);
  });
});

describe('numbers shown to people', () => {
  test.each([
    ['+5511987654321', '55', '+55 ••••••••• 21'],
    ['+12025550123', '1', '+1 •••••••• 23'],
    ['+3548901', '354', '+354 ••• 01'],
  ])('%s is shown as %3$s', (number, code, masked) => {
    expect(maskNumber(number, code)).toBe(masked);
    expect(masked.replace(/\D/g, '').length).toBeLessThanOrEqual(code.length + 2);
  });
  test('the prefix is the number without its last four digits', () => {
    expect(prefixOf('+5511987654321')).toBe('+551198765');
  });
});

describe('the text of an SMS', () => {
  const values = { code: '123456', brand: 'Acme', minutes: 5, appHash: null, webDomain: null };
  test('has its values, each time they are named', () => {
    expect(renderText('{code} {brand} {minutes} {code}', values)).toBe('123456 Acme 5 123456');
  });
  test('takes a brand literally: it names no value and opens no pattern', () => {
    expect(renderText('{brand}: {code}', { ...values, brand: '{code} $& $1' })).toBe('{code} $& $1: 123456');
  });
  test('ends in the lines that phones read: the hash of the app, then the domain', () => {
    expect(renderText('{code}', { ...values, appHash: 'FA+9qCX9VSu', webDomain: 'acme.example' })).toBe(
      '123456\n\nFA+9qCX9VSu\n\n@acme.example #123456',
    );
  });
  test('leaves unknown names alone', () => {
    expect(renderText('{code} {name}', values)).toBe('123456 {name}');
  });
});

describe('the failure budget', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const ago = (...seconds: number[]) => seconds.map((s) => new Date(now.getTime() - s * 1000));
  test('19 in the hour are fine; 20 close it until the oldest of them is an hour old', () => {
    expect(budgetRetryAfterSeconds({ failures: ago(...Array(19).fill(60)), sinceSuccess: 19 }, now)).toBeNull();
    expect(budgetRetryAfterSeconds({ failures: ago(...Array(19).fill(60), 600), sinceSuccess: 20 }, now)).toBe(3000);
  });
  test('50 in the day close it until the oldest of them is a day old', () => {
    const spread = Array.from({ length: 50 }, (_, n) => 4_000 + n * 1_000);
    expect(budgetRetryAfterSeconds({ failures: ago(...spread), sinceSuccess: 50 }, now)).toBe(86_400 - 53_000);
  });
  test('100 since the last success close it for a day after the newest', () => {
    expect(budgetRetryAfterSeconds({ failures: ago(3_600), sinceSuccess: 100 }, now)).toBe(82_800);
    expect(budgetRetryAfterSeconds({ failures: ago(86_400), sinceSuccess: 100 }, now)).toBeNull();
    expect(budgetRetryAfterSeconds({ failures: [], sinceSuccess: 100 }, now)).toBeNull();
    expect(budgetWait({ failures: ago(...Array(20).fill(60)), sinceSuccess: 20 }, now).quota).toEqual({
      requests: 20,
      windowSeconds: 3_600,
    });
    expect(budgetWait({ failures: ago(3_600), sinceSuccess: 100 }, now).quota).toEqual({ requests: 100 });
  });
  test('does not care in which order the failures are told', () => {
    const failures = ago(...Array.from({ length: 30 }, (_, n) => (n * 97) % 3_000));
    const orders = [failures, [...failures].reverse(), [...failures].sort((a, b) => a.getTime() - b.getTime())];
    expect(new Set(orders.map((each) => budgetRetryAfterSeconds({ failures: each, sinceSuccess: 30 }, now))).size).toBe(
      1,
    );
  });
});

describe('policies', () => {
  test('every default one is within the bounds, under 10 minutes and hard to guess', () => {
    for (const policy of DEFAULT_POLICIES) {
      expect(policy.lifetimeSeconds).toBeGreaterThanOrEqual(LIFETIME_SECONDS.min);
      expect(policy.lifetimeSeconds).toBeLessThanOrEqual(LIFETIME_SECONDS.warnAbove);
      expect(policy.codeLength).toBe(CODE_LENGTH.default);
      expect(policy.checksMax).toBe(CHECKS.default);
      expect(guessOdds(policy)).toBeLessThanOrEqual(1 / 10_000);
    }
    expect(DEFAULT_POLICIES.map(({ useCase, lifetimeSeconds }) => `${useCase} ${lifetimeSeconds}`)).toEqual(
      expect.arrayContaining(['login 300', 'registration 600', 'payment 600', 'account_recovery 600']),
    );
  });
  test.each([
    [60, 1],
    [119, 1],
    [300, 5],
    [330, 5],
    [30, 1],
  ])('%i s are told as %i minutes: never more than the truth, never none', (seconds, minutes) => {
    expect(lifetimeMinutes(seconds)).toBe(minutes);
  });
  test.each([
    [300, 300, 5],
    [296, 300, 5],
    [294, 300, 4],
    [240, 300, 4],
    [150, 300, 2],
    [3, 300, 1],
    [118, 118, 1],
  ])('with %i s of %i s left, %i minutes are told: what is left, but for a moment', (left, whole, minutes) => {
    expect(minutesLeft(left, whole)).toBe(minutes);
  });
  test('a live process never loses its own lease: the send ends before it', () => {
    expect(SEND_DEADLINE_MS).toBeLessThan(LEASE_SECONDS * 1000);
    expect(LEASE_SECONDS).toBeLessThan(15);
  });
});

describe('a send over its limit', () => {
  const now = new Date('2026-01-05T10:00:00Z');
  const ago = (...seconds: number[]) => seconds.map((each) => new Date(now.getTime() - each * 1_000));
  const every = (n: number, seconds: number) => ago(...Array.from({ length: n }, (_, i) => seconds + i));

  test.each([
    ['five within 10 minutes: when the fifth newest is 10 minutes old', 'number', ago(10, 20, 30, 40, 540), 60],
    ['ten within a day: when the tenth newest is a day old', 'number', every(10, 3_600), 86_400 - 3_609],
    ['twenty of a prefix within the hour', 'prefix', every(20, 100), 3_600 - 119],
    ['ten of an address within the hour', 'ip', every(10, 100), 3_600 - 109],
    ['a window that has just ended: at once is a second', 'prefix', every(20, 3_600), 1],
    ['fewer than the limit', 'ip', every(2, 10), 1],
  ] as const)('%s', (_, limit, sends, seconds) => {
    expect(sendWait({ limit, sends, now }, SEND_LIMITS).retryAfterSeconds).toBe(seconds);
    expect(sendWait({ limit, sends: sends.toReversed(), now }, SEND_LIMITS).retryAfterSeconds).toBe(seconds);
  });
});

describe('a check that could not be spent', () => {
  test.each([
    ['pending', true, 'expired'],
    ['pending', false, 'locked'],
    ['undeliverable', true, 'expired'],
    ['undeliverable', false, 'closed'],
    ['locked', false, 'locked'],
    ['locked', true, 'locked'],
    ['expired', true, 'expired'],
    ['approved', false, 'closed'],
    ['approved', true, 'closed'],
    ['canceled', false, 'closed'],
    ['canceled', true, 'closed'],
  ] as const)('of a %s one (past its expiry: %s) answers %s', (status, isPastExpiry, outcome) => {
    expect(outcomeWithoutGuess(status, isPastExpiry)).toBe(outcome);
  });
  test('everything but pending is final', () => {
    expect(VERIFICATION_STATUSES.filter((status) => !isFinal(status))).toEqual(['pending']);
  });
});

describe('the error catalogue', () => {
  test.each(ERROR_CODES)('%s has a status of its kind, a title and a type', (code) => {
    const { status, title, type } = ERRORS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(type === 'api_error').toBe(status >= 500 && status !== 501);
    if (type === 'rate_limit_error') expect([status, ERRORS[code].retry]).toEqual([429, 'later']);
    if (status === 429) expect(type).toBe('rate_limit_error');
  });
  test('a refusal is known by its shape, also when another copy of the class made it', () => {
    class Other extends Error {
      override name = 'Refusal';
      code = 'not_found';
    }
    expect([new Refusal('not_found'), new Other()].every(isRefusal)).toBe(true);
    expect(
      [
        new Error('not_found'),
        { name: 'Refusal', code: 'not_found' },
        Object.assign(new Error(), { name: 'Refusal', code: 'nonsense' }),
        null,
      ].some(isRefusal),
    ).toBe(false);
  });
  test('a refusal reads as a sentence without its code: its own detail, or the title of the catalogue', () => {
    expect(wordsOf(new Refusal('not_found', { detail: 'No such alert.' }))).toBe('No such alert.');
    expect(wordsOf(new Refusal('not_found'))).toBe('No such resource.');
    expect(wordsOf(new Refusal('invalid_request', { detail: '' }))).toBe('The request does not match the contract.');
  });
  test('the cause of a refusal stays out of its message', () => {
    expect(new Refusal('internal', { cause: new Error('secret') }).message).not.toContain('secret');
  });
});

/** The whole matrix as people read it, kept apart from the code that it judges. */
const MATRIX: Record<Permission, string> = {
  'verifications:write': 'owner admin ops developer',
  'verifications:read': 'owner admin ops analyst developer',
  'verifications:cancel': 'owner admin ops developer',
  'routes:explain': 'owner admin ops analyst developer',
  'channels:read': 'owner admin ops analyst developer',
  'analytics:read': 'owner admin ops analyst developer',
  'config:read': 'owner admin ops analyst developer',
  'config:write': 'owner admin ops',
  'config:publish': 'owner admin ops',
  'apps:read': 'owner admin ops developer',
  'users:read': 'owner admin',
  'account:manage': 'owner admin ops analyst developer',
  'audit:read': 'owner admin ops',
  'views:manage': 'owner admin ops analyst developer',
  'views:share': 'owner admin ops analyst',
  'alerts:read': 'owner admin ops analyst developer',
  'alerts:manage': 'owner admin ops',
  'callbacks:replay': 'owner admin ops developer',
  'keys:manage': 'owner admin developer',
  'apps:manage': 'owner admin developer',
  'connections:manage': 'owner admin',
  'templates:manage': 'owner admin ops developer',
  'users:manage': 'owner admin',
};
const SCOPE_OF: Record<Permission, string | null> = {
  'verifications:write': 'verifications:write',
  'verifications:read': 'verifications:read',
  'verifications:cancel': 'verifications:write',
  'routes:explain': 'verifications:read',
  'channels:read': 'verifications:read',
  'analytics:read': 'analytics:read',
  'config:read': 'config:read',
  'config:write': null,
  'config:publish': null,
  'callbacks:replay': null,
  'apps:read': null,
  'keys:manage': null,
  'apps:manage': null,
  'connections:manage': null,
  'templates:manage': null,
  'users:read': null,
  'users:manage': null,
  'account:manage': null,
  'audit:read': null,
  'views:manage': null,
  'views:share': null,
  'alerts:read': null,
  'alerts:manage': null,
};

describe('who may do what', () => {
  const permissions = Object.keys(PERMISSIONS) as Permission[];
  const user = (role: (typeof ROLES)[number]): Actor => ({
    kind: 'user',
    userId: 'u',
    email: 'u@example.com',
    name: 'U',
    role,
  });
  const key = (...scopes: (typeof SCOPES)[number][]): Actor => ({
    kind: 'api_key',
    keyId: 'k',
    appId: 'a',
    livemode: true,
    scopes,
  });

  test('every permission has its row here', () => {
    expect(permissions.sort()).toEqual(Object.keys(MATRIX).sort());
  });
  test.each(permissions.flatMap((permission) => ROLES.map((role) => [role, permission] as const)))(
    '%s · %s',
    (role, permission) => {
      const isAllowed = MATRIX[permission].split(' ').includes(role);
      expect(mayDo(user(role), permission)).toBe(isAllowed);
      const refusal = (() => {
        try {
          permit(user(role), permission);
          return null;
        } catch (error: unknown) {
          return isRefusal(error) ? error.code : 'thrown';
        }
      })();
      expect(refusal).toBe(isAllowed ? null : 'forbidden');
    },
  );
  test.each(permissions.flatMap((permission) => SCOPES.map((scope) => [scope, permission] as const)))(
    'a key with %s · %s',
    (scope, permission) => {
      expect(mayDo(key(scope), permission)).toBe(SCOPE_OF[permission] === scope);
    },
  );
  test.each(permissions)('a key without scopes may not %s', (permission) => {
    expect(mayDo(key(), permission)).toBe(false);
  });
});
