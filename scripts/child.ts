import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const STOP_MS_MAX = 12_000;

/** A process of ours. It ends with us even when we are killed (scripts/leash.mjs), and never by Ctrl-C: we decide the order. */
export type Child = {
  pid: number;
  /** Resolves when it has ended, for whatever reason. */
  exited: Promise<void>;
  isRunning(): boolean;
  /** The last lines that it wrote. */
  tail(): string;
  /** SIGTERM, and SIGKILL when that took more than 12 s. */
  stop(): Promise<void>;
};

/** `logFile` null: it writes where we write, and has no `tail`. Node's flags are those of `npm start`, for every contestant of the bench alike. */
export function startChild(
  script: string,
  args: string[],
  environment: Record<string, string>,
  logFile: string | null,
): Child {
  const log = logFile === null ? 'inherit' : openSync(logFile, 'a', 0o600);
  const child: ChildProcess = spawn(
    process.execPath,
    ['--max-semi-space-size=32', '--import', 'tsx', '--import', './scripts/leash.mjs', script, ...args],
    {
      cwd: root,
      detached: true,
      env: { ...process.env, ...environment } as NodeJS.ProcessEnv,
      stdio: ['pipe', log, log],
    },
  );
  if (log !== 'inherit') closeSync(log);
  child.stdin?.on('error', () => {});
  let running = true;
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => {
    running = false;
  });

  return {
    pid: child.pid ?? 0,
    exited,
    isRunning: () => running,
    tail: () => (logFile === null ? '' : readFileSync(logFile, 'utf8').split('\n').slice(-30).join('\n')),
    async stop() {
      if (!running) return;
      child.kill('SIGTERM');
      const tooLate = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await exited;
      clearTimeout(tooLate);
    },
  };
}

/** Waits until an address answers 200. Throws with the child's last words when it ends first, or after `withinMs`. */
export async function untilReady(child: Child, url: string, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  let last = 'no answer';
  while (child.isRunning() && Date.now() < deadline) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      const text = await answer.text();
      if (answer.ok) return;
      last = `${answer.status} ${text.slice(0, 300)}`;
    } catch (error: unknown) {
      last = error instanceof Error ? String(error.cause ?? error.message) : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const end = child.isRunning() ? `did not become ready (${last})` : 'ended before it was ready';
  throw new Error(`The process behind ${url} ${end}. Its last lines:\n${child.tail()}`);
}

/** The wanted port when nobody has it, else any free one; throws when `isFixed` and somebody has it. */
export async function choosePort(wanted: number, isFixed = false): Promise<number> {
  if (wanted !== 0 && (await isFree(wanted))) return wanted;
  if (isFixed && wanted !== 0) throw new Error(`Port ${wanted} is taken.`);
  return listenOnce(0);
}

function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

/** Every interface, since a port taken on one of them may be taken by the one we need. */
function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject).listen({ port, host: '0.0.0.0', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
