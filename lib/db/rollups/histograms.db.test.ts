import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrate } from '@/lib/db/migrate';
import { createTestDatabase } from '@/scripts/testing/database';

const APP = '00000000-0000-0000-0000-000000000000';

test('an installation with durations keeps them all: what is closed as lists, what is under way as rows, and an older worker writes neither wrongly', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-histograms-'));
  const { url, drop } = await createTestDatabase({ empty: true });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const all = path.join(process.cwd(), 'prisma/migrations');
    for (const name of await readdir(all))
      if (name < '20261129') await cp(path.join(all, name), path.join(folder, name), { recursive: true });
    await migrate(url, folder);
    const closed = (await client.query<{ until: Date }>('SELECT until FROM rollup_closed WHERE grain = 180')).rows[0]
      ?.until;
    if (!closed) throw new Error('three hours are closed from the beginning');
    const add = (grain: number, at: Date, bucket: number, n: number, country = '') =>
      client.query(
        `INSERT INTO duration_rollup (duration, cut, grain, app_id, at, use_case, country, channel, connection_id, template, locale, bucket, n)
         VALUES (0, $1, $2, $3, $4, '', $5, '', $3, '', '', $6, $7)`,
        [country ? 7 : 0, grain, APP, at, country, bucket, n],
      );
    const before = new Date(closed.getTime() - 1_800_000);
    await add(30, before, 44, 2);
    await add(30, before, 9, 1);
    await add(30, before, 50, 0);
    await add(30, before, 44, 4, 'BR');
    await add(30, closed, 44, 3);
    await add(30, closed, 45, 0);
    await add(180, new Date(closed.getTime() - 180 * 60_000), 44, 7);
    await add(1440, new Date(0), 41, 5);
    await add(1440, new Date(0), 40, 6);
    await add(10_080, new Date(0), 41, 0);

    expect(await migrate(url)).toContain('20261129100000_keep_closed_durations_as_lists');
    const { rows: lists } = await client.query(
      'SELECT cut, grain, at, country, buckets, counts FROM duration_step ORDER BY grain, cut',
    );
    expect(lists).toEqual([
      { cut: 0, grain: 30, at: before, country: '', buckets: [9, 44], counts: [1, 2] },
      { cut: 7, grain: 30, at: before, country: 'BR', buckets: [44], counts: [4] },
      { cut: 0, grain: 180, at: new Date(closed.getTime() - 180 * 60_000), country: '', buckets: [44], counts: [7] },
      { cut: 0, grain: 1440, at: new Date(0), country: '', buckets: [40, 41], counts: [6, 5] },
    ]);
    const { rows } = await client.query('SELECT grain, at, bucket, n FROM duration_rollup');
    expect(rows).toEqual([{ grain: 30, at: closed, bucket: 44, n: 3 }]);
    // It fails as a whole, and what it took off the queue is there for the next one.
    await expect(add(1440, new Date(0), 41, 1)).rejects.toThrow('duration_rollup_open');
  } finally {
    await client.end();
    await drop();
    await rm(folder, { recursive: true, force: true });
  }
});
