import { lookup as lookUpName } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { webhookHeaders } from '@/lib/crypto/standard-webhook';
import { isLoopbackAddress, mayPostTo, webhookProblem } from '@/lib/domain/alerts/address';
import { env } from '@/lib/env';

const TIMEOUT_MS = 10_000;
/** More of an answer is not read: nothing in it changes anything. */
const ANSWER_BYTES_MAX = 1_024;

/** An installation whose own address is this machine is a developer's: it may call what else runs here. */
export function mayUseLoopback(): boolean {
  const { hostname } = new URL(env().WATCHWORD_PUBLIC_URL);
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''));
}

/**
 * Posts one signed event. Resolves with what came of it, in few words; 2xx is delivered. Follows no redirect, and judges every address
 * that the name leads to at the moment of the connection: a name that changes its mind after it was saved leads nowhere inside.
 */
export function postWebhook(
  address: string,
  secret: string,
  event: { id: string; at: Date; body: string },
): Promise<{ isDelivered: boolean; words: string }> {
  const isLoopbackAllowed = mayUseLoopback();
  const problem = webhookProblem(address, isLoopbackAllowed);
  if (problem) return Promise.resolve({ isDelivered: false, words: problem });
  const url = new URL(address);
  const options = {
    method: 'POST',
    lookup: guardedLookup(isLoopbackAllowed),
    // A pool would keep connections to strangers open.
    agent: false as const,
    timeout: TIMEOUT_MS,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(event.body)),
      'user-agent': 'Watchword',
      ...webhookHeaders(secret, event),
    },
  };
  return new Promise((resolve) => {
    const request = url.protocol === 'https:' ? https.request(url, options) : http.request(url, options);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) response.destroy();
      });
      response.on('error', () => {});
      response.on('close', () => resolve({ isDelivered: status >= 200 && status < 300, words: `answered ${status}` }));
    });
    request.on('error', (error: Error & { code?: unknown }) =>
      resolve({
        isDelivered: false,
        words:
          error.name === 'AbortError' || error.name === 'TimeoutError'
            ? 'no answer within 10 s'
            : `no connection (${String(error.code ?? error.name)})`,
      }),
    );
    request.end(event.body);
  });
}

function guardedLookup(isLoopbackAllowed: boolean): LookupFunction {
  return (hostname, options, done) => {
    lookUpName(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const allowed = found.filter(({ address }) => mayPostTo(address, isLoopbackAllowed));
      const [first] = allowed;
      if (!first) return done(Object.assign(new Error('not allowed'), { code: 'private_address' }), '');
      if (options.all) return done(null, allowed);
      return done(null, first.address, first.family);
    });
  };
}
