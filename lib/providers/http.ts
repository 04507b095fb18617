import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** More than any answer of a provider; past it the other side is not speaking to us (reference: ASVS 15.4.4). */
export const ANSWER_BYTES_MAX = 1024 * 1024;

/**
 * Idle connections are dropped after 4 s, one second before Node's own servers and many balancers drop theirs: a request
 * written into a connection that the far end is just closing cannot be told from one that was taken.
 */
const POOL = {
  keepAlive: true,
  timeout: 4_000,
  maxSockets: 512,
  maxFreeSockets: 64,
  scheduling: 'lifo',
} as const satisfies https.AgentOptions;

const agents = { 'http:': new http.Agent(POOL), 'https:': new https.Agent(POOL) } as const;

/** Sockets whose connection (and TLS handshake) stood once. Before that, not a byte of a request has left. */
const established = new WeakSet<Socket>();

export type ProviderRequest = {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
};

/**
 * How one request ended. Only `answered` carries the provider's judgement.
 *
 * - `unsendable`: our own URL or headers are impossible; nothing was written.
 * - `never_connected`: no connection stood (refused, DNS, TLS, deadline while connecting); nothing was written.
 * - `no_answer`: written, then silence or a broken connection: it may have been taken.
 * - `answered`: a status line came. `body` is null when it was cut off, too slow or above `ANSWER_BYTES_MAX`; `retryAfterSeconds` is what
 *   a Retry-After asks for, null without one that can be read.
 *
 * `code` is a short word for logs; it never holds anything that was sent or received.
 */
export type Exchange =
  | { kind: 'unsendable'; code: string }
  | { kind: 'never_connected'; code: string }
  | { kind: 'no_answer'; code: string }
  | { kind: 'answered'; status: number; body: string | null; code: string; retryAfterSeconds: number | null };

/**
 * One request, one answer: no redirects, no decompression, no retries, at most 1 MiB.
 *
 * The signal is the total deadline, connecting and body included. Rejects with the signal's reason only where nothing
 * was written and the reason is not a timeout (see `Provider.send`); every other end is an `Exchange`.
 */
export async function exchange(request: ProviderRequest, signal: AbortSignal): Promise<Exchange> {
  signal.throwIfAborted();
  const outgoing = open(request);
  if (!outgoing) return { kind: 'unsendable', code: 'invalid_request' };

  return new Promise<Exchange>((resolve, reject) => {
    let isConnected = false;
    let isOver = false;

    const end = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const stop = (ending: Exchange) => {
      end(() => resolve(ending));
      outgoing.destroy();
    };
    const broken = (code: string): Exchange => ({ kind: isConnected ? 'no_answer' : 'never_connected', code });
    const onAbort = () => {
      if (isConnected || isTimeout(signal.reason)) return stop(broken('timeout'));
      end(() => reject(signal.reason));
      outgoing.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });

    outgoing.on('socket', (socket) => {
      if (established.has(socket)) {
        isConnected = true;
        return;
      }
      socket.once(outgoing.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        established.add(socket);
        isConnected = true;
      });
    });
    outgoing.on('error', (error) => end(() => resolve(broken(errorCode(error)))));
    outgoing.on('response', (response) => {
      end(() => resolve(readAnswer(response, signal)));
    });
    outgoing.end(request.body);
  });
}

/** Null when Node refuses to build the request: its messages may quote our headers, so they are not passed on. */
function open(request: ProviderRequest): http.ClientRequest | null {
  try {
    const url = new URL(request.url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
    const options = {
      method: request.method,
      agent: agents[url.protocol],
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
        ...request.headers,
      },
    };
    return url.protocol === 'https:' ? https.request(url, options) : http.request(url, options);
  } catch {
    return null;
  }
}

/**
 * Resolves once: with the whole body, or with null when it broke off, outgrew the cap or outlived the deadline. A cut
 * answer takes its connection with it; a whole one gives it back to the pool.
 */
function readAnswer(response: http.IncomingMessage, signal: AbortSignal): Promise<Exchange> {
  const status = response.statusCode ?? 0;
  const retryAfterSeconds = readRetryAfter(response.headers['retry-after']);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const cut = (code: string) => {
      finish({ kind: 'answered', status, body: null, code, retryAfterSeconds });
      if (!response.complete) response.destroy();
    };
    const onAbort = () => cut('timeout');
    const finish = (ending: Exchange) => {
      signal.removeEventListener('abort', onAbort);
      resolve(ending);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });

    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) return cut('too_big');
      chunks.push(chunk);
    });
    response.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      finish({ kind: 'answered', status, body, code: 'ok', retryAfterSeconds });
    });
    response.on('error', (error) => cut(errorCode(error)));
    response.on('close', () => cut('closed'));
  });
}

/** Retry-After in seconds; its other form, a date, depends on two clocks and is not believed. */
function readRetryAfter(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : null;
}

/** The deadline ran out, rather than somebody stopping the work. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function errorCode(error: Error & { code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : 'connection_failed';
}
