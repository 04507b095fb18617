import type { Server } from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEdge, FILES } from '@/lib/http/edge';
import { unknownPath } from '@/lib/http/unknown-path';
import { config } from '@/proxy';

let server: Server;
let port = 0;
const start = async (passesUpgrades: boolean) => {
  server = createEdge({
    mounts: [],
    unknown: unknownPath.core,
    pages: {
      serve: async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        response.end(body || 'here');
      },
      takesApi: false,
    },
    proxyHops: 0,
    passesUpgrades,
    headers: {},
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
};
beforeEach(() => start(false));
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const connections = () =>
  new Promise<number>((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))));

/** A client that says this, waits for the answer, and never closes its side by itself. */
async function stubborn(text: string): Promise<{ socket: net.Socket; answer: string }> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(text);
  const answer = await new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
  return { socket, answer };
}

test('who sends 60 MB before reading hears why it is refused, and its connection ends', async () => {
  const socket = net.connect({ port, host: '127.0.0.1' }).pause();
  const failures: unknown[] = [];
  socket.on('error', (error) => failures.push(error));
  const megabyte = Buffer.alloc(1024 * 1024);
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${60 * megabyte.length}\r\n\r\n`);
  for (let sent = 0; sent < 60; sent += 1)
    if (!socket.write(megabyte)) await new Promise((resolve) => socket.once('drain', resolve));
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toContain('HTTP/1.1 413 ');
  expect(answer).toContain('"body_too_large"');
  expect(failures).toEqual([]);
});

describe.each([
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 405],
  ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 400],
  ['garbage', 'garbage\r\n\r\n', 400],
])('%s', (_, text, status) => {
  test('from a client that breaks off ends its own connection and nothing else', async () => {
    const { socket, answer } = await stubborn(text);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    socket.resetAndDestroy();
    await expect.poll(connections).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()).toBe('here');
  });

  test('is refused, and its connection ends also when the client never ends it', async () => {
    const { socket } = await stubborn(text);
    await expect.poll(connections, { timeout: 5_000 }).toBe(0);
    socket.destroy();
  });
});

test('in development an upgrade is left to Next: its listener answers, and we say nothing', async () => {
  await new Promise((resolve) => server.close(resolve));
  await start(true);
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  const { socket, answer } = await stubborn(
    'GET /_next/hmr HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  expect(answer).toBe('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  socket.destroy();
});

test('a method that a path does not take is told those that it does, HEAD where GET works', async () => {
  await new Promise((resolve) => server.close(resolve));
  const core = async () => ({ status: 200, headers: {}, body: 'here' });
  const mount = (method: 'GET' | 'POST', pattern: string) => ({ method, pattern, core, bodyMax: 10 });
  server = createEdge({
    mounts: [mount('POST', '/api/a'), mount('GET', '/api/a'), mount('POST', '/api/b')],
    unknown: unknownPath.core,
    pages: null,
    proxyHops: 0,
    passesUpgrades: false,
    headers: {},
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const ask = (path: string, method: string) =>
    fetch(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}${path}`, { method });
  const both = await ask('/api/a', 'DELETE');
  expect([both.status, both.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
  expect((await ask('/api/b', 'GET')).headers.get('allow')).toBe('POST');
  expect((await ask('/api/a', 'HEAD')).status).toBe(200);
});

describe('a form that is sent to a page', () => {
  const send = (body: string, contentType: string) =>
    fetch(`http://127.0.0.1:${port}/sign-in`, { method: 'POST', headers: { 'content-type': contentType }, body });

  test.each([1, 70_000])('arrives whole, its %i bytes unchanged', async (length) => {
    const form = new FormData();
    form.set('password', 'ü'.repeat(length));
    const request = new Request('http://a/', { method: 'POST', body: form });
    const body = await request.text();
    const answer = await send(body, request.headers.get('content-type') ?? '');
    expect(await answer.text()).toBe(body);
  });

  test.each([
    ['garbage', 'garbage', 'multipart/form-data; boundary=x'],
    ['cut off', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb', 'multipart/form-data; boundary=x'],
    ['without a boundary', '--x--', 'multipart/form-data'],
    ['empty', '', 'multipart/form-data; boundary=x'],
  ])('is refused with 400 when it is %s, and never reaches Next', async (_, body, contentType) => {
    const answer = await send(body, contentType);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
  });
});

describe('a call of an action that is sent to a page', () => {
  const call = (body: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/sign-in`, {
      method: 'POST',
      headers: { 'next-action': 'x', 'content-type': 'text/plain;charset=UTF-8', ...headers },
      body,
    });

  // As React's client writes them.
  test.each([
    '[]',
    '["vrf_1",null,{"a":[1,true]}]',
    '["$undefined"]',
    '["$$5 off","$D2026-11-29T16:00:00.000Z","$n12","$NaN","$Infinity","$-Infinity","$-0","$T"]',
    '[{"a":{"b":1}},"$0:0","$0:0:a"]',
    `["${'ü'.repeat(70_000)}"]`,
  ])('arrives whole and unchanged: %.60s', async (body) => {
    const answer = await call(body);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(body);
  });

  test('in a form arrives whole', async () => {
    const form = new FormData();
    form.set('1_email', 'a@example.com');
    form.set('0', '[{"kind":"idle"},"$K1"]');
    const request = new Request('http://a/', { method: 'POST', body: form });
    const body = await request.text();
    const answer = await call(body, { 'content-type': request.headers.get('content-type') ?? '' });
    expect(await answer.text()).toBe(body);
  });

  test.each([
    '',
    '[{x}]',
    '[1,2',
    '{}',
    '"text"',
    'null',
    'a=b',
    '["$1:a:b","$K1"]',
    '["$K1"]',
    '["$1"]',
    '["$@1"]',
    '["$F1"]',
    '["$nine"]',
    '["$0"]',
    '["$0:0"]',
    '["$0:a:b"]',
    '[{},"$0:0:__proto__"]',
    '['.repeat(200) + ']'.repeat(200),
    '['.repeat(100_000),
  ])('is refused with 400 when it is %.40j, and never reaches Next', async (body) => {
    const answer = await call(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
  });
});

test('a form without scripts and without files arrives as it is', async () => {
  const body = 'email=a%40example.com';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, { method: 'POST', headers, body });
  expect(await answer.text()).toBe(body);
});

describe.each([
  '/world.svg',
  '/icon',
  '/icon.svg',
  '/favicon.ico',
  '/robots.txt',
  '/.well-known/x',
  '/flags/de.svg',
  '/_next/static/x.js',
  '/_next/image',
])('%s, which the proxy does not see', (path) => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('is not there for %s', async (method) => {
    for (const headers of [{}, { 'next-action': 'x', origin: 'https://elsewhere.example' }]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
      expect(answer.status).toBe(405);
      expect(await answer.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
    }
  });

  test('is read', async () => {
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
    // So that a file that is added there is added here.
    expect(new RegExp(`^${config.matcher[0]}$`).test(path)).toBe(false);
  });
});

test('whatever the proxy leaves out is left out here', () => {
  const left = /\(\?!(.*?)\)/.exec(config.matcher[0] ?? '')?.[1]?.split('|');
  expect(left?.filter((part) => !part.startsWith('api'))).toEqual(
    FILES.source.slice(4, -1).replaceAll('\\/', '/').split('|'),
  );
});
