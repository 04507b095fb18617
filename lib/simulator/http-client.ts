import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** `failed` is about the way there: no connection, no answer in time. Any status is an answer. */
export type HttpResult = { kind: 'answered'; status: number; body: string } | { kind: 'failed'; cause: string };

export type HttpCall = {
  method?: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
};

const ANSWER_BYTES_MAX = 64 * 1024;

/** Calls out over kept-alive connections, never more than `sockets` at a time per host. Never rejects. */
export class HttpClient {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(sockets: number) {
    const options = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets, timeout: 30_000 };
    this.#http = new HttpAgent(options);
    this.#https = new HttpsAgent(options);
  }

  call(call: HttpCall): Promise<HttpResult> {
    return new Promise((resolve) => {
      const fail = (cause: unknown) =>
        resolve({ kind: 'failed', cause: cause instanceof Error ? cause.message : String(cause) });
      try {
        const url = new URL(call.url);
        const isTls = url.protocol === 'https:';
        const req = (isTls ? httpsRequest : httpRequest)(url, {
          method: call.method ?? 'POST',
          agent: isTls ? this.#https : this.#http,
          headers: {
            ...call.headers,
            ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
          },
          signal: AbortSignal.timeout(call.timeoutMs),
        });
        req.on('error', fail);
        req.on('response', (res) => read(res, resolve, fail));
        req.end(call.body);
      } catch (cause) {
        fail(cause);
      }
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function read(res: IncomingMessage, resolve: (result: HttpResult) => void, fail: (cause: unknown) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  res.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_BYTES_MAX) chunks.push(chunk);
  });
  res.on('error', fail);
  res.on('end', () =>
    resolve({ kind: 'answered', status: res.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
  );
}
