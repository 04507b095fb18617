import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = '/usr/bin/wrk';

/** One request to be replayed; `target` is path and query. */
export type RawRequest = { method: 'GET' | 'POST'; target: string; headers: Record<string, string>; body: string };

export type Load = {
  /** Answered, all of them with 2xx. */
  requests: number;
  /** Sent: those under way at the end are among them. */
  served: number;
  /** From the first byte to the end of the run. */
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** The prepared requests ran out before the time did. */
  isExhausted: boolean;
};

/** Throws, with what to do about it, where wrk is missing. */
export function requireWrk(): void {
  if (!existsSync(PROGRAM)) {
    throw new Error(`The bench needs wrk at ${PROGRAM}. On Debian or Ubuntu: apt-get install wrk`);
  }
}

/** Writes requests for replay.lua as they travel: the load generator shares our cores and should do as little as it can. */
export async function writeRequests(
  file: string,
  harmless: RawRequest,
  requests: Iterable<RawRequest>,
): Promise<number> {
  const out = createWriteStream(file);
  let count = 0;
  let chunk = framed(harmless);
  for (const request of requests) {
    chunk += framed(request);
    count += 1;
    if (chunk.length > 1 << 20) {
      if (!out.write(chunk)) await once(out, 'drain');
      chunk = '';
    }
  }
  out.end(chunk);
  await once(out, 'finish');
  return count;
}

function framed({ method, target, headers, body }: RawRequest): string {
  const lines = Object.entries({
    host: '127.0.0.1',
    ...headers,
    ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  const raw = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
  return `${Buffer.byteLength(raw)}\n${raw}`;
}

/**
 * Sends the requests of a file over `connections` for `seconds`, each once (or round and round with `wraps`).
 * Throws when a single answer was not 2xx or a single request failed.
 */
export async function replay(options: {
  port: number;
  file: string;
  connections: number;
  seconds: number;
  wraps?: boolean;
}): Promise<Load> {
  const { stdout } = await run(PROGRAM, [
    '--threads=1',
    `--connections=${options.connections}`,
    `--duration=${options.seconds}s`,
    '--timeout=10s',
    `--script=${path.join(import.meta.dirname, 'replay.lua')}`,
    `http://127.0.0.1:${options.port}/`,
    '--',
    options.file,
    ...(options.wraps ? ['wrap'] : []),
  ]);
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (!line) throw new Error(`wrk printed no result:\n${stdout}`);
  const result = JSON.parse(line.slice('RESULT '.length)) as Record<
    'requests' | 'microseconds' | 'served' | 'connect' | 'read' | 'write' | 'status' | 'timeout' | 'p50' | 'p99',
    number
  > & { isExhausted: boolean };
  const { connect, read, write, status, timeout } = result;
  if (connect + read + write + status + timeout > 0) {
    throw new Error(
      `not every answer was 2xx: ${status} refused, ${timeout} timed out, ${connect + read + write} broken, of ${result.requests}`,
    );
  }
  if (result.requests === 0) throw new Error('no request was answered');
  return {
    requests: result.requests,
    served: result.served,
    seconds: result.microseconds / 1e6,
    p50: result.p50 / 1000,
    p99: result.p99 / 1000,
    isExhausted: result.isExhausted,
  };
}
