import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeDatabase, database, prisma } from '@/lib/db/client';
import { findHeadVersion } from '@/lib/db/configuration-versions';
import type { Actor, Role } from '@/lib/domain/actor';
import { discardDraft } from '@/lib/operations/configuration/discard-draft';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { publishDraft } from '@/lib/operations/configuration/publish';
import { judgeDraft, readDraft } from '@/lib/operations/configuration/read-draft';
import { rollBack } from '@/lib/operations/configuration/roll-back';
import { settleConflicts } from '@/lib/operations/configuration/settle-conflicts';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { getVersion, listVersions } from '@/lib/operations/configuration/versions';
import { ensureDefaults } from '@/lib/operations/setup/install-defaults';
import { refusalOf } from '@/scripts/testing/core';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
  await ensureDefaults();
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});

const person = (n: number, role: Role = 'ops'): Actor => ({
  kind: 'user',
  userId: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  email: `person${n}@example.com`,
  name: `Person ${n}`,
  role,
});
const [ana, ben] = [person(1), person(2)];
const BRAZIL = 'routes/country:BR';
const timer = (value: number | null, entity = BRAZIL) => ({ entity, field: 'fallbackAfterSeconds', value });
const change = async (actor: Actor, ...edits: Parameters<typeof editDraft>[1][number][]) => {
  const result = await editDraft(actor, edits);
  if (result.kind !== 'taken') throw new Error(JSON.stringify(result.problems));
  return result.revision;
};
const liveTimer = async () => (await reloadConfiguration()).routeFor('BR').fallbackAfterSeconds;

beforeEach(async () => {
  await Promise.all([ana, ben].map(discardDraft));
  await prisma().$executeRaw`UPDATE route SET fallback_after_seconds = NULL, mode = NULL WHERE scope = 'country:BR'`;
});

