import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BREAKER, opensBreaker, outcomeOf, retryAfterSeconds } from '@/lib/domain/routing/breaker';

const outcomes = (...kinds: string[]) =>
  kinds
    .join('')
    .split('')
    .map((kind, n) => ({ at: 1_000 + n, isFailure: kind === 'x' }));
const now = 2_000;

test.each([
  ['xxxxxxxxx', false, 'nine failures are chance'],
  ['xxxxxxxxxx', true, 'ten are not'],
  ['xxxxx.....', true, 'half is enough'],
  ['xxxx......', false, 'less than half is not'],
  ['..........', false, 'a working provider'],
])('%s opens: %s (%s)', (kinds, opens) => {
  expect(opensBreaker(outcomes(kinds), now)).toBe(opens);
});

test('what is older than half a minute says nothing', () => {
  expect(opensBreaker(outcomes('xxxxxxxxxxxx'), now + BREAKER.windowMs)).toBe(false);
});

test('only what the provider is to blame for counts', () => {
  expect(outcomeOf({ kind: 'accepted' })).toBe(false);
  expect(outcomeOf({ kind: 'unknown' })).toBe(true);
  expect(outcomeOf({ kind: 'refused', reason: 'provider_down' })).toBe(true);
  expect(outcomeOf({ kind: 'refused', reason: 'throttled' })).toBe(true);
  expect(outcomeOf({ kind: 'refused', reason: 'not_on_channel' })).toBeNull();
  expect(outcomeOf({ kind: 'refused', reason: 'credentials_rejected' })).toBeNull();
});

test('a success never opens, a failure never helps', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (kinds) => {
      const list = kinds.map((isFailure, n) => ({ at: 1_000 + n, isFailure }));
      const opens = opensBreaker(list, now);
      if (!opens)
        expect(
          opensBreaker([...list, { at: 1_999, isFailure: false }], now) && list.length >= BREAKER.outcomesMin,
        ).toBe(false);
      if (opens) expect(opensBreaker([...list, { at: 1_999, isFailure: true }], now)).toBe(true);
    }),
  );
});

test('looks come less and less often, up to five minutes', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(retryAfterSeconds)).toEqual([15, 30, 60, 120, 240, 300, 300]);
});
