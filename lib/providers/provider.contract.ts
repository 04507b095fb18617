import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import { decideMessage, type MessageState } from '@/lib/domain/message/states';
import { ANSWER_BYTES_MAX } from '@/lib/providers/http';
import {
  type Callback,
  type ConnectionAccess,
  MalformedCallback,
  type OutboundMessage,
  type Provider,
  type ProviderEvent,
  type SendResult,
} from '@/lib/providers/provider';
import { randomOf, type TestRandom } from '@/scripts/testing/random';

/** Planted in every request; must never come back out of a result, an event or an error. */
export const CANARY = { code: '7031337042', number: '+628123450013379', secret: 'canary-secret-K7vQ2' } as const;
export const MESSAGE_ID = 'msg_0199c0de7a1c70008000000000000001';

export type Answer = { status: number; body: string };
export type ReceiptWord = { status: 'sent' | 'delivered' | 'read' | 'failed'; errorCode?: number; words?: string };

/** What one provider brings to the suite: its words for the things that every provider must be able to say. */
export type Specimen = {
  provider: Provider;
  /** Reaches `baseUrl`; every credential contains `CANARY.secret`. */
  access(baseUrl: string): ConnectionAccess;
  /** One sendable message per channel. */
  messages: Record<string, OutboundMessage>;
  /** What a sendable message looks like on the wire; asserts by itself. */
  expectRequest(label: string, request: SeenRequest): void;
  accepted: Answer;
  acceptedId: string;
  refusals: [what: string, answer: Answer, reason: FailureReason, providerCode: string][];
  /** An error answer whose explanation is `words`. */
  refusalSaying(words: string): Answer;
  /** One authentic callback with these receipts about one message; null where the format holds a single one. */
  callback(receipts: ReceiptWord[]): Unsigned | null;
  /** Authentic, but nothing that we know. */
  unknownCallback: Unsigned;
  /** Signs as the provider does. */
  sign(unsigned: Unsigned, connection: ConnectionAccess): Callback;
  /** Spoils a signature: the spellings that must not pass. */
  spoil: Record<string, (callback: Callback) => Callback>;
  /** Bodies to mutate. */
  bodies: Uint8Array[];
};

export type Unsigned = { url: string; raw: Uint8Array };
export type SeenRequest = { method: string; url: string; headers: http.IncomingHttpHeaders; body: string };

const RECEIVED_AT = new Date('2026-11-22T12:00:20Z');

export function callbackOf(unsigned: Unsigned, headers: Record<string, string>): Callback {
  return { ...unsigned, receivedAt: RECEIVED_AT, header: (name) => headers[name.toLowerCase()] ?? null };
}

export function withHeader(callback: Callback, name: string, change: (value: string) => string | null): Callback {
  return {
    ...callback,
    header: (asked) => (asked === name ? change(callback.header(name) ?? '') : callback.header(asked)),
  };
}

/**
 * The promises of `Provider`, kept by every carrier: what an answer or its absence means, whose callbacks are believed,
 * and that nothing secret comes back out. Talks to a real server on this machine; waits for deadlines of a fifth of a second.
 */
