import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '@/lib/simulator/plan';
import type { SimTime } from '@/lib/simulator/sim-time';

/** A finished answer to one HTTP call. */
export type Reply = { status: number; body: string; headers?: Record<string, string> };

export const BODY_BYTES_MAX = 1024 * 1024;

/** Unscaled: hanging has no latency to scale, and a caller's own timeout does not run faster. */
const HANG_MS_MAX = 120_000;
const SLOW_BYTE_MS = 500;

/** Thrown while reading a body of more than 1 MiB. */
export class BodyTooLarge extends Error {}

/** The whole body, at most 1 MiB. */
export async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  };
}

export function send(res: ServerResponse, reply: Reply): void {
  if (res.destroyed || res.writableEnded) return;
  res.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  res.end(reply.body);
}

/** The value, when the text is a JSON object; null for everything else. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return asObject(value);
  } catch {
    return null;
  }
}

export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** Answers a send call the way its plan says, good or bad. Returns once the answer is out or the caller is gone. */
export async function answerAs(
  answer: Answer,
  res: ServerResponse,
  time: SimTime,
  answerMs: number,
  replies: { ok(): Reply; refused(): Reply; error500(): Reply },
): Promise<void> {
  switch (answer) {
    case 'hang':
    case 'accept_then_hang':
      return hang(res);
    case 'reset':
      res.socket?.resetAndDestroy();
      return;
    case 'slow_body':
      return dribble(res, replies.ok());
    default:
  }
  await time.wait(answerMs);
  switch (answer) {
    case 'refuse':
      return send(res, replies.refused());
    case 'error500':
      return send(res, replies.error500());
    case 'garbage200':
      return send(res, { status: 200, body: GARBAGE, headers: { 'content-type': 'text/html' } });
    default:
      return send(res, replies.ok());
  }
}

/** What a captive proxy or a maintenance page says with a straight face. */
const GARBAGE = '<!doctype html><html><body><h1>200 OK</h1><p>We are getting things ready.</p></body></html>';

function hang(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(() => res.destroy(), HANG_MS_MAX);
    end.unref();
    res.once('close', () => {
      clearTimeout(end);
      resolve();
    });
  });
}

function dribble(res: ServerResponse, reply: Reply): Promise<void> {
  const bytes = Buffer.from(reply.body);
  res.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
  return new Promise((resolve) => {
    let at = 0;
    const drip = setInterval(() => {
      res.write(bytes.subarray(at, at + 1));
      at += 1;
      if (at * SLOW_BYTE_MS >= HANG_MS_MAX) res.destroy();
      else if (at >= bytes.length) res.end();
    }, SLOW_BYTE_MS);
    res.once('close', () => {
      clearInterval(drip);
      resolve();
    });
  });
}
