import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Actor } from '@/lib/domain/actor';
import { parseSearch } from '@/lib/domain/search/language';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import { TAIL, type TailEvent, type TailLine, tailVerifications } from '@/lib/operations/verifications/tail';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

const ana: Actor = {
  kind: 'user',
  userId: '00000000-0000-7000-8000-00000000000a',
  email: 'ana@example.com',
  name: 'Ana',
  role: 'analyst',
};
let core: TestCore;
const open: AbortController[] = [];

beforeAll(async () => {
  core = await startTestCore();
});
afterEach(() => {
  for (const each of open.splice(0)) each.abort();
});
afterAll(() => core.stop());

async function listen(search = '', more: { since?: string; actor?: Actor; isStillOpen?: () => Promise<boolean> } = {}) {
  const left = new AbortController();
  open.push(left);
  const events = await tailVerifications(
    more.actor ?? ana,
    { terms: parseSearch(search).terms, since: more.since ?? null },
    { isStillOpen: more.isStillOpen ?? (async () => true), signal: left.signal },
  );
  const seen: TailLine[] = [];
  const all: TailEvent[] = [];
  const ended = (async () => {
    for await (const event of events) {
      all.push(event);
      if (event.kind === 'lines') seen.push(...event.lines);
    }
  })();
  return { seen, all, ended, leave: () => left.abort() };
}

const until = (what: () => boolean) => expect.poll(what, { timeout: 8_000, interval: 50 }).toBe(true);

test('what is issued is told once to everyone whom it concerns, and what becomes of it as well', async () => {
  const everything = await listen();
  const mine = await listen('reference:mine');
  const { resource: other } = await core.issue(core.phone());
  const { resource } = await core.issue(core.phone(), { reference: 'mine' });
  await until(() => mine.seen.some(({ id }) => id === resource.id));
  await until(() => everything.seen.some(({ id }) => id === other.id));
  expect(mine.seen.some(({ id }) => id === other.id)).toBe(false);

  await cancelVerification(core.key(), { verificationId: resource.id });
  await until(() => mine.seen.some(({ id, status }) => id === resource.id && status === 'canceled'));
  const told = mine.seen.map(({ id, status, trail }) => `${id} ${status} ${trail.map(({ state }) => state)}`);
  expect(new Set(told).size).toBe(told.length);
  expect(JSON.stringify(mine.seen)).not.toMatch(/\+\d{7,}/);
});

test('whoever comes back is told what they missed', async () => {
  const { resource: last } = await core.issue(core.phone());
  const { resource: missed } = await core.issue(core.phone());
  const back = await listen('', { since: last.id });
  await until(() => back.seen.some(({ id }) => id === missed.id));
  expect(back.seen.some(({ id }) => id === last.id)).toBe(false);
});

test('a key hears of its own app and mode alone', async () => {
  const key = await listen('', { actor: core.key({ appId: core.otherApp }) });
  const person = await listen();
  const { resource } = await core.issue(core.phone());
  await until(() => person.seen.some(({ id }) => id === resource.id));
  expect(key.seen).toEqual([]);
});

test('it ends within five seconds of the session, and a database that is away ends nobody', async () => {
  let isOpen = true;
  let asked = 0;
  const watcher = await listen('', {
    isStillOpen: async () => {
      asked += 1;
      if (asked === 1) throw new Error('the database is away');
      return isOpen;
    },
  });
  await until(() => asked >= 2);
  const closedAt = performance.now();
  isOpen = false;
  await watcher.ended;
  expect(performance.now() - closedAt).toBeLessThan(5_000);
  expect(watcher.all.at(-1)).toEqual({ kind: 'end', why: 'session_over' });
}, 20_000);

test('at most fifty listen to one process, and whoever leaves makes room', async () => {
  const listeners = await Promise.all(Array.from({ length: TAIL.listenersMax }, () => listen()));
  await until(() => listeners.length === TAIL.listenersMax);
  const one = () =>
    tailVerifications(ana, { terms: [], since: null }, { isStillOpen: async () => true, signal: AbortSignal.abort() });
  expect(await refusalOf(one())).toBe('unavailable');
  listeners[0]?.leave();
  await listeners[0]?.ended;
  expect(await refusalOf(one())).toBe('resolved');
});
