import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '@/lib/auth/sign-in';
import { blindIndex } from '@/lib/crypto/blind-index';
import { hashPassword, WAITING_MAX } from '@/lib/crypto/password';
import { closeDatabase, database, prisma } from '@/lib/db/client';
import { admitSignIn, beginSession, endSession, forgiveSignIn, resumeSession } from '@/lib/db/users';
import type { Actor } from '@/lib/domain/actor';
import { changeAccess } from '@/lib/operations/users/change-access';
import { createUser } from '@/lib/operations/users/create';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const system: Actor = { kind: 'system', what: 'test' };
const PASSWORD = 'a sentence nobody guesses';
let db: TestDatabase;
let made = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
  await createUser(system, { email: 'keeper@example.com', name: 'Keeper', role: 'owner', password: PASSWORD });
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});

const address = () => {
  made += 1;
  return `198.51.${100 + Math.floor(made / 250)}.${made % 250}`;
};
async function person(role: 'ops' | 'analyst' | 'owner' = 'ops') {
  made += 1;
  return createUser(system, { email: `Person${made}@Example.com`, name: 'A Person', role, password: PASSWORD });
}
const attempt = (email: string, password: string, from = address()) =>
  signIn({ email, password, address: from, replaces: null });

describe('signing in', () => {
  test('the right password begins a session, whatever the case of the address', async () => {
    const user = await person();
    const result = await attempt(user.email.toUpperCase(), PASSWORD);
    expect(result.kind).toBe('signed_in');
    if (result.kind === 'signed_in')
      expect(await resumeSession(database(), result.sessionId)).toMatchObject({ id: user.id, role: 'ops' });
  });

  test('a wrong password, an unknown address and a disabled account look the same', async () => {
    const user = await person();
    const disabled = await person();
    await changeAccess(system, { userId: disabled.id, isDisabled: true });
    expect(await attempt(user.email, 'not the sentence at all')).toEqual({ kind: 'refused' });
    expect(await attempt('nobody@example.com', PASSWORD)).toEqual({ kind: 'refused' });
    expect(await attempt(disabled.email, PASSWORD)).toEqual({ kind: 'refused' });
  });

  test('an unknown address takes as long as a known one', async () => {
    const known: number[] = [];
    const unknown: number[] = [];
    const time = async (email: string) => {
      const began = performance.now();
      await attempt(email, 'not the sentence at all');
      return performance.now() - began;
    };
    await time('warm-up@example.com');
    for (let round = 0; round < 21; round += 1) {
      const user = await person();
      known.push(await time(user.email));
      unknown.push(await time(`nobody${round}@example.com`));
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    // Without the dummy hash the unknown ones take a tenth of the time.
    expect(median(unknown)).toBeGreaterThan(median(known) * 0.6);
    expect(median(unknown)).toBeLessThan(median(known) * 1.6);
  }, 60_000);

  test('of 40 guesses at once at one address from one network no more than five are looked at', async () => {
    const user = await person();
    const from = address();
    const guess = () => attempt(user.email, 'not the sentence at all', from);
    const results = await Promise.all(Array.from({ length: 40 }, guess));
    expect(results.filter(({ kind }) => kind === 'refused')).toHaveLength(5);
    expect(results.filter(({ kind }) => kind === 'throttled')).toHaveLength(35);
    const next = await attempt(user.email, PASSWORD, from);
    expect(next).toMatchObject({ kind: 'throttled' });
    if (next.kind === 'throttled') expect(next.retryAfterSeconds).toBeGreaterThan(800);
  });

  test('a stranger who guesses for ever from one network keeps nobody out of another', async () => {
    const user = await person();
    const stranger = address();
    for (let round = 0; round < 60; round += 1) await attempt(user.email, 'not the sentence at all', stranger);
    expect((await attempt(user.email, PASSWORD, stranger)).kind).toBe('throttled');
    expect((await attempt(user.email, PASSWORD)).kind).toBe('signed_in');
  });

  test.each(['known', 'unknown'])(
    'from however many networks, fifty guesses at one %s address are looked at',
    async (kind) => {
      const email = kind === 'known' ? (await person()).email : 'from-everywhere@example.com';
      const kinds: string[] = [];
      for (let round = 0; round < 60; round += 1) kinds.push((await attempt(email, 'not the sentence at all')).kind);
      expect(kinds).toEqual([...Array(50).fill('refused'), ...Array(10).fill('throttled')]);
      expect((await attempt(email, PASSWORD)).kind).toBe('throttled');
    },
  );

  test('guesses and right passwords at once, from shared networks, never wait for each other in a circle', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => person()));
    const networks = Array.from({ length: 4 }, address);
    const keys = people.flatMap(({ email }) =>
      networks.map((network) => ({ email: blindIndex('email', email), address: blindIndex('ip', network) })),
    );
    await Promise.all(
      Array.from({ length: 20 }, () => keys)
        .flat()
        .map((one, n) =>
          n % 3 === 0
            ? forgiveSignIn(database(), n % 2 ? one : { ...one, address: null })
            : admitSignIn(database(), one).then(() => {}),
        ),
    );
  });

  test('while a crowd waits for its passwords whoever comes hears so at once, and has lost no try', async () => {
    const user = await person();
    const from = address();
    const crowd = Array.from({ length: WAITING_MAX + 2 }, () => hashPassword(PASSWORD));
    const results = await Promise.all(Array.from({ length: 9 }, () => attempt(user.email, PASSWORD, from)));
    expect(results).toEqual(Array(9).fill({ kind: 'busy' }));
    await Promise.all(crowd);
    expect((await attempt(user.email, PASSWORD, from)).kind).toBe('signed_in');
  });

  test('one network address gets twenty guesses over all accounts, and an IPv6 household is one', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        attempt(`someone${n}@example.com`, 'not the sentence at all', `2001:db8:1:2::${n.toString(16)}`),
      ),
    );
    expect(results.filter(({ kind }) => kind === 'refused')).toHaveLength(20);
  });

  test('a right password wipes the count of its account and gives the network address its attempt back', async () => {
    const user = await person();
    const from = address();
    for (let round = 0; round < 4; round += 1) await attempt(user.email, 'not the sentence at all', from);
    expect((await attempt(user.email, PASSWORD, from)).kind).toBe('signed_in');
    for (let round = 0; round < 5; round += 1) {
      expect((await attempt(user.email, 'not the sentence at all', from)).kind).toBe('refused');
    }
  });

  test('a refused attempt takes no place, so the window opens again after fifteen minutes', async () => {
    const user = await person();
    for (let round = 0; round < 55; round += 1) await attempt(user.email, 'not the sentence at all');
    const rows = await prisma().signInThrottle.findMany({ where: { admitted: false } });
    expect(Math.max(...rows.map(({ attempts }) => attempts.length))).toBeLessThanOrEqual(50);
    await prisma()
      .$executeRaw`UPDATE sign_in_throttle SET attempts = ARRAY(SELECT a - interval '16 minutes' FROM unnest(attempts) a)`;
    expect((await attempt(user.email, PASSWORD)).kind).toBe('signed_in');
  });
});

