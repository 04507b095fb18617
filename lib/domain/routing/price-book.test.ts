import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INHERITS_ALL, priceOn, type RouteRow, resolveRoute } from '@/lib/domain/routing/country-route';
import { priceLines } from '@/lib/domain/routing/price-book';

const says = (scope: string, parent: string | null, more: Partial<RouteRow> = {}): RouteRow => ({
  scope,
  parent,
  ...INHERITS_ALL,
  ...more,
});
const table = (...rows: RouteRow[]) => new Map(rows.map((row) => [row.scope, row]));
/** Where the route names no connection. */
const serving = (channel: string) => (channel === 'voice' ? [] : [{ id: `any ${channel}` }]);
const bookOf = (rows: ReadonlyMap<string, RouteRow>, day: string) =>
  Object.fromEntries(priceLines(rows, 'BR', day, serving).map((line) => [line.channel, line]));

const rows = table(
  says('global', null, {
    channels: [
      { channel: 'whatsapp', enabled: true, connections: [{ id: 'meta', weight: 1 }] },
      { channel: 'sms', enabled: true, connections: [{ id: 'twilio', weight: 1 }] },
      { channel: 'email', enabled: true, connections: [] },
      { channel: 'voice', enabled: true, connections: [] },
    ],
    prices: { whatsapp: 8_000, sms: 100_000 },
  }),
  says('region:americas', 'global', {
    priceChanges: [
      { channel: 'whatsapp', micros: 9_000, from: '2026-12-01' },
      { channel: 'whatsapp', micros: 7_500, from: '2026-10-01' },
    ],
  }),
  says('country:BR', 'region:americas', { prices: { sms: 30_000 } }),
);

test('a price that has begun holds until the next, each with the scope that says it', () => {
  const { whatsapp, sms } = bookOf(rows, '2026-11-25');
  expect(whatsapp).toMatchObject({
    now: { micros: 7_500, from: '2026-10-01', until: '2026-12-01' },
    next: { micros: 9_000, from: '2026-12-01', until: null },
    from: 'region:americas',
    isSent: true,
    connectionIds: ['meta'],
  });
  expect(sms).toMatchObject({ now: { micros: 30_000, from: null, until: null }, next: null, from: 'country:BR' });
});

test('the day of a change belongs to the new price, the day before to the old one', () => {
  expect(bookOf(rows, '2026-11-30').whatsapp?.now.micros).toBe(7_500);
  expect(bookOf(rows, '2026-12-01').whatsapp?.now.micros).toBe(9_000);
  expect(bookOf(rows, '2026-12-01').whatsapp?.next).toBeNull();
  expect(bookOf(rows, '2026-09-30').whatsapp).toMatchObject({ now: { micros: 8_000, from: null }, from: 'global' });
});

test('a country with a price of its own is not repriced by a change of what it does not take, nor does it lose changes of other channels', () => {
  const changed = table(
    says('global', null, {
      prices: { whatsapp: 10_000, sms: 50_000 },
      priceChanges: [
        { channel: 'whatsapp', micros: 4_000, from: '2026-12-01' },
        { channel: 'sms', micros: 60_000, from: '2026-12-01' },
      ],
    }),
    says('country:BR', 'global', {
      prices: { whatsapp: 31_500 },
      priceChanges: [{ channel: 'sms', micros: 40_000, from: '2026-11-01' }],
    }),
    says('country:CO', 'global', { priceChanges: [{ channel: 'sms', micros: 20_000, from: '2026-11-01' }] }),
  );
  const priceOf = (country: string, channel: 'whatsapp' | 'sms', day: string) =>
    priceOn(resolveRoute(changed, country), channel, day);
  expect(priceOf('BR', 'whatsapp', '2026-12-02')).toBe(31_500);
  expect(priceOf('BR', 'sms', '2026-12-02')).toBe(40_000);
  expect(priceOf('CO', 'whatsapp', '2026-12-02')).toBe(4_000);
  expect(priceOf('CO', 'sms', '2026-10-31')).toBe(50_000);
  expect(priceOf('CO', 'sms', '2026-12-02')).toBe(20_000);
});

test('a channel that is sent over without a price is said to have none; one that is neither is left out', () => {
  const book = bookOf(rows, '2026-11-25');
  expect(book.email).toMatchObject({ now: { micros: null }, from: 'built_in', connectionIds: ['any email'] });
  expect(book.voice).toBeUndefined();
});

test('of a blocked country nothing is sent, and the prices stay in the book', () => {
  const blocked = new Map(rows).set('country:BR', says('country:BR', 'region:americas', { mode: 'blocked' }));
  expect(bookOf(blocked, '2026-11-25').whatsapp).toMatchObject({ isSent: false, now: { micros: 7_500 } });
  expect(bookOf(blocked, '2026-11-25').email).toBeUndefined();
});

test('on every day the book says what messages of that day are priced at', () => {
  const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`);
  const change = fc.record({
    channel: fc.constantFrom('whatsapp' as const, 'sms' as const),
    micros: fc.integer({ min: 0, max: 500_000 }),
    from: day,
  });
  const prices = fc.option(fc.record({ whatsapp: fc.integer({ min: 1, max: 9_000 }) }), { nil: null });
  const changes = fc.option(fc.array(change, { maxLength: 6 }), { nil: null });
  fc.assert(
    fc.property(prices, prices, changes, changes, day, (above, own, changesAbove, changesOwn, today) => {
      const random = table(
        says('global', null, { prices: above, priceChanges: changesAbove }),
        says('country:BR', 'global', { prices: own, priceChanges: changesOwn }),
      );
      const route = resolveRoute(random, 'BR');
      for (const line of priceLines(random, 'BR', today, serving)) {
        expect(line.now.micros ?? 0).toBe(priceOn(route, line.channel, today));
        line.periods.forEach((period, at) => {
          expect(period.until).toBe(line.periods[at + 1]?.from ?? null);
          if (period.from !== null) expect(period.micros).toBe(priceOn(route, line.channel, period.from));
        });
      }
    }),
  );
});
