import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, Refusal } from '@/lib/domain/errors';
import { isActionCall } from '@/lib/http/action-call';
import { BODY_MAX, type Core, type HttpRequest, type HttpResponse } from '@/lib/http/message';
import { refuse, requestIdOf } from '@/lib/http/respond';

/** One route of the fast lane. `:name` matches one path segment. */
export type Mount = { method: 'GET' | 'POST'; pattern: string; core: Core; bodyMax: number };

export type Pages = {
  /** Next's request handler. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Next answers the mounts and unknown addresses under /api as well; here only methods that no mount takes are refused. */
  takesApi: boolean;
};

export type EdgeOptions = {
  /** Routes answered right here. */
  mounts: readonly Mount[];
  /** Answers addresses that nothing here knows. */
  unknown: Core;
  /** Whatever the fast lane does not know; null where no pages are served. */
  pages: Pages | null;
  /** Proxies whose X-Forwarded-For is believed. */
  proxyHops: number;
  /** Next's development server talks to its pages over a socket; nothing else here upgrades. */
  passesUpgrades: boolean;
  /** Sent with every page and answer. */
  headers: Readonly<Record<string, string>>;
};

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const TARGET_MAX = 8 * 1024;
const BODY_MAX_ELSEWHERE = 1024 * 1024;
/** Our own header: what a client sends under this name is dropped. */
export const CLIENT_IP_HEADER = 'x-watchword-client-ip';

/**
 * Node's server with every limit set: 16 KiB of headers within 8 s, a whole request within 10 s, addresses up to 8 KiB, bodies by route.
 * Whatever is malformed gets a 4xx in the one error shape, before anything of ours or Next's sees it.
 */
export function createEdge(options: EdgeOptions): Server {
  const match = matcher(options.mounts);
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 8_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 1_000,
      noDelay: true,
      // Ours to refuse (problemOf): Node's own answer has no body.
      requireHostHeader: false,
    },
    (request, response) => {
      serve(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else write(response, refuse(error, requestIdOf(null)), options.headers);
      });
    },
  );
  server.maxRequestsPerSocket = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pages } = options;
    const target = request.url ?? '/';
    const path = pathOf(target);
    const problem = problemOf(request, target, path);
    if (problem) {
      rejectNow(request, response, problem, options.headers);
      return;
    }
    const isApi = path === '/api' || path.startsWith('/api/');
    if (!pages || (isApi && !path.startsWith('/api/auth/'))) {
      // One slash at the end changes nothing: Next takes it as well.
      const found = match(path.endsWith('/') ? path.slice(0, -1) : path);
      const mount = found && mountFor(found.mounts, request.method);
      if (found && !mount) {
        const allow = allowedBy(found.mounts);
        rejectNow(request, response, new Refusal('method_not_allowed', { detail: `Allowed: ${allow}.` }), {
          ...options.headers,
          allow,
        });
        return;
      }
      if (!pages?.takesApi) {
        if (mount) await serveMount(mount, found.params, request, response, target);
        else await answerWith(options.unknown, request, response, target, {}, EMPTY);
        return;
      }
    }
    const declared = Number(request.headers['content-length'] ?? 0);
    const bodyMax = isApi ? BODY_MAX.callback : BODY_MAX_ELSEWHERE;
    if (declared > bodyMax) {
      rejectNow(
        request,
        response,
        new Refusal('body_too_large', { detail: `At most ${bodyMax} bytes.` }),
        options.headers,
      );
      return;
    }
    const malformed = isApi ? null : await problemOfPage(request, path, declared);
    if (malformed) {
      rejectNow(request, response, malformed, options.headers);
      return;
    }
    for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value);
    request.headers[CLIENT_IP_HEADER] = clientIp(request, options.proxyHops);
    // Next answers a body that is too large without reading the rest, and leaves a client that goes on sending connected.
    const { socket } = request;
    response.once('finish', () => {
      if (!request.complete) endSoon(socket);
    });
    await pages.serve(request, response);
  }

  async function serveMount(
    mount: Mount,
    params: Record<string, string>,
    request: IncomingMessage,
    response: ServerResponse,
    target: string,
  ): Promise<void> {
    const body = await readBody(request, mount.bodyMax);
    if (body === 'too_large') {
      rejectNow(
        request,
        response,
        new Refusal('body_too_large', { detail: `At most ${mount.bodyMax} bytes.` }),
        options.headers,
      );
      return;
    }
    if (body === 'gone') return;
    await answerWith(mount.core, request, response, target, params, body);
  }

  async function answerWith(
    core: Core,
    request: IncomingMessage,
    response: ServerResponse,
    target: string,
    params: Record<string, string>,
    body: Uint8Array,
  ): Promise<void> {
    const mark = target.indexOf('?');
    const message: HttpRequest = {
      method: request.method ?? 'GET',
      target,
      query: mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1)),
      params,
      header: headerOf(request, options.proxyHops),
      body,
    };
    write(response, await core(message), options.headers, request.method === 'HEAD');
  }

  server.on('clientError', onClientError);
  server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    endSocket(socket, new Refusal('method_not_allowed')),
  );
  if (!options.passesUpgrades)
    server.on('upgrade', (_request: IncomingMessage, socket: Socket) =>
      endSocket(socket, new Refusal('invalid_request', { detail: 'Nothing here upgrades.' })),
    );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    rejectNow(
      request,
      response,
      new Refusal('invalid_request', { param: 'Expect', detail: 'Only 100-continue is understood.' }),
      options.headers,
    ),
  );
  return server;
}

function pathOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? target : target.slice(0, mark);
}

/** What is wrong with a request line or its headers, if anything. */
function problemOf(request: IncomingMessage, target: string, path: string): Refusal | null {
  if (!METHODS.has(request.method ?? '')) return new Refusal('method_not_allowed');
  if (target.length > TARGET_MAX) return new Refusal('uri_too_long');
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    return new Refusal('invalid_request', { param: 'Host', detail: 'HTTP/1.1 needs a Host header.' });
  }
  if (!path.startsWith('/') || path.includes('//') || target.includes('\\')) {
    return new Refusal('invalid_request', {
      detail: 'The address must begin with one slash and never have two in a row.',
    });
  }
  // Nothing to decode, and no NUL: Node's parser takes none in clear.
  if (!target.includes('%')) return null;
  try {
    const decoded = decodeURIComponent(target);
    if (decoded.includes('\0')) return new Refusal('invalid_request', { detail: 'The address contains NUL.' });
  } catch {
    return new Refusal('invalid_request', { detail: 'The address is not well percent-encoded.' });
  }
  return null;
}

/** The mount that takes this method; HEAD is a GET whose body nobody sees. */
function mountFor(mounts: readonly Mount[], method = 'GET'): Mount | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  return mounts.find((candidate) => candidate.method === wanted);
}

/** The methods that a path takes, as `Allow` names them: HEAD wherever GET is taken. */
function allowedBy(mounts: readonly Mount[]): string {
  return mounts.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

/** Finds the mounts of a path: exact ones by map, the others by segments. */
function matcher(
  mounts: readonly Mount[],
): (path: string) => { mounts: readonly Mount[]; params: Record<string, string> } | null {
  const exact = new Map<string, Mount[]>();
  const bySegments = new Map<string, { segments: string[]; mounts: Mount[] }>();
  for (const mount of mounts) {
    if (!mount.pattern.includes(':')) {
      exact.set(mount.pattern, [...(exact.get(mount.pattern) ?? []), mount]);
      continue;
    }
    const known = bySegments.get(mount.pattern) ?? { segments: mount.pattern.split('/'), mounts: [] };
    known.mounts.push(mount);
    bySegments.set(mount.pattern, known);
  }
  const patterns = [...bySegments.values()];

  return (path) => {
    const found = exact.get(path);
    if (found) return { mounts: found, params: {} };
    const segments = path.split('/');
    for (const pattern of patterns) {
      const params = matchSegments(pattern.segments, segments);
      if (params) return { mounts: pattern.mounts, params };
    }
    return null;
  };
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (let n = 0; n < pattern.length; n += 1) {
    const wanted = pattern[n] ?? '';
    const given = segments[n] ?? '';
    if (wanted.startsWith(':')) {
      if (given === '') return null;
      params[wanted.slice(1)] = decodeURIComponent(given);
    } else if (wanted !== given) {
      return null;
    }
  }
  return params;
}

function headerOf(request: IncomingMessage, proxyHops: number): HttpRequest['header'] {
  return (name) => {
    if (name === CLIENT_IP_HEADER) return clientIp(request, proxyHops);
    const value = request.headers[name];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  };
}

/** The whole body, or why not. Stops reading at the first byte too many. */
function readBody(request: IncomingMessage, max: number): Promise<Uint8Array | 'too_large' | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > max) return Promise.resolve('too_large');
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
    return Promise.resolve(EMPTY);
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = once(resolve);
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > max) {
        request.off('data', take).pause();
        settle('too_large');
      } else {
        chunks.push(chunk);
      }
    };
    request.on('data', take);
    request.on('end', () => settle(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => settle('gone'));
    request.on('close', () => settle('gone'));
  });
}

/** Where proxy.ts does not look: files, which are only read. Its matcher says the same. */
export const FILES = /^\/(_next\/static|_next\/image|flags\/|world.svg|icon|favicon|robots.txt|.well-known)/;

