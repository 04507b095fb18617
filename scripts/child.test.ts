import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choosePort, startChild, untilReady } from './child';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-child-'));
  await writeFile(path.join(folder, 'stays.mjs'), `console.log('up'); setInterval(() => {}, 1000);`);
  await writeFile(path.join(folder, 'falls.mjs'), `console.log('no key'); process.exit(1);`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a child ends when the process that started it is killed', { timeout: 20_000 }, async () => {
  const log = path.join(folder, 'stays.log');
  const starter = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', '--input-type=module', '-e'],
      `import { startChild } from './scripts/child';
       console.log(startChild(${JSON.stringify(path.join(folder, 'stays.mjs'))}, [], {}, ${JSON.stringify(log)}).pid);`,
    ],
    { cwd: path.join(import.meta.dirname, '..'), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pid = Number(String((await once(starter.stdout, 'data'))[0]));
  await expect.poll(() => readFile(log, 'utf8'), { timeout: 10_000 }).toContain('up');
  expect(isAlive(pid)).toBe(true);

  starter.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
});

test('a child that falls over while it starts is reported with its last words', { timeout: 20_000 }, async () => {
  const child = startChild(path.join(folder, 'falls.mjs'), [], {}, path.join(folder, 'falls.log'));
  await expect(untilReady(child, 'http://127.0.0.1:9/')).rejects.toThrow(/ended before it was ready[\s\S]*no key/);
});

test('a taken port is replaced by a free one, unless it was asked for', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  expect(await choosePort(port)).not.toBe(port);
  await expect(choosePort(port, true)).rejects.toThrow(`Port ${port} is taken`);
  taken.close();
});