export function describeProvider(name: string, specimen: Specimen): void {
  const { provider } = specimen;

  describe(`${name}: sending`, () => {
    const carrier = new TestCarrier();
    beforeAll(() => carrier.start());
    afterAll(() => carrier.stop());

    const labels = Object.keys(specimen.messages);
    const anyMessage = Object.values(specimen.messages)[0] as OutboundMessage;
    const send = (behaviour: Behaviour, signal = AbortSignal.timeout(5_000), message = anyMessage) => {
      carrier.behave = behaviour;
      return provider.send(specimen.access(carrier.url), message, signal);
    };
    const soon = () => AbortSignal.timeout(200);

    test.each(labels)('writes a %s message as the provider reads it and takes its id', async (label) => {
      const message = specimen.messages[label] as OutboundMessage;
      const result = await send(answering(specimen.accepted), AbortSignal.timeout(5_000), message);
      expect(result).toMatchObject({ kind: 'accepted', providerMessageId: specimen.acceptedId });
      specimen.expectRequest(label, carrier.lastRequest());
    });

    test.each(specimen.refusals)('%s is refused with our word for it', async (_, answer, reason, providerCode) => {
      expect(await send(answering(answer))).toMatchObject({ kind: 'refused', reason, providerCode });
    });

    test('an error status without an explanation is an answer: refused, by what the status says', async () => {
      const page = '<html><body>upstream is unwell</body></html>';
      const reasons = [500, 502, 503, 429, 401, 404].map(async (status) => {
        const result = await provider.send(
          specimen.access(await carrier.answeringAt({ status, body: page })),
          anyMessage,
          soon(),
        );
        return [status, result.kind === 'refused' ? result.reason : result.kind];
      });
      expect(await Promise.all(reasons)).toEqual([
        [500, 'provider_down'],
        [502, 'provider_down'],
        [503, 'provider_down'],
        [429, 'throttled'],
        [401, 'credentials_rejected'],
        [404, 'unrecognised'],
      ]);
    });

    test('a throttled answer tells how long it asks to be left alone; a date or nonsense is not believed', async () => {
      const asked = async (wait: string) => {
        const result = await send((_, response) => response.writeHead(429, { 'retry-after': wait }).end('{}'));
        return result.kind === 'refused' ? result.retryAfterSeconds : result.kind;
      };
      expect([await asked('7'), await asked('0')]).toEqual([7, 0]);
      expect([await asked('Wed, 21 Oct 2026 07:28:00 GMT'), await asked('soon')]).toEqual([undefined, undefined]);
    });

    test.each([408, 504])(
      '%i from a gateway that gave up waiting is no answer: unknown, so that nothing is sent twice',
      async (status) => {
        const page = '<html><body>gateway time-out</body></html>';
        const result = await provider.send(
          specimen.access(await carrier.answeringAt({ status, body: page })),
          anyMessage,
          soon(),
        );
        expect(result.kind).toBe('unknown');
      },
    );

    const unusable: [string, Behaviour][] = [
      ['garbage', answering({ status: 200, body: '\u0000\u0001{{{' })],
      ['an HTML page', answering({ status: 200, body: '<!doctype html><title>Welcome</title>' })],
      ['an empty body', answering({ status: 200, body: '' })],
      ['another JSON', answering({ status: 200, body: '{"ok":true}' })],
      ['JSON null', answering({ status: 200, body: 'null' })],
      ['a redirect', (_, response) => response.writeHead(302, { location: `${carrier.url}/elsewhere` }).end()],
      ['half of the right body', answering({ ...specimen.accepted, body: specimen.accepted.body.slice(0, -20) })],
      [
        'the right body, compressed unasked',
        (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('\x1f\x8b\x08'),
      ],
      [
        'the right body after 1 MiB of spaces',
        answering({ ...specimen.accepted, body: ' '.repeat(ANSWER_BYTES_MAX) + specimen.accepted.body }),
      ],
    ];
    test.each(unusable)('a success that is %s stays unknown: it may yet arrive', async (_, behaviour) => {
      expect(await send(behaviour)).toMatchObject({ kind: 'unknown' });
    });

    test('redirects are not followed', async () => {
      const before = carrier.requests.length;
      await send((_, response) => response.writeHead(307, { location: `${carrier.url}/elsewhere` }).end());
      expect(carrier.requests.length - before).toBe(1);
    });

    const silences: [string, Behaviour][] = [
      ['never answers', () => undefined],
      ['sends headers and then nothing', (_, response) => response.writeHead(200).flushHeaders()],
      ['drips one byte per second', drip(specimen.accepted)],
      ['never ends its body', endless],
    ];
    test.each(silences)('a provider that %s is unknown at the deadline', async (_, behaviour) => {
      const started = performance.now();
      expect(await send(behaviour, soon())).toMatchObject({ kind: 'unknown' });
      expect(performance.now() - started).toBeLessThan(1_500);
    });

    const breaks: [string, Behaviour][] = [
      ['resets before answering', (request) => request.socket.resetAndDestroy()],
      ['closes before answering', (request) => request.socket.destroy()],
      [
        'resets inside its answer',
        (request, response) => {
          response.writeHead(200, { 'content-length': '5000' });
          response.write(specimen.accepted.body.slice(0, 30), () => request.socket.resetAndDestroy());
        },
      ],
      ['speaks no HTTP', (request) => request.socket.end('SSH-2.0-nothing\r\n')],
    ];
    test.each(breaks)('a provider that %s is unknown: the request was written', async (_, behaviour) => {
      expect(await send(behaviour)).toMatchObject({ kind: 'unknown' });
    });

    test('a connection that the far end closed while it lay idle costs no message', async () => {
      const closing: Behaviour = (request, response) => {
        const { socket } = request;
        response.on('finish', () => setImmediate(() => socket.end()));
        answering(specimen.accepted)(request, response);
      };
      await send(closing);
      await carrier.lastConnectionClosed();
      expect(await send(answering(specimen.accepted))).toMatchObject({ kind: 'accepted' });
    });

    test('one connection carries one message after another', async () => {
      await send(answering(specimen.accepted));
      const { length } = carrier.sockets;
      await send(answering(specimen.accepted));
      await send(answering(specimen.refusalSaying('no')));
      await send(answering(specimen.accepted));
      expect(carrier.sockets.length).toBe(length);
    });

    test('a refused connection is a refusal: nothing was written', async () => {
      const closed = await unusedPort();
      const result = await provider.send(specimen.access(`http://127.0.0.1:${closed}`), anyMessage, soon());
      expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down', providerCode: 'ECONNREFUSED' });
    });

    test('a host without an address is a refusal: nothing was written', async () => {
      const result = await provider.send(
        specimen.access('http://provider.invalid'),
        anyMessage,
        AbortSignal.timeout(5_000),
      );
      expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down' });
    });

    test('a failed TLS handshake is a refusal, also when the deadline ends it', async () => {
      const plain = (await carrier.answeringAt(specimen.accepted)).replace('http:', 'https:');
      const mute = await muteTls();
      const ends = await Promise.all(
        [plain, mute.url].map((url) => provider.send(specimen.access(url), anyMessage, soon())),
      );
      mute.stop();
      expect(ends).toMatchObject([
        { kind: 'refused', reason: 'provider_down' },
        { kind: 'refused', reason: 'provider_down', providerCode: 'timeout' },
      ]);
    });

    test('a stop while the connection is being made rejects: the same message may be sent again', async () => {
      const stopping = new AbortController();
      const reason = new Error('shutting down');
      const mute = await muteTls(() => stopping.abort(reason));
      await expect(provider.send(specimen.access(mute.url), anyMessage, stopping.signal)).rejects.toBe(reason);
      mute.stop();
    });

    test('a signal that was aborted before the call rejects, and nothing is sent', async () => {
      const before = carrier.requests.length;
      const reason = new Error('shutting down');
      await expect(send(answering(specimen.accepted), AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(carrier.requests.length).toBe(before);
    });

    test('a stop after the request was written is unknown, never a rejection', async () => {
      const stopping = new AbortController();
      const result = await send(() => stopping.abort(new Error('shutting down')), stopping.signal);
      expect(result).toMatchObject({ kind: 'unknown' });
    });

    test('a connection that lacks its settings, or cannot be an address, is refused without a call', async () => {
      const whole = specimen.access(carrier.url);
      const before = carrier.requests.length;
      carrier.behave = answering(specimen.accepted);
      const broken: ConnectionAccess[] = [
        { ...whole, settings: {} },
        { ...whole, credentials: {} },
        { ...whole, baseUrl: 'not an address' },
        { ...whole, baseUrl: 'file:///etc/passwd' },
        { ...whole, credentials: mapValues(whole.credentials, (value) => `${value}\r\nx-injected: 1`) },
      ];
      const results = await Promise.all(broken.slice(0, 4).map((one) => provider.send(one, anyMessage, soon())));
      for (const result of results) expect(result).toMatchObject({ kind: 'refused', reason: 'request_rejected' });
      expect(carrier.requests.length).toBe(before);

      await provider.send(broken[4] as ConnectionAccess, anyMessage, soon());
      for (const request of carrier.requests.slice(before)) expect(request.headers).not.toHaveProperty('x-injected');
    });

    test('content that is not the channel’s is refused without a call', async () => {
      const before = carrier.requests.length;
      for (const message of Object.values(specimen.messages)) {
        const content: OutboundMessage['content'] =
          message.content.kind === 'text'
            ? { kind: 'template', name: 'otp_code_v1', language: 'en_US' }
            : { kind: 'text', body: 'free text' };
        const result = await provider.send(specimen.access(carrier.url), { ...message, content }, soon());
        expect(result).toMatchObject({ kind: 'refused', reason: 'request_rejected' });
      }
      expect(carrier.requests.length).toBe(before);
    });

    test.each([CANARY.code, 'Q7xK2m'])(
      'a provider that echoes our whole request leaks nothing of it (code %s)',
      async (code) => {
        const results: SendResult[] = [];
        for (const template of Object.values(specimen.messages)) {
          const message = { ...template, code };
          const echo: Behaviour = (request, response) => {
            const seen = carrier.lastRequest();
            const { authorization = '', 'x-api-key': key = '' } = seen.headers;
            const words = `${authorization} ${key} ${decodeURIComponent(seen.body)} ${request.url} ${message.to} ${spaced(message.to)} ${message.code} ${message.code.toUpperCase()}`;
            const { status, body } = specimen.refusalSaying(words);
            response.writeHead(status).end(body);
          };
          results.push(await send(echo, AbortSignal.timeout(5_000), message));
          results.push(await send(answering({ status: 200, body: `${message.code} ${message.to}` }), soon(), message));
        }
        for (const result of results) {
          expectNoCanary(result);
          expect(JSON.stringify(result).toLowerCase()).not.toContain(code.toLowerCase());
          const { authorization, 'x-api-key': key } = carrier.lastRequest().headers;
          expect(JSON.stringify(result)).not.toContain(authorization?.split(' ')[1] ?? String(key));
        }
        expect(results.some((result) => result.kind === 'refused' && result.detail.length > 0)).toBe(true);
      },
    );

    test('an explanation is cut to 300 characters and holds no control characters', async () => {
      const result = await send(answering(specimen.refusalSaying(`Sorry\u0000\n${'x'.repeat(5_000)}`)));
      expect(result).toMatchObject({ kind: 'refused', detail: `Sorry ${'x'.repeat(294)}` });
    });
  });

  describe(`${name}: callbacks`, () => {
    const access = specimen.access('http://127.0.0.1:1');
    const unsigned = specimen.callback([{ status: 'delivered' }]) as Unsigned;
    const signed = specimen.sign(unsigned, access);
    const otherwise = (secret: string): ConnectionAccess => ({
      ...access,
      credentials: mapValues(access.credentials, () => secret),
    });

    test('a callback signed with our secret is believed', () => {
      expect(provider.isAuthentic(access, signed)).toBe(true);
    });

    test.each(Object.keys(specimen.spoil))('%s is not believed', (how) => {
      const spoil = specimen.spoil[how] as (callback: Callback) => Callback;
      expect(provider.isAuthentic(access, spoil(signed))).toBe(false);
    });

    test('another connection’s secret is not believed', () => {
      expect(provider.isAuthentic(access, specimen.sign(unsigned, otherwise('another-secret')))).toBe(false);
    });

    test('without a secret nothing is believed, not even a signature made with an empty one', () => {
      for (const credentials of [{}, mapValues(access.credentials, () => '')]) {
        const bare = { ...access, credentials, previousCredentials: credentials };
        expect(provider.isAuthentic(bare, signed)).toBe(false);
        expect(provider.isAuthentic(bare, specimen.sign(unsigned, otherwise('')))).toBe(false);
      }
    });

    test('while a secret is rotated both are believed, afterwards only the new one', () => {
      const rotating = { ...otherwise('the-new-secret'), previousCredentials: access.credentials };
      expect(provider.isAuthentic(rotating, signed)).toBe(true);
      expect(provider.isAuthentic(rotating, specimen.sign(unsigned, rotating))).toBe(true);
      expect(provider.isAuthentic({ ...rotating, previousCredentials: null }, signed)).toBe(false);
    });

    test('a signature covers every byte', () => {
      const changed = Uint8Array.from(signed.raw);
      changed[changed.length - 3] = (changed[changed.length - 3] as number) ^ 1;
      expect(provider.isAuthentic(access, { ...signed, raw: changed })).toBe(false);
      expect(provider.isAuthentic(access, { ...signed, raw: Buffer.concat([signed.raw, Buffer.from('&a=1')]) })).toBe(
        false,
      );
      expect(provider.isAuthentic(access, { ...signed, raw: new Uint8Array() })).toBe(false);
    });

    test('an unknown event is kept as ignored', () => {
      const events = provider.readEvents(specimen.sign(specimen.unknownCallback, access));
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) expect(event.kind).toBe('ignored');
    });

    test('a receipt names our message, the provider’s and when', () => {
      const [event] = provider.readEvents(signed);
      expect(event).toMatchObject({ kind: 'receipt', messageId: MESSAGE_ID, providerMessageId: specimen.acceptedId });
      expect(event).toMatchObject({ status: 'delivered', reason: null, providerCode: null });
      expect((event as { at: Date }).at.getTime()).not.toBeNaN();
    });

    test('an echo that is not one of our ids is not passed on as one', () => {
      const text = Buffer.from(unsigned.raw).toString('utf8').replaceAll(MESSAGE_ID, "msg_1' or '1'='1");
      const foreign = { url: unsigned.url.replace(MESSAGE_ID, 'ORDER-77'), raw: Buffer.from(text) };
      expect(provider.readEvents(callbackOf(foreign, {}))[0]).toMatchObject({ kind: 'receipt', messageId: null });
    });

    test('a failure whose code we do not know is unrecognised, and keeps the code', () => {
      const [event] = readOne({ status: 'failed', errorCode: 999_999 });
      expect(event).toMatchObject({ status: 'failed', reason: 'unrecognised', providerCode: '999999' });
    });

    test('a failure’s explanation holds neither a number nor a code', () => {
      const words = `Could not reach ${CANARY.number} (${spaced(CANARY.number)}) with ${CANARY.code}`;
      const [event] = readOne({ status: 'failed', errorCode: 999_999, words });
      expect(event).toMatchObject({ detail: expect.stringContaining('Could not reach') });
      expectNoCanary(event);
    });

    test('the same callback twice says the same thing and moves nothing the second time', () => {
      const [first, second] = [provider.readEvents(signed), provider.readEvents(signed)];
      expect(second).toEqual(first);
      expect(apply('accepted', [...first, ...second])).toEqual({ state: 'delivered', moves: 1 });
    });

    test('receipts in any order end in the same state', () => {
      const cases: [ReceiptWord[], MessageState][] = [
        [[{ status: 'sent' }, { status: 'delivered' }, { status: 'read' }, { status: 'failed', errorCode: 1 }], 'read'],
        [
          [{ status: 'sent' }, { status: 'failed', errorCode: 1 }, { status: 'delivered' }, { status: 'sent' }],
          'delivered',
        ],
        [[{ status: 'sent' }, { status: 'failed', errorCode: 1 }], 'failed'],
      ];
      for (const [receipts, end] of cases) {
        const events = receipts.map((receipt) => readOne(receipt));
        const ends = permutations(events).map((order) => apply('submitted', order.flat()).state);
        expect(new Set(ends)).toEqual(new Set([end]));
      }
    });

    const isBatching = specimen.callback([{ status: 'sent' }, { status: 'read' }]) !== null;
    if (isBatching)
      test('a batch of any size is read whole, in order: a refused one would be sent again and then be lost', () => {
        const words = ['sent', 'delivered', 'read', 'failed'] as const;
        const receipts = Array.from({ length: 5_000 }, (_, i) => ({ status: words[i % 4] as (typeof words)[number] }));
        const read = provider.readEvents(specimen.sign(specimen.callback(receipts) as Unsigned, access));
        expect(read.map((event) => event.kind === 'receipt' && event.status)).toEqual(
          receipts.map((receipt) => receipt.status),
        );
      });

    const nonsense: [string, Uint8Array][] = [
      ['nothing', new Uint8Array()],
      ['NUL bytes', new Uint8Array(64)],
      ['bytes that are not UTF-8', Buffer.from('fffe80c1ff', 'hex')],
      ['JSON null', Buffer.from('null')],
      ['a JSON array', Buffer.from('[]')],
      ['a deep nest', Buffer.from('['.repeat(30_000))],
      ['a deep nest that closes', Buffer.from('['.repeat(30_000) + ']'.repeat(30_000))],
      ['a prototype', Buffer.from('{"__proto__":{"entry":[]}}')],
    ];
    test.each(nonsense)('%s is malformed', (_, raw) => {
      expect(() => provider.readEvents(callbackOf({ url: unsigned.url, raw }, {}))).toThrow(MalformedCallback);
    });

    test('500 mutations of real bodies: read or malformed, never anything else; none is believed to say something else', () => {
      const random = randomOf(20_261_122);
      for (let round = 0; round < 500; round++) {
        const body = specimen.bodies[round % specimen.bodies.length] as Uint8Array;
        const original = specimen.sign({ url: unsigned.url, raw: body }, access);
        const mutated = { ...original, raw: mutate(body, random) };
        expectReadable(() => provider.readEvents(mutated), mutated.raw);
        // A form that says the same in another spelling is the same to Twilio's signature, and may be.
        if (!provider.isAuthentic(access, mutated)) continue;
        expect(provider.readEvents(mutated)).toEqual(provider.readEvents(original));
      }
    });

    function readOne(receipt: ReceiptWord): ProviderEvent[] {
      return provider.readEvents(specimen.sign(specimen.callback([receipt]) as Unsigned, access));
    }
  });
}

/** What a fuzzed body may do: become valid events of bounded size, or a MalformedCallback that quotes nothing. */
function expectReadable(read: () => ProviderEvent[], raw: Uint8Array): void {
  let events: ProviderEvent[];
  try {
    events = read();
  } catch (error) {
    expect(error, Buffer.from(raw).toString()).toBeInstanceOf(MalformedCallback);
    expect((error as Error).message).toMatch(/^[A-Za-z ]{1,80}$/);
    return;
  }
  expect(events.length).toBeLessThanOrEqual(1_000);
  for (const event of events) {
    if (event.kind === 'ignored') expect(event.what).toMatch(/^[\w ]{1,80}$/);
    else expect(event.at.getTime()).not.toBeNaN();
    if (event.kind === 'receipt') {
      expect(event.providerMessageId.length).toBeGreaterThan(0);
      expect(event.detail?.length ?? 0).toBeLessThanOrEqual(300);
      expect(event.reason === null || event.reason in FAILURE_REASONS).toBe(true);
      expect(event.reason !== null).toBe(event.status === 'failed');
    }
  }
}

export function expectNoCanary(value: unknown): void {
  const text = JSON.stringify(value);
  const { code, number, secret } = CANARY;
  for (const planted of [code, number, number.slice(1), spaced(number), secret]) expect(text).not.toContain(planted);
}

function spaced(number: string): string {
  return number.replace(/^(\+\d\d)(\d{3})(\d{4})/, '$1 $2-$3 ');
}

function apply(from: MessageState, events: ProviderEvent[]): { state: MessageState; moves: number } {
  return events.reduce(
    ({ state, moves }, event) => {
      const decision = event.kind === 'receipt' ? decideMessage(state, event) : { kind: 'ignored' as const };
      return decision.kind === 'moved' ? { state: decision.to, moves: moves + 1 } : { state, moves };
    },
    { state: from, moves: 0 },
  );
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

function mapValues(record: Record<string, string>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

const JUNK = [
  'null',
  '-1',
  '1e999',
  '""',
  '[]',
  '{}',
  '"\\u0000"',
  'true',
  '[[[[',
  '&',
  '=',
  '%',
  '%zz',
  '%00',
  '+',
  '\ud800',
  '9'.repeat(40),
];

/** One to four edits: a flipped byte, a lost or doubled stretch, a cut tail, or a value swapped for junk. */
function mutate(body: Uint8Array, random: TestRandom): Uint8Array {
  let bytes: Buffer = Buffer.from(body);
  const edits = 1 + random.below(4);
  for (let edit = 0; edit < edits; edit++) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(40);
    const [head, cut, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
    const kinds: (() => Buffer)[] = [
      () => Buffer.concat([head, Buffer.from([random.below(256)]), bytes.subarray(at + 1)]),
      () => Buffer.concat([head, tail]),
      () => Buffer.concat([head, cut, cut, tail]),
      () => Buffer.from(head),
      () => Buffer.concat([head, Buffer.from(random.pick(JUNK)), tail]),
      () => swapValue(bytes, random),
    ];
    bytes = random.pick(kinds)();
  }
  return bytes;
}

/** Replaces one whole JSON or form value, so that mutations get past the parser and reach the reading. */
function swapValue(bytes: Buffer, random: TestRandom): Buffer {
  const text = bytes.toString('utf8');
  const values = [...text.matchAll(/(?<=[:=[,]\s*)("[^"]*"|\d+|[^&{}[\],\s]+)/g)];
  const chosen = values.length === 0 ? undefined : random.pick(values);
  if (!chosen) return bytes;
  return Buffer.from(text.slice(0, chosen.index) + random.pick(JUNK) + text.slice(chosen.index + chosen[0].length));
}

type Behaviour = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

export function answering({ status, body }: Answer): Behaviour {
  return (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function drip({ status, body }: Answer): Behaviour {
  return (_, response) => {
    response.writeHead(status);
    let sent = 0;
    const timer = setInterval(() => response.write(body.charAt(sent++)), 1_000);
    response.write(body.charAt(sent++));
    response.on('close', () => clearInterval(timer));
  };
}

const endless: Behaviour = (_, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('{'), 5);
  response.on('close', () => clearInterval(timer));
};

/** A carrier on this machine that does what the test says, and remembers what it was asked. */
export class TestCarrier {
  behave: Behaviour = () => undefined;
  readonly requests: SeenRequest[] = [];
  readonly sockets: net.Socket[] = [];
  readonly server = http.createServer((request, response) =>
    this.take(request, response, (...args) => this.behave(...args)),
  );
  private readonly others: http.Server[] = [];

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as net.AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.server.on('connection', (socket) => this.sockets.push(socket));
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  stop(): void {
    for (const server of [this.server, ...this.others]) {
      server.close();
      server.closeAllConnections();
    }
  }

  lastRequest(): SeenRequest {
    return this.requests.at(-1) as SeenRequest;
  }

  /** Resolves when the connection of the last request has been closed by this side. */
  async lastConnectionClosed(): Promise<void> {
    const socket = this.sockets.at(-1) as net.Socket;
    if (!socket.destroyed) await once(socket, 'close');
  }

  /** A second server with one fixed answer, for sends that overlap. */
  async answeringAt(answer: Answer): Promise<string> {
    const behave = answering(answer);
    const server = http.createServer((request, response) => this.take(request, response, behave));
    this.others.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  }

  private async take(request: http.IncomingMessage, response: http.ServerResponse, behave: Behaviour): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    this.requests.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
    behave(request, response);
  }
}

/** Accepts connections and never shakes hands. */
async function muteTls(onConnection: () => void = () => undefined): Promise<{ url: string; stop: () => void }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    onConnection();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `https://127.0.0.1:${(server.address() as net.AddressInfo).port}`, stop };
}

/** A port on which nobody listens: taken and given back. */
async function unusedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
