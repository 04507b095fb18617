import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditQuery } from '@/lib/contract/audit';
import { insertAudit } from '@/lib/db/audit';
import { closeDatabase, database, prisma } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { exportAudit } from '@/lib/operations/audit/export';
import { listActions, listAudit } from '@/lib/operations/audit/list';
import { createTestDatabase, putTestEnvironment, type TestDatabase } from '@/scripts/testing/database';

const ana: Actor = {
  kind: 'user',
  userId: '00000000-0000-7000-8000-00000000000a',
  email: 'ana@example.com',
  name: 'Ana',
  role: 'owner',
};
const script: Actor = { kind: 'system', what: 'command line' };
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  putTestEnvironment(db);
  for (let n = 0; n < 30; n += 1) {
    await insertAudit(database(), {
      actor: n % 3 === 0 ? script : ana,
      action: n % 2 === 0 ? 'app.change' : 'key.revoke',
      targetId: `app_${n % 5}`,
      detail: { changes: [{ path: 'brand', before: `=${n}`, after: `${n + 1}` }] },
    });
  }
});
afterAll(async () => {
  await closeDatabase();
  await db.drop();
});

const query = (given: object) => auditQuery.parse(given);

test('pages together are the whole log, newest first, each entry once', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(ana, query({ limit: 7, ...(cursor ? { cursor } : {}) }));
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor);
  const all = await prisma().auditEntry.findMany({ orderBy: [{ at: 'desc' }, { id: 'desc' }] });
  expect(seen).toEqual(all.map(({ id }) => id));
});

test.each([
  [{ actor: 'ana@example.com' }, 20],
  [{ actor: 'command line' }, 10],
  [{ action: 'key.revoke' }, 15],
  [{ target: 'app_3' }, 6],
  [{ actor: 'ana@example.com', action: 'app.change', target: 'app_4' }, 2],
  [{ before: '2020-01-01T00:00:00Z' }, 0],
  [{ after: '2020-01-01T00:00:00Z' }, 30],
])('of those that match %j there are %i', async (filter, count) => {
  expect((await listAudit(ana, query({ ...filter, limit: 1000 }))).data).toHaveLength(count);
});

test('the actions that can be chosen are those that were noted', async () => {
  expect(await listActions(ana)).toEqual(['app.change', 'key.revoke']);
});

test('an export holds what matches, notes itself first, and runs nothing in a spreadsheet', async () => {
  const stream = await exportAudit(ana, query({ target: 'app_3' }));
  const rows: Record<string, string>[] = parse(await new Response(stream).text(), { columns: true });
  expect(rows).toHaveLength(6);
  expect(rows[0]).toMatchObject({ actor_kind: 'user', actor: 'ana@example.com', target: 'app_3' });
  const [noted] = (await listAudit(ana, query({ action: 'audit.export' }))).data;
  expect(noted).toMatchObject({ actor: { email: 'ana@example.com' }, detail: { target: 'app_3', action: null } });

  await insertAudit(database(), { actor: ana, action: '=HYPERLINK("x")', targetId: '@SUM(1)', detail: {} });
  const text = await new Response(await exportAudit(ana, query({ target: '@SUM(1)' }))).text();
  expect(text.split('\n')[1]).toContain(`"'=HYPERLINK(""x"")",'@SUM(1)`);
});

test('an export of nothing is a heading', async () => {
  const text = await new Response(await exportAudit(ana, query({ target: 'nothing' }))).text();
  expect(text).toBe('at,actor_kind,actor,role,action,target,detail\n');
});

test('an export goes on past its first page', async () => {
  await prisma().$executeRaw`
    INSERT INTO audit_entry (id, at, actor, action, target_id)
    SELECT gen_random_uuid(), now() - make_interval(secs => n), '{"kind":"system","what":"many"}', 'many', 'many' FROM generate_series(1, 2500) AS n`;
  const text = await new Response(await exportAudit(ana, query({ action: 'many' }))).text();
  expect(text.trim().split('\n')).toHaveLength(2_501);
  expect(text).not.toContain('Cut off');
});

test.each([1_500, 2_000, 2_499])(
  'an export of more than %i, which one file holds, says so in its last line',
  async (rowsMax) => {
    const text = await new Response(await exportAudit(ana, query({ action: 'many' }), { rowsMax })).text();
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(rowsMax + 2);
    expect(lines.at(-1)).toBe(`"Cut off after ${rowsMax} rows: narrow the range and export again."`);
  },
);

test('an export of just as many as one file holds is whole', async () => {
  const text = await new Response(await exportAudit(ana, query({ action: 'many' }), { rowsMax: 2_500 })).text();
  expect(text.trim().split('\n')).toHaveLength(2_501);
});
