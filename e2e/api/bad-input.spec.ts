import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '@/lib/domain/errors';
import { expect, test } from '../fixtures/test';
import { bearer, expectRefusal, memoryOf, raw, read } from './client';

const ROUTE = '/api/v1/verifications';
const JSON_TYPE = { 'content-type': 'application/json' };
/** Refusals are quick whatever came in; only what is slow on purpose or 60 MB long may take longer. */
const MS_MAX = 1_000;

type BodyCase = [name: string, body: string | Buffer, codes: ErrorCode[], headers?: Record<string, string>];

/** Bodies of POST /verifications. `NUMBER` stands for a number that could be served: nothing may be made of it. */
const BODIES: BodyCase[] = [
  ['truncated JSON', '{"to":"NUMBER"', ['malformed_json']],
  ['JSON cut in a string', '{"to":"NUM', ['malformed_json']],
  ['only a brace', '{', ['malformed_json']],
  ['two values', '{"to":"NUMBER"}{"to":"NUMBER"}', ['malformed_json']],
  ['a trailing comma', '{"to":"NUMBER",}', ['malformed_json']],
  ['a comment', '{"to":"NUMBER"/* x */}', ['malformed_json']],
  ['single quotes', "{'to':'NUMBER'}", ['malformed_json']],
  ['bare keys', '{to:"NUMBER"}', ['malformed_json']],
  ['a byte order mark', '\uFEFF{"to":"NUMBER"}', ['malformed_json']],
  ['UTF-16', Buffer.from('\uFEFF{"to":"NUMBER"}', 'utf16le'), ['malformed_json']],
  ['UTF-16 without a mark', Buffer.from('{"to":"NUMBER"}', 'utf16le'), ['malformed_json']],
  ['Latin-1', Buffer.from('{"to":"NUMBER","reference":"\xe9"}', 'latin1'), ['malformed_json']],
  [
    'overlong UTF-8',
    Buffer.concat([Buffer.from('{"to":"NUMBER","reference":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    ['malformed_json'],
  ],
  [
    'a surrogate in UTF-8',
    Buffer.concat([Buffer.from('{"to":"NUMBER","reference":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ['malformed_json'],
  ],
  ['a raw NUL', '{"to":"NUMBER","reference":"a\0b"}', ['malformed_json']],
  ['a raw newline in a string', '{"to":"NUMBER","reference":"a\nb"}', ['malformed_json']],
  ['an escaped NUL', '{"to":"NUMBER","reference":"a\\u0000b"}', ['invalid_request']],
  ['an escaped NUL in a key', '{"to":"NUMBER","metadata":{"a\\u0000":"b"}}', ['invalid_request']],
  ['a lone high surrogate', '{"to":"NUMBER","reference":"\\ud800"}', ['invalid_request']],
  ['a lone low surrogate', '{"to":"NUMBER","metadata":{"k":"\\udc00"}}', ['invalid_request']],
  ['surrogates in the wrong order', '{"to":"NUMBER","client":{"user_agent":"\\udc00\\ud800"}}', ['invalid_request']],
  ['the same key twice', '{"to":"NUMBER","to":"NUMBER"}', ['malformed_json']],
  ['the same key twice, once escaped', '{"to":"NUMBER","t\\u006f":"NUMBER"}', ['malformed_json']],
  ['the same key twice, further in', '{"to":"NUMBER","metadata":{"a":"1","a":"2"}}', ['malformed_json']],
  ['__proto__', '{"to":"NUMBER","__proto__":{"status":"approved"}}', ['malformed_json']],
  ['__proto__, escaped', '{"to":"NUMBER","\\u005f_proto__":{"status":"approved"}}', ['malformed_json']],
  ['__proto__ in metadata', '{"to":"NUMBER","metadata":{"__proto__":"x"}}', ['malformed_json']],
  ['constructor', '{"to":"NUMBER","constructor":{"prototype":{"a":1}}}', ['invalid_request']],
  ['mass assignment: status', '{"to":"NUMBER","status":"approved"}', ['invalid_request']],
  ['mass assignment: app_id', '{"to":"NUMBER","app_id":"01999999-0000-7000-8000-000000000000"}', ['invalid_request']],
  ['mass assignment: livemode', '{"to":"NUMBER","livemode":true}', ['invalid_request']],
  ['mass assignment: code', '{"to":"NUMBER","code":"123456"}', ['invalid_request']],
  ['an unknown field further in', '{"to":"NUMBER","client":{"ip":"192.0.2.1","admin":true}}', ['invalid_request']],
  ['NaN', '{"to":"NUMBER","transaction":{"amount":NaN,"currency":"EUR"}}', ['malformed_json']],
  ['Infinity', '{"to":"NUMBER","transaction":{"amount":Infinity,"currency":"EUR"}}', ['malformed_json']],
  ['1e999', '{"to":"NUMBER","transaction":{"amount":1e999,"currency":"EUR"}}', ['invalid_request']],
  [
    'a number past 2^53',
    '{"to":"NUMBER","transaction":{"amount":9007199254740993,"currency":"EUR"}}',
    ['invalid_request'],
  ],
  ['a negative amount', '{"to":"NUMBER","transaction":{"amount":-1,"currency":"EUR"}}', ['invalid_request']],
  ['half a micro', '{"to":"NUMBER","transaction":{"amount":0.5,"currency":"EUR"}}', ['invalid_request']],
  ['an amount as text', '{"to":"NUMBER","transaction":{"amount":"1","currency":"EUR"}}', ['invalid_request']],
  ['a currency in lower case', '{"to":"NUMBER","transaction":{"amount":1,"currency":"eur"}}', ['invalid_request']],
  ['a leading zero', '{"to":"NUMBER","transaction":{"amount":01,"currency":"EUR"}}', ['malformed_json']],
  ['hexadecimal', '{"to":"NUMBER","transaction":{"amount":0x1,"currency":"EUR"}}', ['malformed_json']],
  [
    '30 000 levels of lists',
    `{"to":"NUMBER","metadata":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    ['malformed_json'],
  ],
  [
    '10 000 levels of objects',
    `{"to":"NUMBER","metadata":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
    ['malformed_json'],
  ],
  ['9 levels', `{"to":"NUMBER","metadata":${'{"a":'.repeat(9)}1${'}'.repeat(9)}}`, ['malformed_json']],
  ['a list', '[{"to":"NUMBER"}]', ['malformed_json']],
  ['null', 'null', ['malformed_json']],
  ['a text', '"NUMBER"', ['malformed_json']],
  ['a number', '1', ['malformed_json']],
  ['true', 'true', ['malformed_json']],
  ['only spaces', '   ', ['malformed_json']],
  ['nothing', '', ['invalid_request']],
  ['an empty object', '{}', ['invalid_request']],
  ['no number', '{"use_case":"login"}', ['invalid_request']],
  ['to: null', '{"to":null}', ['invalid_request']],
  ['to: a number', '{"to":6281234567890}', ['invalid_request']],
  ['to: a list', '{"to":["NUMBER"]}', ['invalid_request']],
  ['to: an object', '{"to":{"$ne":null}}', ['invalid_request']],
  ['to: empty', '{"to":""}', ['invalid_number']],
  ['to: without a plus', '{"to":"6281234567890"}', ['invalid_number']],
  ['to: 00', '{"to":"006281234567890"}', ['invalid_number']],
  ['to: spaces', '{"to":"+62 812 3456 7890"}', ['invalid_number']],
  ['to: a space at the end', '{"to":"NUMBER "}', ['invalid_number']],
  ['to: a newline at the end', '{"to":"NUMBER\\n"}', ['invalid_number']],
  ['to: full-width digits', '{"to":"+６２８１２３４５６７８９０"}', ['invalid_number']],
  ['to: a right-to-left mark', '{"to":"\\u200fNUMBER"}', ['invalid_number']],
  ['to: tel:', '{"to":"tel:NUMBER"}', ['invalid_number']],
  ['to: an extension', '{"to":"NUMBER;ext=1"}', ['invalid_number', 'invalid_request']],
  ['to: NUL', '{"to":"NUMBER\\u0000"}', ['invalid_number']],
  ['to: two numbers', '{"to":"+6281234567890,+6281234567891"}', ['invalid_request']],
  ['to: premium rate', '{"to":"+449098790000"}', ['number_not_allowed']],
  ['to: toll free', '{"to":"+18002345678"}', ['number_not_allowed']],
  ['to: no such country', '{"to":"+999123456789"}', ['invalid_number']],
  ['use_case: unknown', '{"to":"NUMBER","use_case":"lottery"}', ['unknown_use_case']],
  ['use_case: SQL', `{"to":"NUMBER","use_case":"login'; DROP TABLE verification; --"}`, ['invalid_request']],
  ['use_case: a prototype’s name', '{"to":"NUMBER","use_case":"constructor"}', ['unknown_use_case']],
  ['use_case: upper case', '{"to":"NUMBER","use_case":"LOGIN"}', ['invalid_request']],
  ['channel: unknown', '{"to":"NUMBER","channel":"telegram"}', ['invalid_request']],
  ['channel: not available', '{"to":"NUMBER","channel":"voice"}', ['channel_not_available']],
  ['locale: a template', '{"to":"NUMBER","locale":"{{1}}"}', ['invalid_request']],
  ['locale: CRLF', '{"to":"NUMBER","locale":"en\\r\\nX: y"}', ['invalid_request']],
  ['locale: long', `{"to":"NUMBER","locale":"${'a'.repeat(10_000)}"}`, ['invalid_request']],
  ['app_hash: too long', '{"to":"NUMBER","app_hash":"123456789012"}', ['invalid_request']],
  ['client.ip: a name', '{"to":"NUMBER","client":{"ip":"localhost"}}', ['invalid_request']],
  ['client.ip: octal', '{"to":"NUMBER","client":{"ip":"0177.0.0.1"}}', ['invalid_request']],
  ['client.ip: with a port', '{"to":"NUMBER","client":{"ip":"192.0.2.1:80"}}', ['invalid_request']],
  ['client.ip: with a zone', '{"to":"NUMBER","client":{"ip":"fe80::1%eth0"}}', ['invalid_request']],
  ['client.country: not ISO', '{"to":"NUMBER","client":{"country":"Brazil"}}', ['invalid_request']],
  [
    'metadata: 21 keys',
    `{"to":"NUMBER","metadata":${JSON.stringify(Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, 'v'])))}}`,
    ['invalid_request'],
  ],
  ['metadata: a number', '{"to":"NUMBER","metadata":{"a":1}}', ['invalid_request']],
  ['metadata: a long value', `{"to":"NUMBER","metadata":{"a":"${'x'.repeat(501)}"}}`, ['invalid_request']],
  ['metadata: a list', '{"to":"NUMBER","metadata":[]}', ['invalid_request']],
  ['reference: empty', '{"to":"NUMBER","reference":""}', ['invalid_request']],
  ['65 KiB', `{"to":"NUMBER","reference":"${'x'.repeat(65 * 1024)}"}`, ['body_too_large']],
  ['gzip', gzipSync('{"to":"NUMBER"}'), ['unsupported_media_type'], { 'content-encoding': 'gzip' }],
  ['identity named', '{"to":"NUMBER"}', ['unsupported_media_type'], { 'content-encoding': 'identity' }],
  ['no content type', '{"to":"NUMBER"}', ['unsupported_media_type'], { 'content-type': '' }],
  ['text/plain', '{"to":"NUMBER"}', ['unsupported_media_type'], { 'content-type': 'text/plain' }],
  ['a form', 'to=NUMBER', ['unsupported_media_type'], { 'content-type': 'application/x-www-form-urlencoded' }],
  ['multipart', '--x\r\n\r\n--x--', ['unsupported_media_type'], { 'content-type': 'multipart/form-data; boundary=x' }],
  [
    'another charset',
    '{"to":"NUMBER"}',
    ['unsupported_media_type'],
    { 'content-type': 'application/json; charset=utf-16' },
  ],
  ['JSON of another kind', '{"to":"NUMBER"}', ['unsupported_media_type'], { 'content-type': 'application/jsonp' }],
];

test.describe('POST /verifications', () => {
  for (const [name, body, codes, headers = {}] of BODIES) {
    test(`${name} is ${codes.join(' or ')}, at once, and makes nothing`, async ({ request, installation, phone }) => {
      const number = phone();
      const auth = bearer(installation.apps[0]?.test_key);
      const data = typeof body === 'string' ? Buffer.from(body.replaceAll('NUMBER', number)) : body;
      const began = performance.now();
      const answer = await read(await request.post(ROUTE, { headers: { ...auth, ...JSON_TYPE, ...headers }, data }));
      expect(performance.now() - began).toBeLessThan(MS_MAX);
      expectRefusal(answer, ...codes);
      const found = await request.get(`${ROUTE}?to=${encodeURIComponent(number)}`, { headers: auth });
      expect((await found.json()).data).toEqual([]);
    });
  }
});

test.describe('POST /verifications/{id}/check', () => {
  const CODES = [
    '{}',
    '{"code":123456}',
    '{"code":""}',
    '{"code":"123"}',
    '{"code":"12345678901"}',
    '{"code":"1 2-3"}',
    '{"code":"12345_6"}',
    '{"code":"------------------------------------123456"}',
    '{"code":"١٢٣٤٥٦"}',
    '{"code":"１２３４５６"}',
    '{"code":null}',
    '{"code":["123456"]}',
    '{"code":"000000","force":true}',
    '{"code":"000000","transaction":{}}',
    '{"code":"000000","transaction":{"amount":1.5,"currency":"EUR","payee":"Shop"}}',
    '{"code":"000000","transaction":{"amount":1,"currency":"eur","payee":"Shop"}}',
    '{"code":"000000","transaction":"all of it"}',
    '{"code":"000000\\n"}',
    '{"code":"000000\\u0000"}',
    '{"code":{"$gt":""}}',
  ];

  test('malformed guesses are refused and burn no check', async ({ request, installation, phone }) => {
    const auth = bearer(installation.apps[0]?.test_key);
    const { id } = await (await request.post(ROUTE, { headers: auth, data: { to: phone() } })).json();
    for (const code of CODES) {
      const answer = await read(
        await request.post(`${ROUTE}/${id}/check`, { headers: { ...auth, ...JSON_TYPE }, data: Buffer.from(code) }),
      );
      expectRefusal(answer, 'invalid_request');
    }
    expect(await (await request.get(`${ROUTE}/${id}`, { headers: auth })).json()).toMatchObject({
      status: 'pending',
      checks_remaining: 5,
      checks: [],
    });
  });
});

test.describe('addresses and parameters', () => {
  const CASES: [path: string, codes: ErrorCode[]][] = [
    [`${ROUTE}?limit=0`, ['invalid_request']],
    [`${ROUTE}?limit=101`, ['invalid_request']],
    [`${ROUTE}?limit=1e1`, ['invalid_request']],
    [`${ROUTE}?limit=abc`, ['invalid_request']],
    [`${ROUTE}?limit=1&limit=2`, ['invalid_request']],
    [`${ROUTE}?unknown=1`, ['invalid_request']],
    [`${ROUTE}?__proto__=1`, ['invalid_request']],
    [`${ROUTE}?status=`, ['invalid_request']],
    [`${ROUTE}?status=nope`, ['invalid_request']],
    [`${ROUTE}?country=brazil`, ['invalid_request']],
    [`${ROUTE}?created_after=yesterday`, ['invalid_request']],
    [`${ROUTE}?created_after=2026-13-45T00:00:00Z`, ['invalid_request']],
    [`${ROUTE}?starting_after=1`, ['invalid_request']],
    [`${ROUTE}?starting_after=vrf_${'z'.repeat(32)}`, ['invalid_request']],
    [`${ROUTE}?to=nobody`, ['invalid_number']],
    [`${ROUTE}?reference=%00`, ['invalid_request']],
    [`${ROUTE}?reference=%E0%A4%A`, ['invalid_request']],
    [`${ROUTE}/vrf_1`, ['not_found']],
    [`${ROUTE}/%00`, ['invalid_request']],
    [`${ROUTE}/%E0%A4%A`, ['invalid_request']],
    [`${ROUTE}/..%2f..%2fetc%2fpasswd`, ['not_found']],
    [`${ROUTE}/__proto__`, ['not_found']],
    [`${ROUTE}/VRF_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f`, ['not_found']],
    [`${ROUTE}/vrf_0199F2C0A1B27C3D8E4F5A6B7C8D9E0F`, ['not_found']],
    [`${ROUTE}/`, []],
    [`${ROUTE}/vrf_1/`, ['not_found']],
    ['/api/v1/verifications//', ['invalid_request']],
    ['/api/v1/nothing', ['not_found']],
    ['/api/v2/verifications', ['not_found']],
    ['/api', ['not_found']],
    ['/api/', ['not_found']],
    ['/api/v1', ['not_found']],
    ['/api/v1/channels', ['invalid_request']],
    ['/api/v1/channels?to=1', ['invalid_number']],
  ];
  for (const [path, codes] of CASES) {
    test(`GET ${path.slice(0, 60)} is ${codes.join(' or ') || '200'}`, async ({ baseURL, installation }) => {
      const { host } = new URL(baseURL ?? '');
      const answer = await raw(
        baseURL ?? '',
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${installation.apps[0]?.test_key}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer.ms).toBeLessThan(MS_MAX);
      // Next drops a parameter of this name before anybody sees it.
      if (codes.length === 0 || (path.includes('__proto__=') && answer.status === 200)) expect(answer.status).toBe(200);
      else expectRefusal(answer, ...codes);
    });
  }

  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    test(`${method} on a route that does not take it is 405`, async ({ request, installation }) => {
      for (const path of [ROUTE, '/api/v1/channels', `${ROUTE}/vrf_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f/check`]) {
        const answer = await read(
          await request.fetch(path, { method, headers: bearer(installation.apps[0]?.test_key) }),
        );
        expectRefusal(answer, 'method_not_allowed');
      }
    });
  }
});

test.describe('requests that no client library would write', () => {
  const head = (first: string, ...lines: string[]) =>
    `${[first, 'Host: x', 'Connection: close', ...lines].join('\r\n')}\r\n\r\n`;
  const body = '{"to":"+6281234567890"}';
  const CASES: [name: string, request: string, codes: ErrorCode[]][] = [
    ['TRACE', head(`TRACE ${ROUTE} HTTP/1.1`), ['method_not_allowed']],
    ['CONNECT', head('CONNECT 127.0.0.1:5432 HTTP/1.1'), ['method_not_allowed']],
    ['a method in lower case', head(`get ${ROUTE} HTTP/1.1`), ['invalid_request']],
    ['an unknown method', head(`BREW ${ROUTE} HTTP/1.1`), ['invalid_request']],
    ['a method of WebDAV', head(`PROPFIND ${ROUTE} HTTP/1.1`), ['method_not_allowed']],
    ['no Host under HTTP/1.1', `GET ${ROUTE} HTTP/1.1\r\nConnection: close\r\n\r\n`, ['invalid_request']],
    [
      'two Hosts',
      `GET ${ROUTE} HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n`,
      ['invalid_request', 'unauthenticated'],
    ],
    ['no Host under HTTP/1.0', `GET ${ROUTE} HTTP/1.0\r\n\r\n`, ['unauthenticated', 'invalid_request']],
    ['the absolute form', head(`GET http://127.0.0.1:5432${ROUTE} HTTP/1.1`), ['invalid_request']],
    ['two slashes', head('GET //api/v1/verifications HTTP/1.1'), ['invalid_request']],
    ['two slashes and a host', head('GET //evil.example/api HTTP/1.1'), ['invalid_request']],
    ['a backslash', head('GET /api\\v1\\verifications HTTP/1.1'), ['invalid_request']],
    ['an asterisk', head('OPTIONS * HTTP/1.1'), ['invalid_request']],
    ['NUL in the path', head('GET /api/%00 HTTP/1.1'), ['invalid_request']],
    ['bad percent-encoding', head('GET /api/%E0%A4%A HTTP/1.1'), ['invalid_request']],
    ['bad percent-encoding of a page', head('GET /verifications/%E0%A4%A HTTP/1.1'), ['invalid_request']],
    ['20 KB of headers', head(`GET ${ROUTE} HTTP/1.1`, `X-Long: ${'x'.repeat(20_000)}`), ['headers_too_large']],
    ['a 9 KB address', head(`GET ${ROUTE}?reference=${'x'.repeat(9_000)} HTTP/1.1`), ['uri_too_long']],
    ['a 20 KB address', head(`GET ${ROUTE}?reference=${'x'.repeat(20_000)} HTTP/1.1`), ['headers_too_large']],
    [
      'Content-Length and Transfer-Encoding',
      `${head(`POST ${ROUTE} HTTP/1.1`, 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      ['invalid_request'],
    ],
    [
      'two Content-Lengths',
      `${head(`POST ${ROUTE} HTTP/1.1`, 'Content-Length: 5', 'Content-Length: 6')}hello!`,
      ['invalid_request'],
    ],
    ['a negative Content-Length', head(`POST ${ROUTE} HTTP/1.1`, 'Content-Length: -1'), ['invalid_request']],
    ['a Content-Length of words', head(`POST ${ROUTE} HTTP/1.1`, 'Content-Length: many'), ['invalid_request']],
    [
      'a chunk of no size',
      `${head(`POST ${ROUTE} HTTP/1.1`, 'Transfer-Encoding: chunked')}zz\r\n`,
      ['invalid_request'],
    ],
    [
      'an unknown transfer coding',
      `${head(`POST ${ROUTE} HTTP/1.1`, 'Transfer-Encoding: cow')}${body}`,
      ['invalid_request', 'not_implemented', 'unauthenticated'],
    ],
    ['a NUL in a header', head(`GET ${ROUTE} HTTP/1.1`, 'X-A: a\0b'), ['invalid_request']],
    ['a header that is folded', head(`GET ${ROUTE} HTTP/1.1`, 'X-A: a\r\n b'), ['invalid_request', 'unauthenticated']],
    ['a header without a colon', head(`GET ${ROUTE} HTTP/1.1`, 'nonsense'), ['invalid_request']],
    ['a space before the colon', head(`GET ${ROUTE} HTTP/1.1`, 'X-A : b'), ['invalid_request']],
    ['an unknown expectation', head(`POST ${ROUTE} HTTP/1.1`, 'Expect: miracles'), ['invalid_request']],
    [
      'an upgrade',
      head('GET /api/v1/verifications HTTP/1.1', 'Upgrade: websocket').replace(
        'Connection: close',
        'Connection: Upgrade',
      ),
      ['invalid_request'],
    ],
    ['HTTP/2 by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ['invalid_request']],
    ['HTTP/0.9', 'GET /api\r\n\r\n', ['invalid_request', 'not_found']],
    ['HTTP/9.9', head(`GET ${ROUTE} HTTP/9.9`), ['invalid_request']],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', ['invalid_request']],
  ];
  for (const [name, request, codes] of CASES) {
    test(`${name} is ${codes.join(' or ')} in the one error shape`, async ({ baseURL }) => {
      const answer = await raw(baseURL ?? '', Buffer.from(request, 'latin1'));
      expect(answer.ms).toBeLessThan(MS_MAX);
      expectRefusal(answer, ...codes);
    });
  }

  test('headers that take for ever, and bodies that do, are cut with 408', async ({ baseURL, installation }) => {
    test.setTimeout(40_000);
    const auth = `Authorization: Bearer ${installation.apps[0]?.test_key}`;
    const answers = await Promise.all([
      raw(baseURL ?? '', `GET ${ROUTE} HTTP/1.1\r\nHost: x\r\n`, { withinMs: 15_000 }),
      raw(
        baseURL ?? '',
        `POST ${ROUTE} HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"to":`,
        { withinMs: 15_000 },
      ),
      raw(
        baseURL ?? '',
        `POST ${ROUTE} HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"to"\r\n`,
        { withinMs: 15_000 },
      ),
    ]);
    for (const answer of answers) {
      expectRefusal(answer, 'request_timeout');
      expect(answer.ms).toBeLessThan(12_000);
    }
  });

  test('requests behind one another on one connection are answered in their order', async ({ baseURL }) => {
    const one = (path: string, close: boolean) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${close ? 'close' : 'keep-alive'}\r\n\r\n`;
    const { hostname, port } = new URL(baseURL ?? '');
    const { connect } = await import('node:net');
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(one('/api/health', false) + one('/api/v1/nothing', false) + one('/api/health', true)),
      );
      let all = '';
      socket.on('data', (chunk) => {
        all += chunk.toString('utf8');
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(all));
    });
    expect([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '404', '200']);
  });
});

test.describe('next-auth’s addresses', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const CALLBACK = '/api/auth/callback/credentials';
  const CASES: [
    name: string,
    method: string,
    path: string,
    body: string,
    headers: Record<string, string>,
    ErrorCode,
  ][] = [
    ['truncated JSON', 'POST', CALLBACK, '{', JSON_TYPE, 'malformed_json'],
    ['truncated JSON to sign in', 'POST', '/api/auth/signin/credentials', '{"a":', JSON_TYPE, 'malformed_json'],
    ['truncated JSON to sign out', 'POST', '/api/auth/signout', '{"a":', JSON_TYPE, 'malformed_json'],
    ['a list', 'POST', CALLBACK, '[]', JSON_TYPE, 'malformed_json'],
    ['deep JSON', 'POST', CALLBACK, '['.repeat(10_000), JSON_TYPE, 'malformed_json'],
    ['an object for a password', 'POST', CALLBACK, '{"password":{"a":"b"}}', JSON_TYPE, 'invalid_request'],
    ['a form of 20 KB', 'POST', CALLBACK, `password=${'x'.repeat(20_000)}`, FORM, 'body_too_large'],
    ['plain text', 'POST', CALLBACK, 'hello', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
    [
      'garbage as multipart',
      'POST',
      CALLBACK,
      'x',
      { 'content-type': 'multipart/form-data' },
      'unsupported_media_type',
    ],
    ['its log', 'POST', '/api/auth/_log', '[', JSON_TYPE, 'not_found'],
    ['an address that is nobody’s', 'POST', '/api/auth/nope', '', FORM, 'not_found'],
    ['a provider that is nobody’s', 'POST', '/api/auth/callback/nope', '', FORM, 'not_found'],
    ['PUT', 'PUT', '/api/auth/csrf', '', FORM, 'method_not_allowed'],
    ['a POST of the session', 'POST', '/api/auth/session', '', FORM, 'method_not_allowed'],
  ];
  for (const [name, method, path, body, headers, code] of CASES) {
    test(`${name} is ${code} in the one error shape`, async ({ request }) => {
      expectRefusal(await read(await request.fetch(path, { method, headers, data: Buffer.from(body) })), code);
    });
  }

  test('sign somebody in with a token of theirs, as a form and as JSON, and nobody without', async ({
    playwright,
    baseURL,
    installation,
  }) => {
    const owner = installation.accounts.find(({ role }) => role === 'owner');
    for (const kind of ['form', 'data'] as const) {
      const visitor = await playwright.request.newContext({ ...(baseURL ? { baseURL } : {}) });
      const { csrfToken } = (await (await visitor.get('/api/auth/csrf')).json()) as { csrfToken: string };
      const given = { email: owner?.email ?? '', password: owner?.password ?? '', json: 'true' };
      await visitor.post(CALLBACK, { [kind]: { ...given, csrfToken: 'x' }, maxRedirects: 0 });
      expect(await (await visitor.get('/api/auth/session')).json()).toEqual({});
      const answer = await visitor.post(CALLBACK, { [kind]: { ...given, csrfToken }, maxRedirects: 0 });
      expect(answer.status()).toBe(200);
      expect(await (await visitor.get('/api/auth/session')).json()).toMatchObject({ user: {} });
      await visitor.dispose();
    }
  });
});

test('20 bodies of 60 MB are refused without being kept in memory', async ({ baseURL, installation }) => {
  test.setTimeout(60_000);
  const auth = bearer(installation.apps[0]?.test_key);
  const { http } = { http: await import('node:http') };
  const large = Buffer.alloc(1024 * 1024, 0x20);
  /** Streams 60 MB in chunks, whether or not anybody reads; answers the status, or 0 when the connection was cut. */
  const flood = (declared: boolean) =>
    new Promise<number>((resolve) => {
      const request = http.request(`${baseURL}${ROUTE}`, {
        method: 'POST',
        headers: { ...auth, ...JSON_TYPE, ...(declared ? { 'content-length': String(60 * 1024 * 1024) } : {}) },
      });
      let status = 0;
      request.on('response', (response) => {
        status = response.statusCode ?? 0;
        response.resume();
      });
      request.on('error', () => resolve(status));
      request.on('close', () => resolve(status));
      let sent = 0;
      const push = () => {
        if (sent >= 60 || request.destroyed) {
          request.end();
          return;
        }
        sent += 1;
        request.write(large, () => setImmediate(push));
      };
      push();
    });
  // Announced and not sent: here nothing can get in the way of the answer.
  const announced = `POST ${ROUTE} HTTP/1.1\r\nHost: x\r\nAuthorization: ${auth.authorization}\r\nContent-Type: application/json\r\nContent-Length: 62914560\r\n\r\n`;
  expectRefusal(await raw(baseURL ?? '', announced), 'body_too_large');
  await flood(true);
  const before = memoryOf(baseURL ?? '');
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => flood(n % 2 === 0)));
  // A client that is cut off while it still sends may lose the answer; nobody may get anything but the refusal.
  expect(statuses.filter((status) => status !== 413 && status !== 0)).toEqual([]);
  const after = memoryOf(baseURL ?? '');
  test.skip(before === null || after === null, 'only Linux tells how much memory a process has');
  expect(((after ?? 0) - (before ?? 0)) / 1024 / 1024).toBeLessThan(50);
});
