import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor, Role } from '@/lib/domain/actor';
import { VIEW } from '@/lib/domain/search/saved-view';
import { newUuid } from '@/lib/ids';
import { changeView } from '@/lib/operations/views/change';
import { listViews } from '@/lib/operations/views/list';
import { removeView } from '@/lib/operations/views/remove';
import { saveView } from '@/lib/operations/views/save';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

async function person(role: Role): Promise<Actor> {
  const userId = newUuid();
  await core.sql(`INSERT INTO console_user (id, email, name, role, password_hash) VALUES ($1, $3, $2, $2, '')`, [
    userId,
    role,
    `${userId}@example.com`,
  ]);
  return { kind: 'user', userId, email: `${userId}@example.com`, name: role, role };
}
const view = (name: string, is_shared = false) => ({ name, query: 'status=expired', is_shared });
const names = async (actor: Actor) => (await listViews(actor)).map(({ name }) => name);

test('a view is seen by its owner alone until it is shared, and then by everyone', async () => {
  const [ana, dev] = [await person('analyst'), await person('developer')];
  const { id } = await saveView(ana, view('Brazil'));
  expect(await names(dev)).toEqual([]);
  await changeView(ana, { id, name: 'Brazil, expired', is_shared: true });
  expect(await listViews(dev)).toEqual([
    { id, name: 'Brazil, expired', query: 'status=expired', isShared: true, isMine: false, owner: 'analyst' },
  ]);
  await changeView(ana, { id, name: 'Brazil', is_shared: false });
  expect(await names(dev)).toEqual([]);
});

test('a developer keeps views and cannot share them', async () => {
  const dev = await person('developer');
  expect(await refusalOf(saveView(dev, view('mine', true)))).toBe('forbidden');
  const { id } = await saveView(dev, view('mine'));
  expect(await refusalOf(changeView(dev, { id, name: 'mine', is_shared: true }))).toBe('forbidden');
  expect(await names(dev)).toEqual(['mine']);
});

test("someone else's view is not there to be changed or removed, shared or not", async () => {
  const [ana, owner] = [await person('analyst'), await person('owner')];
  const { id } = await saveView(ana, view('team', true));
  expect(await refusalOf(changeView(owner, { id, name: 'taken', is_shared: true }))).toBe('not_found');
  expect(await refusalOf(removeView(owner, { id }))).toBe('not_found');
  await removeView(ana, { id });
  expect(await refusalOf(removeView(ana, { id }))).toBe('not_found');
});

test('a hundred per person, however many are saved at once', async () => {
  const ana = await person('analyst');
  await Promise.all(Array.from({ length: VIEW.perPersonMax - 3 }, (_, n) => saveView(ana, view(`v${n}`))));
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => refusalOf(saveView(ana, view(`w${n}`)))));
  expect(answers.filter((code) => code === 'resolved')).toHaveLength(3);
  expect(answers.filter((code) => code === 'invalid_request')).toHaveLength(5);
  expect(await names(ana)).toHaveLength(VIEW.perPersonMax);
});

test('every act is noted', async () => {
  const ana = await person('ops');
  const { id } = await saveView(ana, view('noted'));
  await changeView(ana, { id, name: 'noted again', is_shared: true });
  await removeView(ana, { id });
  const notes = await core.sql<{ action: string }>('SELECT action FROM audit_entry WHERE target_id = $1 ORDER BY id', [
    id,
  ]);
  expect(notes.map(({ action }) => action)).toEqual(['view.save', 'view.change', 'view.remove']);
});
