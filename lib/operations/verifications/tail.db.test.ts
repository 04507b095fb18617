import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { statementCounters } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { parseSearch } from '@/lib/domain/search/language';
import { publicId } from '@/lib/ids';
import { cancelVerification } from '@/lib/operations/verifications/cancel';
import {
  TAIL,
  type TailClock,
  type TailEvent,
  type TailLine,
  tailVerifications,
} from '@/lib/operations/verifications/tail';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';
import { insertPast } from '@/scripts/testing/past';

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

/** A clock that stands still until it is told how late it is. */
function stillClock(): TailClock & { advance(ms: number): void } {
  let at = 0;
  let due: { at: number; ring: () => void }[] = [];
  return {
    now: () => at,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        due.push({ at: at + ms, ring: resolve });
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    advance(ms) {
      at += ms;
      const ringing = due.filter((each) => each.at <= at);
      due = due.filter((each) => each.at > at);
      for (const { ring } of ringing) ring();
    },
  };
}

type More = { since?: string; actor?: Actor; isStillOpen?: () => Promise<boolean>; clock?: TailClock };
async function listen(search = '', more: More = {}) {
  const left = new AbortController();
  open.push(left);
  const events = await tailVerifications(
    more.actor ?? ana,
    { terms: parseSearch(search).terms, since: more.since ?? null },
    {
      isStillOpen: more.isStillOpen ?? (async () => true),
      signal: left.signal,
      ...(more.clock ? { clock: more.clock } : {}),
    },
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

/** Lets the clock move on, and what hangs on it take its turn. */
async function step(clock: ReturnType<typeof stillClock>, ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
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

test('a heartbeat goes out after fifteen seconds without news, and only then', async () => {
  const clock = stillClock();
  const quiet = await listen('reference:nobody', { clock });
  for (let second = 1; second <= 15; second += 1) await step(clock, 1_000);
  expect(quiet.all).toEqual([]);
  await step(clock, 1_000);
  await until(() => quiet.all.length === 1);
  expect(quiet.all).toEqual([{ kind: 'heartbeat' }]);
  for (let second = 1; second <= 15; second += 1) await step(clock, 1_000);
  expect(quiet.all).toHaveLength(1);
  await step(clock, 1_000);
  await until(() => quiet.all.length === 2);
});

test('it ends by itself after ten minutes, and says why', async () => {
  const clock = stillClock();
  const forgotten = await listen('reference:nobody', { clock });
  await step(clock, TAIL.lifetimeMs - 1_000);
  expect(forgotten.all.filter(({ kind }) => kind === 'end')).toEqual([]);
  await step(clock, 2_000);
  await forgotten.ended;
  expect(forgotten.all.at(-1)).toEqual({ kind: 'end', why: 'time_over' });
});

test('of a storm a listener gets the newest two hundred of a second, and the number of the others', async () => {
  const watcher = await listen();
  const before = Date.now();
  await insertPast(core.sql, {
    n: 700,
    everyMs: 1,
    until: new Date(before + 2_000),
    apps: [core.app],
    connections: [core.whatsapp, core.sms],
  });
  const storm = () => watcher.all.filter((event) => event.kind === 'lines');
  await until(() => storm().length > 0);
  const [first] = storm();
  expect(first?.lines).toHaveLength(TAIL.eventsPerSecondMax);
  expect(first?.dropped).toBe(700 - TAIL.eventsPerSecondMax);
  const newest = await core.sql<{ id: string }>('SELECT id FROM verification ORDER BY id DESC LIMIT 200');
  const ids = newest.map(({ id }) => publicId('verification', id)).reverse();
  expect(first?.lines.map(({ id }) => id)).toEqual(ids);
});

const person = (n: number): Actor => ({ ...ana, userId: `person ${n}` });

test('at most fifty listen to one process, and whoever leaves makes room', async () => {
  const listeners = await Promise.all(
    Array.from({ length: TAIL.listenersMax }, (_, n) =>
      listen('', { actor: person(Math.floor(n / TAIL.listenersOfOneMax)) }),
    ),
  );
  await until(() => listeners.length === TAIL.listenersMax);
  const one = () =>
    tailVerifications(ana, { terms: [], since: null }, { isStillOpen: async () => true, signal: AbortSignal.abort() });
  expect(await refusalOf(one())).toBe('unavailable');
  listeners[0]?.leave();
  await listeners[0]?.ended;
  expect(await refusalOf(one())).toBe('resolved');
});

test('one person listens in five places at most, and takes none of those of others', async () => {
  const mine = await Promise.all(Array.from({ length: TAIL.listenersOfOneMax }, () => listen()));
  expect(await refusalOf(listen())).toBe('too_many_requests');
  expect(await refusalOf(listen('', { actor: person(1) }))).toBe('resolved');
  mine[0]?.leave();
  await mine[0]?.ended;
  expect(await refusalOf(listen())).toBe('resolved');
});

test('what a look had found that failed comes with the next one', async () => {
  const { seen } = await listen();
  const looks = () => statementCounters().byName.get('tail_rows') ?? 0;
  await core.sql('ALTER TABLE verification_event RENAME TO verification_event_away');
  let made = '';
  try {
    made = (await core.issue(core.phone())).resource.id;
    const before = looks();
    await until(() => looks() >= before + 2);
  } finally {
    await core.sql('ALTER TABLE verification_event_away RENAME TO verification_event');
  }
  await until(() => seen.some(({ id }) => id === made));
});
