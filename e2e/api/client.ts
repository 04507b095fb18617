import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { APIResponse } from '@playwright/test';
import { errorBody } from '@/lib/contract/common';
import { ERRORS, type ErrorCode } from '@/lib/domain/errors';
import { expect } from '../fixtures/test';

export type RawAnswer = { status: number; headers: Record<string, string>; body: string; ms: number };

/**
 * Writes bytes to the server as they are and reads until it closes or has sent one whole answer. Status 0: closed
 * without an answer.
 */
export function raw(
  baseURL: string,
  request: string | Uint8Array,
  options: { withinMs?: number; endAfterWrite?: boolean } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseURL);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const finish = () => {
      clearTimeout(tooLate);
      socket.destroy();
      resolve({ ...readAnswer(Buffer.concat(chunks).toString('latin1')), ms: performance.now() - began });
    };
    const tooLate = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `no whole answer within ${options.withinMs ?? 5_000} ms: ${Buffer.concat(chunks).toString('utf8').slice(0, 200)}`,
        ),
      );
    }, options.withinMs ?? 5_000);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const text = Buffer.concat(chunks);
      const end = text.indexOf('\r\n\r\n');
      const length = /\r\ncontent-length: (\d+)/i.exec(text.subarray(0, end + 2).toString('latin1'))?.[1];
      if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(request);
    if (options.endAfterWrite) socket.end();
  });
}

/** Takes bytes, one per character. */
function readAnswer(text: string): Omit<RawAnswer, 'ms'> {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = rest.join('\r\n\r\n');
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers,
    body: Buffer.from(headers['transfer-encoding'] === 'chunked' ? unchunked(body) : body, 'latin1').toString('utf8'),
  };
}

/** The body behind its chunk sizes. Takes and gives bytes, one per character. */
function unchunked(body: string): string {
  let text = '';
  for (let rest = body; ; ) {
    const [size = ''] = rest.split('\r\n', 1);
    const length = Number.parseInt(size, 16);
    if (!(length > 0)) return text;
    text += rest.slice(size.length + 2, size.length + 2 + length);
    rest = rest.slice(size.length + 4 + length);
  }
}

/** The one error shape, whole: status and type of the catalogue, and headers that go with any refusal. */
export function expectRefusal(
  answer: { status: number; headers: Record<string, string>; body: string },
  ...codes: ErrorCode[]
): ErrorCode {
  expect(answer.headers['content-type'], answer.body.slice(0, 200)).toBe('application/json; charset=utf-8');
  const { error } = errorBody.parse(JSON.parse(answer.body));
  if (codes.length > 0) expect(codes).toContain(error.code);
  const { status, type } = ERRORS[error.code as ErrorCode];
  expect(answer.status).toBe(status);
  expect(error).toMatchObject({
    type,
    doc_url: expect.stringMatching(new RegExp(`^https?://[^/]+/docs/errors#${error.code}$`)),
    request_id: answer.headers['x-request-id'],
  });
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  return error.code as ErrorCode;
}

export async function read(response: APIResponse): Promise<RawAnswer> {
  return { status: response.status(), headers: response.headers(), body: await response.text(), ms: 0 };
}

export const bearer = (key: string | undefined) => ({ authorization: `Bearer ${key ?? ''}` });

/** As Meta signs: HMAC-SHA256 of the bytes under the app secret. */
export const metaSignature = (body: Uint8Array, secret: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

export const metaStatus = (id: string, status: string, more: Record<string, unknown> = {}) =>
  Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [{ field: 'messages', value: { statuses: [{ id, status, timestamp: '1800000000', ...more }] } }],
        },
      ],
    }),
  );

/** Resident memory of the process that listens on the port of this address, in bytes; null where /proc does not tell. */
export function memoryOf(baseURL: string): number | null {
  try {
    const port = Number(new URL(baseURL).port).toString(16).toUpperCase().padStart(4, '0');
    const inodes = new Set(
      readFileSync('/proc/net/tcp', 'utf8')
        .split('\n')
        .filter((line) => new RegExp(`^\\s*\\d+: [0-9A-F]+:${port} [0-9A-F]+:0000 0A `).test(line))
        .map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`),
    );
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (holdsSocket(pid, inodes))
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    }
  } catch {
    return null;
  }
  return null;
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
