import type { z } from 'zod';
import { clientAddress } from '@/lib/auth/client-address';
import { API, type ApiOperation, type ApiOperationName } from '@/lib/contract/api';
import { given } from '@/lib/contract/given';
import { blindIndex } from '@/lib/crypto/blind-index';
import { database, isDatabaseAway } from '@/lib/db/client';
import { claimIdempotencyKey, findFirstAnswer, forgetIdempotencyKey, keepFirstAnswer } from '@/lib/db/idempotency';
import type { Actor } from '@/lib/domain/actor';
import { isRefusal, Refusal } from '@/lib/domain/errors';
import { readCapped } from '@/lib/http/body';
import { readJsonObject } from '@/lib/http/json';
import { forgetOnceBack } from '@/lib/http/lost-claims';
import { BODY_MAX, type Core, type HttpRequest, type HttpResponse } from '@/lib/http/message';
import { refuse, requestIdOf, respond } from '@/lib/http/respond';
import { newUuid } from '@/lib/ids';
import { inBackground } from '@/lib/operations/background';
import { authenticateKey } from '@/lib/operations/keys/authenticate';
import { log } from '@/lib/telemetry/log';
import { countRequest } from '@/lib/telemetry/metrics';

type Idempotency = { key: string; fingerprint: Buffer };
type Body<Name extends ApiOperationName> = (typeof API)[Name] extends { body: infer B extends z.ZodType }
  ? z.output<B>
  : undefined;
type Query<Name extends ApiOperationName> = (typeof API)[Name] extends { query: infer Q extends z.ZodType }
  ? z.output<Q>
  : undefined;

type Input<Name extends ApiOperationName> = {
  actor: Actor;
  body: Body<Name>;
  query: Query<Name>;
  params: Readonly<Record<string, string>>;
  requestId: string;
  idempotency: Idempotency | null;
};
/** A handler answers the result, or the result with headers of its own. */
type Answer = { result: unknown; headers?: Record<string, string> };

export type RouteHandler = ((request: Request, route: NextRoute) => Promise<Response>) & { core: Core };
/** What Next passes beside the request; only a catch-all has lists among its parameters, and it reads none. */
type NextRoute = { params: Promise<Record<string, string | string[]>> };

/**
 * Wraps one call of the API: who is asking, what do they want, ask the operation, answer in the contract's words.
 * The same core serves Next (as a route handler) and Node's own server (through `core`).
 */
export function endpoint<Name extends ApiOperationName>(
  name: Name,
  handle: (input: Input<Name>) => Promise<Answer>,
): RouteHandler {
  const operation: ApiOperation = API[name];

  const run = async (input: Input<Name>): Promise<HttpResponse> => {
    const { result, headers } = await handle(input);
    return respond(operation.status, result, input.requestId, headers);
  };

  const answer = async (request: HttpRequest, requestId: string): Promise<HttpResponse> => {
    const actor =
      operation.permission === null
        ? ANYONE
        : await authenticateKey(request.header('authorization'), () => clientAddress({ get: request.header }));
    const query = operation.query ? given(operation.query, queryObject(request.query, operation.query)) : undefined;
    const body = operation.body ? given(operation.body, readBody(request)) : undefined;
    const idempotency = operation.idempotency ? idempotencyOf(request) : null;
    const input: Input<Name> = {
      actor,
      body: body as Body<Name>,
      query: query as Query<Name>,
      params: request.params,
      requestId,
      idempotency,
    };
    return idempotency && operation.idempotency === 'kept'
      ? once(name, actor, idempotency, requestId, () => run(input))
      : run(input);
  };

  const core: Core = async (request) => {
    const requestId = requestIdOf(request.header('x-request-id'));
    const began = performance.now();
    let response: HttpResponse;
    try {
      response = await answer(request, requestId);
    } catch (error: unknown) {
      response = refuse(error, requestId);
    }
    countRequest(name, response.status, (performance.now() - began) / 1000);
    return response;
  };
  return withNextDoor(core, BODY_MAX.api);
}

const ANYONE: Actor = { kind: 'system', what: 'anonymous' };