describe('a session', () => {
  const begin = async (userId: string, replaces: string | null = null) => {
    const id = await beginSession(database(), { userId, replaces });
    if (!id) throw new Error('no session began');
    return id;
  };

  test('ends when the next one in the same browser begins', async () => {
    const user = await person();
    const first = await begin(user.id);
    const second = await begin(user.id, first);
    expect(second).not.toBe(first);
    expect(await resumeSession(database(), first)).toBeNull();
    expect(await resumeSession(database(), second)).not.toBeNull();
  });

  test('is over at the request after a demotion, a disabling or a sign-out', async () => {
    const user = await person();
    const before = await begin(user.id);
    await changeAccess(system, { userId: user.id, role: 'analyst' });
    expect(await resumeSession(database(), before)).toBeNull();

    const after = await begin(user.id);
    expect(await resumeSession(database(), after)).toMatchObject({ role: 'analyst' });
    await endSession(database(), after);
    expect(await resumeSession(database(), after)).toBeNull();

    const last = await begin(user.id);
    await changeAccess(system, { userId: user.id, isDisabled: true });
    expect(await resumeSession(database(), last)).toBeNull();
    expect(await beginSession(database(), { userId: user.id, replaces: null })).toBeNull();
  });

  test('ends after twelve idle hours, and after seven days however busy', async () => {
    const user = await person();
    const idle = await begin(user.id);
    await prisma().consoleSession.update({
      where: { id: idle },
      data: { lastSeenAt: new Date(Date.now() - 12.1 * 3_600_000) },
    });
    expect(await resumeSession(database(), idle)).toBeNull();

    const old = await begin(user.id);
    await prisma().consoleSession.update({
      where: { id: old },
      data: { createdAt: new Date(Date.now() - 7.1 * 86_400_000) },
    });
    expect(await resumeSession(database(), old)).toBeNull();
  });

  test('is kept alive by requests', async () => {
    const user = await person();
    const id = await begin(user.id);
    const elevenHoursAgo = new Date(Date.now() - 11 * 3_600_000);
    await prisma().consoleSession.update({ where: { id }, data: { lastSeenAt: elevenHoursAgo } });
    expect(await resumeSession(database(), id)).not.toBeNull();
    const { lastSeenAt } = await prisma().consoleSession.findUniqueOrThrow({ where: { id } });
    expect(lastSeenAt.getTime()).toBeGreaterThan(elevenHoursAgo.getTime());
  });
});
