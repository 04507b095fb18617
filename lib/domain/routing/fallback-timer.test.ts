import { expect, test } from 'vitest';
import { INHERITS_ALL, type RouteRow, resolveRoute } from '@/lib/domain/routing/country-route';
import { withTimers } from '@/lib/domain/routing/fallback-timer';

const says = (scope: string, parent: string | null, more: Partial<RouteRow> = {}): RouteRow => ({
  scope,
  parent,
  ...INHERITS_ALL,
  ...more,
});
const whatsapp = { channel: 'whatsapp', enabled: true, connections: [{ id: 'meta', weight: 1 }] } as const;
const sms = { channel: 'sms', enabled: true, connections: [{ id: 'twilio', weight: 1 }] } as const;
const rows = new Map(
  [
    says('global', null, { channels: [whatsapp, sms], fallbackAfterSeconds: 30, fallbackOnFailed: true }),
    says('region:americas', 'global', { fallbackAfterSeconds: 45 }),
    says('country:BR', 'region:americas', { fallbackOnFailed: false }),
    says('country:IN', 'global', { fallbackAfterSeconds: 0 }),
    says('country:DE', 'global', { channels: [whatsapp, { ...sms, enabled: false }] }),
    says('country:FR', 'global', { mode: 'blocked' }),
    says('country:GB', 'global', { channels: [whatsapp, { ...sms, connections: [] }] }),
    says('country:PT', 'global', { channels: [whatsapp, { channel: 'email', enabled: true, connections: [] }] }),
  ].map((row) => [row.scope, row]),
);
const isServed = (channel: string) => channel === 'email';
const timersOf = (...countries: string[]) =>
  withTimers(
    countries.map((key) => ({ key, n: 1 })),
    (country) => resolveRoute(rows, country),
    isServed,
  ).map(({ timer }) => timer);

test('each country has the timer of the nearest scope that says one, and the name of that scope', () => {
  expect(timersOf('BR', 'IN', 'XX')).toEqual([
    { afterSeconds: 45, from: 'region:americas', onFailed: false, onFailedFrom: 'country:BR', hasNext: true },
    { afterSeconds: 0, from: 'country:IN', onFailed: true, onFailedFrom: 'global', hasNext: true },
    { afterSeconds: 30, from: 'global', onFailed: true, onFailedFrom: 'global', hasNext: true },
  ]);
});

test('where no scope says one, the built-in timer holds and is named so', () => {
  const [only] = withTimers([{ key: 'BR' }], (country) => resolveRoute(new Map(), country), isServed);
  expect(only?.timer).toMatchObject({ afterSeconds: 30, from: 'built_in', hasNext: false });
});

test('a route with one channel in use, or that is blocked, has nothing to fall back to; a channel that names no connection takes whichever serves it', () => {
  expect(timersOf('DE', 'FR', 'GB', 'PT').map(({ hasNext }) => hasNext)).toEqual([false, false, false, true]);
});

test('figures keep their order and all they had', () => {
  const joined = withTimers(
    [
      { key: 'IN', n: 9 },
      { key: 'BR', n: 4 },
    ],
    (country) => resolveRoute(rows, country),
    isServed,
  );
  expect(joined.map(({ key, n }) => [key, n])).toEqual([
    ['IN', 9],
    ['BR', 4],
  ]);
});