describe('a draft', () => {
  test('changes nothing that is live, and is its author’s alone', async () => {
    await change(ana, timer(20));
    expect(await liveTimer()).toBe(30);
    expect((await readDraft(ana)).changes).toEqual([
      { entity: BRAZIL, field: 'fallbackAfterSeconds', before: null, after: 20 },
    ]);
    expect((await readDraft(ben)).changes).toEqual([]);
  });

  test('is empty again when an edit leads back to what is live', async () => {
    await change(ana, timer(20));
    await change(ana, timer(null));
    expect((await readDraft(ana)).changes).toEqual([]);
  });

  test('takes all edits or none, and says what is wrong with which', async () => {
    const result = await editDraft(ana, [
      timer(20),
      timer(3),
      { entity: 'routes/country:XYZ', field: 'mode', value: 'automatic' },
      { entity: 'policies/login', field: 'checksMax', value: 99 },
      { entity: 'users/1', field: 'role', value: 'owner' },
      { entity: 'routes/global', field: null, value: null },
      { entity: BRAZIL, field: '__proto__', value: 1 },
    ]);
    expect(result).toEqual({
      kind: 'refused',
      problems: [
        { path: `${BRAZIL}/fallbackAfterSeconds`, message: '0 (off), or 5 to 300 seconds' },
        { path: 'routes/country:XYZ/mode', message: 'No such entry' },
        { path: 'policies/login/checksMax', message: expect.stringContaining('10') },
        { path: 'users/1/role', message: 'No such entry' },
        { path: 'routes/global', message: 'This cannot be deleted' },
        { path: expect.any(String), message: expect.any(String) },
      ],
    });
    expect((await readDraft(ana)).changes).toEqual([]);
  });

  test('keeps the edits of five tabs that save at the same moment', async () => {
    const countries = ['AR', 'AT', 'AU', 'BD', 'BE'];
    const results = await Promise.allSettled(
      countries.map((country) => editDraft(ana, [timer(45, `routes/country:${country}`)])),
    );
    const taken = countries.filter((_, at) => results[at]?.status === 'fulfilled');
    const kept = (await readDraft(ana)).changes.map(({ entity }) => entity.slice(-2));
    expect(kept).toEqual(taken);
    expect(taken.length).toBeGreaterThan(0);
  });

  test('is refused to those who may only read', async () => {
    await expect(editDraft(person(3, 'analyst'), [timer(20)])).rejects.toMatchObject({ code: 'forbidden' });
    await expect(publishDraft(person(3, 'developer'), { revision: 1, note: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('publishing', () => {
  test('makes the draft live as the next version, with its author, reason and changes, and audits it in the same transaction', async () => {
    const before = await findHeadVersion(database());
    const revision = await change(ana, timer(20));
    const { version } = await publishDraft(ana, { revision, note: 'Brazil waits too long' });
    expect(version).toBe(before + 1);
    expect(await liveTimer()).toBe(20);
    const { version: kept } = await getVersion(ana, version);
    expect(kept).toMatchObject({
      note: 'Brazil waits too long',
      actor: { email: 'person1@example.com' },
      changes: [{ entity: BRAZIL, field: 'fallbackAfterSeconds', before: null, after: 20 }],
    });
    const [entry] = await prisma().$queryRaw<{ detail: unknown; action: string }[]>`
      SELECT action, detail FROM audit_entry ORDER BY at DESC LIMIT 1`;
    expect(entry).toMatchObject({
      action: 'configuration.publish',
      detail: { version, changes: [{ path: `${BRAZIL}/fallbackAfterSeconds`, before: null, after: 20 }] },
    });
    expect((await readDraft(ana)).revision).toBe(0);
  });

  test('needs a reason, and something to publish', async () => {
    const revision = await change(ana, timer(20));
    await expect(publishDraft(ana, { revision, note: '  ' })).rejects.toMatchObject({ code: 'invalid_request' });
    await discardDraft(ana);
    await expect(publishDraft(ana, { revision, note: 'x' })).rejects.toMatchObject({ code: 'nothing_to_publish' });
  });

  test('refuses a draft that is not the one that was looked at', async () => {
    const seen = await change(ana, timer(20));
    await change(ana, timer(25));
    await expect(publishDraft(ana, { revision: seen, note: 'x' })).rejects.toMatchObject({
      code: 'configuration_conflict',
    });
    expect(await liveTimer()).toBe(30);
  });

  test('twenty presses of the button at once make one version', async () => {
    const before = await findHeadVersion(database());
    const revision = await change(ana, timer(20));
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => publishDraft(ana, { revision, note: 'once' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await findHeadVersion(database())).toBe(before + 1);
  });

  test('stops when a use case’s code would die before its fallback goes out', async () => {
    const revision = await change(
      ana,
      { entity: 'policies/login', field: 'resendCooldownSeconds', value: 30 },
      { entity: 'policies/login', field: 'lifetimeSeconds', value: 60 },
      timer(90),
    );
    await expect(publishDraft(ana, { revision, note: 'x' })).rejects.toMatchObject({ code: 'configuration_invalid' });
    expect(await liveTimer()).toBe(30);
  });
});

test('a draft is shown to bring what stops its publish, and nothing that was there before', async () => {
  // Somebody who went past the console.
  await prisma()
    .$executeRaw`UPDATE policy SET lifetime_seconds = 60, resend_cooldown_seconds = 30 WHERE use_case = 'login'`;
  const judge = async () => {
    const { findings, brought } = await judgeDraft(ana, await readDraft(ana));
    return [findings, [...brought]].map((each) => each.filter(({ severity }) => severity === 'error').length);
  };
  const brazil = await change(ana, timer(90));
  expect(await judge()).toEqual([1, 1]);
  expect(await refusalOf(publishDraft(ana, { revision: brazil, note: 'x' }))).toBe('configuration_invalid');
  await discardDraft(ana);

  await prisma().$executeRaw`UPDATE route SET fallback_after_seconds = 90 WHERE scope = 'country:BR'`;
  // The same finding with another figure.
  const revision = await change(ana, timer(80));
  expect(await judge()).toEqual([1, 0]);
  expect(await refusalOf(publishDraft(ana, { revision, note: 'x' }))).toBe('resolved');
  await prisma()
    .$executeRaw`UPDATE policy SET lifetime_seconds = 300, resend_cooldown_seconds = 60 WHERE use_case = 'login'`;
});

describe('two people at once', () => {
  test('who both add a text for the same channel, use case and language: only the first goes live', async () => {
    const added = (n: number, words: string) => ({
      entity: `texts/00000000-0000-7000-8000-0000000000a${n}`,
      field: null,
      value: { channel: 'sms', useCase: null, locale: 'sw', text: words, subject: null, dltTemplateId: null },
    });
    const anas = await change(ana, added(1, 'Nambari {code}'));
    const bens = await change(ben, added(2, 'Msimbo {code}'));
    await publishDraft(ana, { revision: anas, note: 'Ana' });
    await expect(publishDraft(ben, { revision: bens, note: 'Ben' })).rejects.toMatchObject({
      code: 'configuration_invalid',
      detail: expect.stringContaining('two SMS texts'),
    });
    await prisma().$executeRaw`DELETE FROM template WHERE channel = 'sms' AND locale = 'sw'`;
  });

  test('the second meets the conflict with all three values; what they keep is published, and nothing is lost', async () => {
    const anas = await change(ana, timer(20));
    await change(ben, timer(45), { entity: BRAZIL, field: 'mode', value: 'user_choice' });
    await publishDraft(ana, { revision: anas, note: 'Ana' });

    const view = await readDraft(ben);
    expect(view.conflicts).toEqual([
      { entity: BRAZIL, field: 'fallbackAfterSeconds', base: null, mine: 45, theirs: 20 },
    ]);
    await expect(publishDraft(ben, { revision: view.revision, note: 'Ben' })).rejects.toMatchObject({
      code: 'configuration_conflict',
    });
    await expect(
      settleConflicts(ben, { revision: view.revision, seen: view.conflictsSeen, keep: {} }),
    ).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await settleConflicts(ben, {
      revision: view.revision,
      seen: view.conflictsSeen,
      keep: { [`${BRAZIL}/fallbackAfterSeconds`]: 'theirs' },
    });
    const settled = await readDraft(ben);
    expect(settled.conflicts).toEqual([]);
    expect(settled.changes.map(({ field }) => field)).toEqual(['mode']);
    await publishDraft(ben, { revision: settled.revision, note: 'Ben' });
    expect((await reloadConfiguration()).routeFor('BR')).toMatchObject({
      mode: 'user_choice',
      fallbackAfterSeconds: 20,
    });
  });

  test('"keep mine" is refused when a third value went live after the person looked', async () => {
    await change(ben, timer(45));
    await publishDraft(ana, { revision: await change(ana, timer(20)), note: 'twenty' });
    const { revision, conflictsSeen: seen } = await readDraft(ben);
    await publishDraft(ana, { revision: await change(ana, timer(25)), note: 'twenty-five' });
    const keep = { [`${BRAZIL}/fallbackAfterSeconds`]: 'mine' as const };
    await expect(settleConflicts(ben, { revision, seen, keep })).rejects.toMatchObject({
      code: 'configuration_conflict',
    });
    const again = await readDraft(ben);
    expect(again.conflicts).toMatchObject([{ mine: 45, theirs: 25 }]);
    await settleConflicts(ben, { revision: again.revision, seen: again.conflictsSeen, keep });
    expect((await readDraft(ben)).changes).toMatchObject([{ before: 25, after: 45 }]);
  });

  test('different fields of one country need no decision', async () => {
    const anas = await change(ana, timer(20));
    const bens = await change(ben, { entity: BRAZIL, field: 'mode', value: 'user_choice' });
    await publishDraft(ana, { revision: anas, note: 'Ana' });
    await publishDraft(ben, { revision: bens, note: 'Ben' });
    expect((await reloadConfiguration()).routeFor('BR')).toMatchObject({
      mode: 'user_choice',
      fallbackAfterSeconds: 20,
    });
  });
});

describe('an edit after somebody else published', () => {
  const LEVEL_UP = 'policies/level_up';
  afterEach(async () => {
    await prisma().$executeRaw`DELETE FROM policy WHERE use_case = 'level_up'`;
    await prisma().$executeRaw`UPDATE route SET sends_per_day_max = NULL WHERE scope = 'country:BR'`;
  });

  test('does not settle that both added the same entry: theirs is never overwritten unseen', async () => {
    const { live } = await readDraft(ana);
    const added = (checksMax: number) => ({
      entity: LEVEL_UP,
      field: null,
      value: { ...(live['policies/login'] as Record<string, string>), name: 'Level up', checksMax },
    });
    await change(ana, added(3));
    await publishDraft(ben, { revision: await change(ben, added(4)), note: 'Ben' });
    const revision = await change(ana, { entity: LEVEL_UP, field: 'resendsMax', value: 2 });
    expect((await readDraft(ana)).conflicts).toMatchObject([{ entity: LEVEL_UP, field: null, base: null }]);
    await expect(publishDraft(ana, { revision, note: 'Ana' })).rejects.toMatchObject({
      code: 'configuration_conflict',
    });
  });

  test('is taken against what is shown, be it what the draft began with', async () => {
    await publishDraft(ben, { revision: await change(ben, timer(30)), note: 'thirty' });
    await change(ana, { entity: BRAZIL, field: 'sendsPerDayMax', value: 5_000 });
    await publishDraft(ben, { revision: await change(ben, timer(20)), note: 'twenty' });
    await change(ana, timer(30));
    const { changes, conflicts } = await readDraft(ana);
    expect(conflicts).toEqual([]);
    expect(changes).toEqual([
      { entity: BRAZIL, field: 'fallbackAfterSeconds', before: 20, after: 30 },
      { entity: BRAZIL, field: 'sendsPerDayMax', before: null, after: 5_000 },
    ]);
  });

  test('leaves a conflict of another field of the same entry open', async () => {
    await change(ana, { entity: BRAZIL, field: 'sendsPerDayMax', value: 5_000 });
    await publishDraft(ben, {
      revision: await change(ben, timer(20), { entity: BRAZIL, field: 'sendsPerDayMax', value: 9_000 }),
      note: 'Ben',
    });
    await change(ana, timer(null));
    const { changes, conflicts } = await readDraft(ana);
    expect(conflicts).toEqual([{ entity: BRAZIL, field: 'sendsPerDayMax', base: null, mine: 5_000, theirs: 9_000 }]);
    expect(changes).toContainEqual({ entity: BRAZIL, field: 'fallbackAfterSeconds', before: 20, after: null });
  });
});

describe('going back', () => {
  test('makes everything as it was, as a new version on top, and history only grows', async () => {
    const start = await findHeadVersion(database());
    const first = await publishDraft(ana, { revision: await change(ana, timer(20)), note: 'first' });
    await publishDraft(ben, {
      revision: await change(ben, timer(25), {
        entity: 'policies/courier_drop',
        field: null,
        value: { ...((await readDraft(ben)).live['policies/login'] as Record<string, string>) },
      }),
      note: 'second',
    });
    const { goingBack } = await getVersion(ana, first.version);
    expect(goingBack.map(({ entity, after }) => [entity, after])).toEqual([
      ['policies/courier_drop', null],
      [BRAZIL, 20],
    ]);
    const back = await rollBack(ana, { version: first.version, note: 'that was wrong' });
    expect(back.version).toBe(start + 3);
    expect(await liveTimer()).toBe(20);
    expect((await reloadConfiguration()).policies.has('courier_drop')).toBe(false);
    const { versions } = await listVersions(ana, { before: null });
    expect(versions[0]).toMatchObject({ rollsBackTo: first.version, note: 'that was wrong' });
    await expect(rollBack(ana, { version: first.version, note: 'again' })).rejects.toMatchObject({
      code: 'nothing_to_publish',
    });
    await expect(rollBack(ana, { version: 99_999, note: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a published version cannot be changed or taken away, not even by hand', async () => {
    await expect(prisma().$executeRaw`DELETE FROM configuration_version`).rejects.toThrow(/never changed/);
    await expect(prisma().$executeRaw`UPDATE configuration_version SET note = 'x'`).rejects.toThrow(/never changed/);
  });
});