/** What Next would answer with 500, as if it were its own fault: a form that is none, a call of an action that is none, a file that is written to. */
async function problemOfPage(request: IncomingMessage, path: string, length: number): Promise<Refusal | null> {
  if (FILES.test(path) && request.method !== 'GET' && request.method !== 'HEAD')
    return new Refusal('method_not_allowed', { detail: 'Allowed: GET, HEAD.' });
  const contentType = request.headers['content-type'] ?? '';
  if (/^multipart\/form-data\b/i.test(contentType)) {
    const body = await peekBody(request, length);
    if (body && (await isForm(body, contentType))) return null;
    return new Refusal('invalid_request', { detail: 'The form cannot be read.' });
  }
  if (request.method !== 'POST' || request.headers['next-action'] === undefined) return null;
  const body = await peekBody(request, length);
  if (body && isActionCall(body.toString('utf8'))) return null;
  return new Refusal('invalid_request', { detail: 'The call cannot be read.' });
}

/** The body of so many bytes, which is put back for whoever comes next. Null: there is none, or not all of it came. */
async function peekBody(request: IncomingMessage, length: number): Promise<Buffer | null> {
  if (!(length > 0)) return null;
  return new Promise<Buffer | null>((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const read = () => {
      // Never beyond the last byte: the end must not be told before the bytes are back.
      while (size < length) {
        const chunk: Buffer | null = request.read();
        if (chunk === null) return;
        chunks.push(chunk);
        size += chunk.length;
      }
      settle(Buffer.concat(chunks));
    };
    const give = once(resolve);
    const settle = (found: Buffer | null) => {
      request.off('readable', read);
      if (found) request.unshift(found);
      give(found);
    };
    request.on('readable', read);
    request.once('error', () => settle(null));
    request.once('close', () => settle(null));
  });
}

async function isForm(body: Buffer, contentType: string): Promise<boolean> {
  try {
    await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return true;
  } catch {
    return false;
  }
}

/** Every request closes after it has ended; to resolve twice would cost 4 % of an issue, in Node's tracking of rejections. */
function once<T = void>(resolve: (value: T) => void): (value: T) => void {
  let isSettled = false;
  return (value) => {
    if (isSettled) return;
    isSettled = true;
    resolve(value);
  };
}
const EMPTY = new Uint8Array();
const NO_QUERY = new URLSearchParams();

/** The address of the client: of the socket, or as the outermost trusted proxy saw it. */
function clientIp(request: IncomingMessage, proxyHops: number): string {
  const socketIp = request.socket.remoteAddress ?? '';
  if (proxyHops === 0) return socketIp;
  const forwarded = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').map((hop) => hop.trim());
  return hops.at(-proxyHops) || socketIp;
}

function write(
  response: ServerResponse,
  answer: HttpResponse,
  headers: Readonly<Record<string, string>>,
  isHead = false,
): void {
  response.writeHead(answer.status, {
    ...headers,
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
  });
  response.end(isHead ? undefined : answer.body);
}

/** Answers before the body was read: the connection cannot be used again. */
function rejectNow(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  headers: Readonly<Record<string, string>>,
): void {
  const { socket } = request;
  const header = request.headers['x-request-id'];
  const answer = refuse(refusal, requestIdOf(typeof header === 'string' ? header : null));
  response.writeHead(answer.status, {
    ...headers,
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
    connection: 'close',
  });
  if (request.method === 'HEAD') response.flushHeaders();
  else response.write(answer.body);
  // The answer is whole. Closing on bytes that nobody has read would reset the connection, and take the answer from the client.
  const end = once(() => response.end(() => endSoon(socket)));
  const tooLong = setTimeout(end, LINGER_MS);
  request.once('close', () => clearTimeout(tooLong));
  if (request.readableEnded) end();
  else request.once('end', end).resume();
}

/** Whoever goes on sending after a refusal is read, and not kept, for this long. */
const LINGER_MS = 2_000;

/** Bytes that are still coming would keep the socket open for as long as the client likes; the answer gets a moment to arrive. */
function endSoon(socket: Socket): void {
  setTimeout(() => socket.destroy(), 1_000).unref();
}

const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** What Node's parser refuses, in the one error shape instead of an empty 400. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  endSocket(socket, new Refusal(CLIENT_ERRORS[error.code ?? ''] ?? 'invalid_request'));
}

/** Refuses on a socket that Node has let go of: nobody else hears its errors, and one that is not heard ends the process. */
function endSocket(socket: Socket, refusal: Refusal): void {
  socket.on('error', () => socket.destroy());
  const answer = refuse(refusal, requestIdOf(null));
  const lines = Object.entries({
    ...answer.headers,
    'content-length': String(Buffer.byteLength(answer.body)),
    connection: 'close',
  });
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${answer.body}`,
  );
  endSoon(socket);
}
