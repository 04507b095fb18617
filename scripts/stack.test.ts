import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startStack } from './stack';

test('a demo never erases data that no demo made', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-stack-'));
  // The database user has to enter.
  await chmod(folder, 0o755);
  try {
    const marker = path.join(folder, 'postgres', 'PG_VERSION');
    await mkdir(path.dirname(marker));
    await writeFile(marker, '18');
    await expect(startStack({ folder, seed: 'none', isDevelopment: true })).rejects.toThrow('no demo made');
    expect(existsSync(marker)).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
