import { NextRequest } from 'next/server';
import { Refusal } from '@/lib/domain/errors';
import { readCapped } from '@/lib/http/body';
import { readJsonObject } from '@/lib/http/json';
import { refuse, requestIdOf } from '@/lib/http/respond';

/** Bytes of a form with an address, a password and a token; the longest password takes a thousand. */
const FORM_MAX = 16 * 1024;

/** next-auth's addresses that something can be done with: whoever signs in needs no others. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GET: ['csrf', 'session', 'providers', 'signin', 'signout', 'error'],
  POST: ['callback/credentials', 'signin', 'signin/credentials', 'signout'],
};

type Context = { params: Promise<{ nextauth: string[] }> };
type Handler = (request: NextRequest, context: Context) => Promise<Response>;

/**
 * Puts our manners before next-auth, which answers 500 to half a JSON object and plain text to an unknown address: what is malformed,
 * too large or nobody's gets a 4xx in the one error shape and never reaches it. Forms and JSON objects of texts are read, at most 16 KiB.
 */
export function politely(answer: Handler): Handler {
  return async (request, context) => {
    const requestId = requestIdOf(request.headers.get('x-request-id'));
    try {
      const { nextauth } = await context.params;
      requireAction(request.method, nextauth.join('/'));
      const response = await answer(await wellFormed(request), context);
      const isOurs = response.status < 400 || response.headers.get('content-type')?.startsWith('application/json');
      if (isOurs) return response;
      if (response.status >= 500) throw new Error(`next-auth answered ${response.status}`);
      throw new Refusal('invalid_request', { detail: 'The form is not complete.' });
    } catch (error: unknown) {
      const { status, headers, body } = refuse(error, requestId);
      return new Response(request.method === 'HEAD' ? null : body, { status, headers });
    }
  };
}

function requireAction(method: string, action: string): void {
  const allowed = Object.keys(ACTIONS).filter((one) => ACTIONS[one]?.includes(action));
  if (allowed.length === 0) throw new Refusal('not_found', { detail: 'No such address.' });
  if (!allowed.includes(method === 'HEAD' ? 'GET' : method))
    throw new Refusal('method_not_allowed', { detail: `Allowed: ${allowed.join(', ')}.` });
}

/** The same request, its body read and written again as a form. */
async function wellFormed(request: NextRequest): Promise<NextRequest> {
  if (request.method !== 'POST') return request;
  const raw = await readCapped(request, FORM_MAX);
  const form = new URLSearchParams(
    raw.byteLength === 0 ? [] : fieldsOf(request.headers.get('content-type') ?? '', raw),
  );
  const headers = new Headers(request.headers);
  headers.set('content-type', 'application/x-www-form-urlencoded');
  headers.delete('content-length');
  return new NextRequest(request.url, { method: 'POST', headers, body: form.toString() });
}

function fieldsOf(contentType: string, raw: Uint8Array): [string, string][] {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return [...new URLSearchParams(Buffer.from(raw).toString('utf8'))];
  if (!/^application\/json\b/i.test(contentType)) throw new Refusal('unsupported_media_type');
  return Object.entries(readJsonObject(raw)).map(([name, value]) => {
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw new Refusal('invalid_request', { param: name.slice(0, 50), detail: 'Give a text.' });
    return [name, String(value)];
  });
}
