import { afterAll, beforeAll, expect, test } from 'vitest';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { publishDraft } from '@/lib/operations/configuration/publish';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { type BookLine, readPriceBook } from '@/lib/operations/reports/price-book';
import { actorOf } from '@/scripts/testing/actor';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());

const ops = actorOf('ops');
const lineOf = async (channel: string, day: string): Promise<BookLine | undefined> =>
  (await readPriceBook(ops, new Date(`${day}T12:00:00Z`))).lines.find(
    (line) => line.country === 'BR' && line.channel === channel,
  );

test('a published price change is in the book as the next price until its day, and as the price from then on', async () => {
  const draft = await editDraft(ops, [
    {
      entity: 'routes/country:BR',
      field: 'priceChanges',
      value: [{ channel: 'whatsapp', micros: 9_000, from: '2026-12-01' }],
    },
  ]);
  if (draft.kind !== 'taken') throw new Error(JSON.stringify(draft.problems));
  await publishDraft(ops, { revision: draft.revision, note: 'Meta’s new rate card' });
  await reloadConfiguration();

  const before = await lineOf('whatsapp', '2026-11-30');
  expect(before).toMatchObject({
    now: { micros: 6_800, from: null, until: '2026-12-01' },
    next: { micros: 9_000, from: '2026-12-01' },
    from: 'country:BR',
  });
  const after = await lineOf('whatsapp', '2026-12-01');
  expect(after).toMatchObject({ now: { micros: 9_000, from: '2026-12-01' }, next: null, from: 'country:BR' });
});

test('a line names the connections of its route and when each falls due', async () => {
  const line = await lineOf('sms', '2026-11-30');
  expect(line?.connections).not.toEqual([]);
  for (const connection of line?.connections ?? []) {
    expect(connection).toEqual({
      id: expect.any(String),
      name: expect.any(String),
      priceRule: expect.stringMatching(/^(submitted|delivered|any)$/),
    });
  }
});

test('a key without the scope of analytics is refused', async () => {
  expect(await refusalOf(readPriceBook(core.key({ scopes: ['config:read'] })))).toBe('forbidden');
});