/** Gives a core the shape that Next calls. */
export function withNextDoor(core: Core, bodyMax: number): RouteHandler {
  const handler = async (request: Request, route: NextRoute): Promise<Response> => {
    const requestId = requestIdOf(request.headers.get('x-request-id'));
    let response: HttpResponse;
    try {
      const url = new URL(request.url);
      response = await core({
        method: request.method,
        target: url.pathname + url.search,
        query: url.searchParams,
        params: plainParams(await route.params),
        header: (header) => (header === 'x-request-id' ? requestId : request.headers.get(header)),
        body: await readCapped(request, bodyMax),
      });
    } catch (error: unknown) {
      response = refuse(error, requestId);
    }
    return new Response(request.method === 'HEAD' ? null : response.body, {
      status: response.status,
      headers: response.headers,
    });
  };
  return Object.assign(handler, { core });
}

function plainParams(params: Record<string, string | string[]> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => [name, String(value)]));
}

function readBody(request: HttpRequest): unknown {
  if (request.body.length === 0) return {};
  if (request.header('content-encoding') !== null)
    throw new Refusal('unsupported_media_type', { detail: 'Send the body without a content encoding.' });
  const contentType = request.header('content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType))
    throw new Refusal('unsupported_media_type');
  return readJsonObject(request.body);
}

/** Unknown parameters and repeated ones are refused: a filter that is silently ignored shows the wrong numbers. Lists repeat. */
function queryObject(query: URLSearchParams, schema: z.ZodObject): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    if (!Object.hasOwn(schema.shape, key))
      throw new Refusal('invalid_request', { param: key.slice(0, 50), detail: 'Unknown parameter.' });
    const values = query.getAll(key);
    object[key] = values.length === 1 ? values[0] : values;
  }
  return object;
}

function idempotencyOf(request: HttpRequest): Idempotency | null {
  const key = request.header('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Refusal('invalid_request', {
      param: 'Idempotency-Key',
      detail: 'Use 1 to 255 printable ASCII characters without spaces.',
    });
  }
  const path = request.target.split('?')[0] ?? '';
  // Keyed: a plain hash of a body that holds little but a number would give the number away.
  return { key, fingerprint: blindIndex('request', Buffer.concat([Buffer.from(`${path}\0`), request.body])) };
}

/** An answer that could not be kept gets one more try, when a database that was away for a moment may be back. */
const KEEP_AGAIN_AFTER_MS = 1_000;

/** Runs a request once per Idempotency-Key and replays its first answer. Refusals are not kept: they may be tried again. */
async function once(
  operation: string,
  actor: Actor,
  { key, fingerprint }: Idempotency,
  requestId: string,
  run: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  if (actor.kind !== 'api_key') return run();
  const id = { appId: actor.appId, livemode: actor.livemode, operation, key };
  const claim = newUuid();
  const isOurs = await claimIdempotencyKey(database(), id, fingerprint, claim).catch((error: unknown) => {
    if (isDatabaseAway(error)) forgetOnceBack(id, claim);
    throw error;
  });
  if (!isOurs) {
    const first = await findFirstAnswer(database(), id);
    if (first && !first.fingerprint.equals(fingerprint)) throw new Refusal('idempotency_conflict');
    if (!first || first.status === null) throw new Refusal('idempotency_in_flight', { retryAfterSeconds: 1 });
    return respond(first.status, first.response, requestId, { 'idempotent-replayed': 'true' });
  }
  let response: HttpResponse;
  try {
    response = await run();
  } catch (error: unknown) {
    // A database that did not answer is not waited for again: the caller has to hear of it in time.
    if (isUnavailable(error)) forgetOnceBack(id, claim);
    else {
      // The refusal is what the caller has to hear, also where its key cannot be forgotten at once.
      await forgetIdempotencyKey(database(), id, claim).catch((reason: unknown) => {
        log().warn({ requestId, error: String(reason) }, 'idempotency.not_forgotten');
        if (isDatabaseAway(reason)) forgetOnceBack(id, claim);
      });
    }
    throw error;
  }
  const keep = () => keepFirstAnswer(database(), id, claim, response.status, JSON.parse(response.body));
  // What was done is done: an error for the want of a note would make the caller do it again.
  await keep().catch(() =>
    inBackground('keep_first_answer', async () => {
      await new Promise((resolve) => setTimeout(resolve, KEEP_AGAIN_AFTER_MS));
      await keep();
    }),
  );
  return response;
}

const isUnavailable = (error: unknown): boolean =>
  isDatabaseAway(error) || (isRefusal(error) && error.code === 'unavailable');
