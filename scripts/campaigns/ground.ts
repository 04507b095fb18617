import { chmod, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { type Stack, type StackOptions, startStack } from '../stack';

/** Starts an installation in a folder that is thrown away, gives it to the campaign, and ends it whatever happens. */
export async function onFreshGround(
  options: Partial<StackOptions>,
  campaign: (stack: Stack) => Promise<boolean>,
): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-campaign-'));
  // Postgres runs as a user of its own, who has to enter.
  await chmod(folder, 0o755);
  let stack: Stack | null = null;
  const end = async () => {
    const running = stack;
    stack = null;
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => void end().finally(() => process.exit(130)));
  try {
    stack = await startStack({
      folder,
      seed: 'none',
      ordinary: 'prompt',
      ports: { web: 0, simulator: 0 },
      onProgress: console.log,
      ...options,
    });
    const isGood = await campaign(stack);
    console.log(isGood ? '\nheld' : '\nNOT HELD');
    process.exitCode = isGood ? 0 : 1;
  } finally {
    await end();
  }
}

export type Answer = { status: number; body: unknown; headers: http.IncomingHttpHeaders; ms: number };

const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });

/** One call of the API. Rejects when the connection broke or nothing came within `withinMs`. */
export function call(
  method: 'GET' | 'POST',
  url: string,
  key: string,
  options: { body?: unknown; headers?: Record<string, string>; withinMs?: number } = {},
): Promise<Answer> {
  const began = performance.now();
  const text = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      {
        method,
        agent,
        signal: AbortSignal.timeout(options.withinMs ?? 15_000),
        headers: {
          authorization: `Bearer ${key}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const raw = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            body: parse(raw),
            headers: response.headers,
            ms: performance.now() - began,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A field of an answer, as text; empty when there is none. */
export function field(body: unknown, name: string): string {
  const value =
    typeof body === 'object' && body !== null && name in body ? (body as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A valid Indonesian mobile number; 100 000 of them, each with a prefix of its own. */
export function phoneNumber(n: number, lastFour = '9999'): string {
  return `+6281${String(100_000 + (n % 900_000))}${lastFour}`;
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The p-th share of sorted numbers; null without any. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
