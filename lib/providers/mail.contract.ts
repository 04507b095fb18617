import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FailureReason } from '@/lib/domain/message/reasons';
import type { ConnectionAccess, OutboundMessage, Provider } from '@/lib/providers/provider';
import { CANARY, callbackOf, expectNoCanary } from '@/lib/providers/provider.contract';

/** What one mail provider brings to the suite. */
export type MailSpecimen = {
  provider: Provider;
  /** Reaches `baseUrl` with TLS as `tls` says; every credential contains `CANARY.secret`. */
  access(baseUrl: string, tls: 'required' | 'none'): ConnectionAccess;
  message: OutboundMessage;
  /** What the letter looks like on the wire; asserts by itself. */
  expectLetter(seen: SeenLetter): void;
  acceptedId: string;
  refusals: [what: string, at: Stage, reply: string, reason: FailureReason, providerCode: string][];
};

export type Stage = 'greeting' | 'auth' | 'mail' | 'rcpt' | 'data' | 'message';
export type SeenLetter = { user: string; pass: string; from: string; to: string; raw: string };

/**
 * The promises of `Provider` for a carrier that speaks SMTP: the same as in `provider.contract.ts`, in the words of another
 * protocol. An HTTP status becomes a reply, the request becomes the message, and what was "written" begins with its first byte:
 * until then nothing can arrive.
 */
export function describeMailProvider(name: string, specimen: MailSpecimen): void {
  const { provider, message } = specimen;

  describe(`${name}: sending`, () => {
    const carrier = new TestMailServer();
    beforeAll(() => carrier.start());
    afterAll(() => carrier.stop());
    afterEach(() => {
      carrier.replies = {};
      carrier.act = {};
    });

    const soon = () => AbortSignal.timeout(250);
    const send = (
      over: { reply?: Partial<Record<Stage, string>>; act?: Partial<Record<Stage, Act>> },
      signal = AbortSignal.timeout(5_000),
      sent = message,
    ) => {
      carrier.replies = over.reply ?? {};
      carrier.act = over.act ?? {};
      return provider.send(specimen.access(carrier.url, 'none'), sent, signal);
    };

    test('writes a letter as a mailbox reads it, and keeps its own id', async () => {
      const result = await send({});
      // Nothing more will be heard of it: the message has left, and never says that it arrived.
      expect(result).toEqual({
        kind: 'accepted',
        providerMessageId: specimen.acceptedId,
        segments: null,
        hasLeft: true,
      });
      specimen.expectLetter(carrier.lastLetter());
    });

    test.each(specimen.refusals)('%s is refused with our word for it', async (_, at, reply, reason, providerCode) => {
      expect(await send({ reply: { [at]: reply } })).toMatchObject({ kind: 'refused', reason, providerCode });
    });

    test('an error reply without an explanation is an answer: refused, by what its digits say', async () => {
      const ends: unknown[] = [];
      for (const code of ['421', '450', '451', '452', '550', '552', '554', '503']) {
        const result = await send({ reply: { rcpt: code } });
        ends.push([code, result.kind === 'refused' ? result.reason : result.kind]);
      }
      expect(ends).toEqual([
        ['421', 'provider_down'],
        ['450', 'unreachable'],
        ['451', 'provider_down'],
        ['452', 'unreachable'],
        ['550', 'invalid_number'],
        ['552', 'unreachable'],
        ['554', 'unrecognised'],
        ['503', 'request_rejected'],
      ]);
    });

    const garbage: [string, string][] = [
      ['HTTP', 'HTTP/1.1 400 Bad Request'],
      ['SSH', 'SSH-2.0-nothing'],
      ['a page', '<!doctype html><title>Welcome</title>'],
      ['bytes', '\u0000\u0001{{{'],
      ['a reply without end', '220-'.padEnd(200_000, 'x')],
    ];
    test.each(garbage)('a greeting that is %s is a refusal: nothing was sent', async (_, greeting) => {
      const result = await send({ reply: { greeting } }, soon());
      expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down' });
    });

    test('an answer to the message that is no reply stays unknown: it may yet arrive', async () => {
      for (const reply of ['Welcome', '\u0000\u0001', 'x'.repeat(200_000)]) {
        expect(await send({ reply: { message: reply } }, soon()), reply.slice(0, 10)).toMatchObject({
          kind: 'unknown',
        });
      }
    });

    test.each<Stage>(['greeting', 'auth', 'mail', 'rcpt', 'data'])(
      'a server that falls silent at %s has got no message: refused at the deadline',
      async (at) => {
        const started = performance.now();
        const result = await send({ act: { [at]: () => undefined } }, soon());
        expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down', providerCode: 'timeout' });
        expect(performance.now() - started).toBeLessThan(1_500);
      },
    );

    test.each<Stage>(['greeting', 'auth', 'mail', 'rcpt', 'data'])(
      'a server that hangs up at %s has got no message: refused',
      async (at) => {
        for (const act of [hangUp, reset]) {
          const result = await send({ act: { [at]: act } });
          expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down' });
        }
      },
    );

    const afterwards: [string, Act][] = [
      ['never answers', () => undefined],
      ['hangs up', hangUp],
      ['resets', reset],
      ['drips one byte per second', drip('250 2.0.0 OK')],
      ['never ends its reply', endless],
    ];
    test.each(afterwards)('a server that %s after the message is unknown', async (_, act) => {
      const started = performance.now();
      expect(await send({ act: { message: act } }, soon())).toMatchObject({ kind: 'unknown' });
      expect(performance.now() - started).toBeLessThan(1_500);
    });

    test('a server that is slow but in time is waited for', async () => {
      const slow: Act = (socket) => void setTimeout(() => socket.write('250 2.0.0 OK\r\n'), 300);
      expect(await send({ act: { message: slow } })).toMatchObject({ kind: 'accepted' });
    });

    test('a refused connection is a refusal: nothing was written', async () => {
      const url = `smtp://127.0.0.1:${await unusedPort()}`;
      const result = await provider.send(specimen.access(url, 'none'), message, soon());
      expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down', providerCode: 'ECONNREFUSED' });
    });

    test('a host without an address is a refusal: nothing was written', async () => {
      const access = specimen.access('smtp://provider.invalid', 'required');
      const result = await provider.send(access, message, AbortSignal.timeout(5_000));
      expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down' });
    });

    test('a failed TLS handshake is a refusal, also when the deadline ends it', async () => {
      const mute = net.createServer().listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const plain = carrier.url.replace('smtp:', 'smtps:');
      const silent = `smtps://127.0.0.1:${(mute.address() as net.AddressInfo).port}`;
      const ends = await Promise.all(
        [plain, silent].map((url) => provider.send(specimen.access(url, 'required'), message, soon())),
      );
      mute.close();
      expect(ends).toMatchObject([
        { kind: 'refused', reason: 'provider_down' },
        { kind: 'refused', reason: 'provider_down', providerCode: 'timeout' },
      ]);
    });

    test('without STARTTLS neither credentials nor the message leave', async () => {
      const before = carrier.letters.length;
      const result = await provider.send(specimen.access(carrier.url, 'required'), message, soon());
      expect(result).toMatchObject({ kind: 'refused', reason: 'provider_down' });
      expect(carrier.letters.length).toBe(before);
      expect(carrier.heard.at(-1)?.join('\n')).not.toMatch(/AUTH|MAIL/);
    });

    test('a certificate that nobody vouches for is refused, one that the connection names is taken', async () => {
      const secure = new TestMailServer({ startTls: true });
      await secure.start();
      const access = specimen.access(secure.url, 'required');
      expect(await provider.send(access, message, AbortSignal.timeout(5_000))).toMatchObject({
        kind: 'refused',
        reason: 'provider_down',
      });
      const known = { ...access, settings: { ...access.settings, ca_certificate: certificate() } };
      expect(await provider.send(known, message, AbortSignal.timeout(5_000))).toMatchObject({ kind: 'accepted' });
      specimen.expectLetter(secure.lastLetter());
      await secure.stop();
    });

    test('a connection without TLS is spoken to on this machine only', async () => {
      for (const url of ['smtp://mail.example.com', 'smtp://10.0.0.1:25', 'smtp://127.0.0.1.example.com']) {
        const result = await provider.send(specimen.access(url, 'none'), message, soon());
        expect(result).toMatchObject({
          kind: 'refused',
          reason: 'request_rejected',
          providerCode: 'cleartext_forbidden',
        });
      }
    });

    test('a stop before the message is written rejects: the same message may be sent again', async () => {
      const stopping = new AbortController();
      const reason = new Error('shutting down');
      const sending = send({ act: { rcpt: () => stopping.abort(reason) } }, stopping.signal);
      await expect(sending).rejects.toBe(reason);
    });

    test('a signal that was aborted before the call rejects, and nothing is sent', async () => {
      const before = carrier.heard.length;
      const reason = new Error('shutting down');
      await expect(send({}, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(carrier.heard.length).toBe(before);
    });

    test('a stop after the message was written is unknown, never a rejection', async () => {
      const stopping = new AbortController();
      const result = await send({ act: { message: () => stopping.abort(new Error('stop')) } }, stopping.signal);
      expect(result).toMatchObject({ kind: 'unknown' });
    });

    test('a connection that lacks its settings, or cannot be an address, is refused without a call', async () => {
      const whole = specimen.access(carrier.url, 'none');
      const before = carrier.heard.length;
      const broken: ConnectionAccess[] = [
        { ...whole, settings: {} },
        { ...whole, credentials: {} },
        { ...whole, baseUrl: 'not an address' },
        { ...whole, baseUrl: 'file:///etc/passwd' },
        { ...whole, baseUrl: 'http://127.0.0.1:1' },
        { ...whole, settings: { ...whole.settings, from: 'a@example.com\r\nBcc: b@example.com' } },
      ];
      for (const one of broken) {
        expect(await provider.send(one, message, soon())).toMatchObject({
          kind: 'refused',
          reason: 'request_rejected',
        });
      }
      expect(carrier.heard.length).toBe(before);
    });

    test('content or a channel that is not its own is refused without a call', async () => {
      const before = carrier.heard.length;
      const others: OutboundMessage[] = [
        { ...message, content: { kind: 'template', name: 'otp_code_v1', language: 'en_US' } },
        { ...message, content: { kind: 'text', body: 'free text' } },
        { ...message, channel: 'sms' },
      ];
      for (const other of others) {
        const result = await send({}, soon(), other);
        expect(result).toMatchObject({ kind: 'refused', reason: 'request_rejected' });
      }
      expect(carrier.heard.length).toBe(before);
    });

    test.each([
      'a@example.com\r\nRCPT TO:<b@example.com>',
      'a@example.com>\r\nDATA',
      'a@example.com, b@example.com',
      '<a@example.com>',
      CANARY.number,
    ])('an address that is more than an address (%j) is refused without a call', async (to) => {
      const before = carrier.heard.length;
      expect(await send({}, soon(), { ...message, to })).toMatchObject({ kind: 'refused', reason: 'invalid_number' });
      expect(carrier.heard.length).toBe(before);
    });

    test('nothing that is filled in begins a header or ends the message', async () => {
      const nasty = 'x\r\nBcc: b@example.com\r\n\r\n.\r\nMAIL FROM:<c@example.com>';
      const content = {
        kind: 'mail',
        subject: `Code ${nasty}`,
        body: `${CANARY.code} ${nasty}\r\n.\r\n<script>`,
      } as const;
      expect(await send({}, undefined, { ...message, content })).toMatchObject({ kind: 'accepted' });
      const { raw, to } = carrier.lastLetter();
      expect(to).toBe(message.to);
      const [headers = ''] = raw.split('\r\n\r\n');
      expect(headers).not.toMatch(/^Bcc:/im);
      expect(headers.match(/^Subject:/gim)).toHaveLength(1);
      // Once, in the plain text; as HTML it is escaped.
      expect(raw.match(/<script>/g)).toHaveLength(1);
      expect(carrier.heard.at(-1)?.filter((line) => line.startsWith('MAIL FROM'))).toHaveLength(1);
    });

    test.each([CANARY.code, 'Q7xK2m'])(
      'a server that echoes everything leaks nothing of it (code %s)',
      async (code) => {
        const secret = { ...message, code };
        const { credentials } = specimen.access(carrier.url, 'none');
        const { username = '', password = '' } = credentials;
        const plain = Buffer.from(`\0${username}\0${password}`).toString('base64');
        const words = `no: ${code} ${code.toUpperCase()} ${message.to} ${username} ${password} ${plain} ${CANARY.number}`;
        for (const at of ['auth', 'mail', 'rcpt', 'data', 'message'] as const) {
          const result = await send({ reply: { [at]: `554 5.7.1 ${words}` } }, undefined, secret);
          expect(result.kind === 'refused' && result.detail.length).toBeGreaterThan(0);
          expectNoCanary(result);
          const text = JSON.stringify(result);
          for (const planted of [code.toLowerCase(), message.to, plain])
            expect(text.toLowerCase()).not.toContain(planted);
        }
      },
    );

    test('an explanation is cut to 300 characters, reads over its lines and holds no control characters', async () => {
      const lines = ['550-5.1.1 Sorry\u0001', '550-5.1.1 nobody', `550 5.1.1 ${'x'.repeat(5_000)}`].join('\r\n');
      const result = await send({ reply: { rcpt: lines } });
      expect(result).toMatchObject({ kind: 'refused', providerCode: '550 5.1.1' });
      const detail = result.kind === 'refused' ? result.detail : '';
      expect(detail).toHaveLength(300);
      expect(detail).toMatch(/^Sorry +nobody x+$/);
    });

    test('many at once share the connections a server allows, and all arrive', async () => {
      const before = carrier.letters.length;
      const results = await Promise.all(Array.from({ length: 60 }, () => send({})));
      expect(results.every(({ kind }) => kind === 'accepted')).toBe(true);
      expect(carrier.letters.length - before).toBe(60);
      expect(carrier.openMax).toBeLessThanOrEqual(20);
    });

    test('a test of the connection logs in and sends nothing', async () => {
      const before = carrier.letters.length;
      const ask = () => provider.testConnection?.(specimen.access(carrier.url, 'none'), AbortSignal.timeout(5_000));
      expect(await ask()).toMatchObject({ isGood: true });
      carrier.replies = { auth: `535 5.7.8 wrong ${specimen.access('', 'none').credentials.password}` };
      const refused = await ask();
      expect(refused).toMatchObject({ isGood: false, detail: expect.stringContaining('535') });
      expectNoCanary(refused);
      expect(carrier.letters.length).toBe(before);
      expect(carrier.heard.at(-2)?.join('\n')).not.toContain('MAIL FROM');
    });
  });

  describe(`${name}: callbacks`, () => {
    test('nothing that comes in is believed, and nothing is read from it', () => {
      const access = specimen.access('smtp://127.0.0.1:1', 'none');
      for (const raw of [new Uint8Array(), Buffer.from('{}'), Buffer.from('['.repeat(30_000))]) {
        const callback = callbackOf(
          { url: 'https://otp.example.com/api/webhooks/smtp/con_1', raw },
          { authorization: 'x' },
        );
        expect(provider.isAuthentic(access, callback)).toBe(false);
        expect(provider.readEvents(callback)).toEqual([]);
      }
    });
  });
}

const file = (name: string) => readFileSync(path.join(import.meta.dirname, 'smtp/fixtures', name), 'utf8');
const certificate = () => file('localhost.crt');

type Act = (socket: net.Socket) => void;
const hangUp: Act = (socket) => socket.destroy();
const reset: Act = (socket) => void (socket instanceof tls.TLSSocket ? socket.destroy() : socket.resetAndDestroy());

function drip(text: string): Act {
  return (socket) => {
    let sent = 0;
    const timer = setInterval(() => socket.write(text.charAt(sent++)), 1_000);
    socket.write(text.charAt(sent++));
    socket.on('close', () => clearInterval(timer));
  };
}

const endless: Act = (socket) => {
  const timer = setInterval(() => socket.write('250-and more\r\n'), 5);
  socket.on('close', () => clearInterval(timer));
};

const GOOD: Record<Stage, string> = {
  greeting: '220 test ESMTP',
  auth: '235 2.7.0 OK',
  mail: '250 2.1.0 OK',
  rcpt: '250 2.1.5 OK',
  data: '354 go on',
  message: '250 2.0.0 OK queued as 4F2A1B3C5D',
};

/** A mail server on this machine that does what the test says at each stage, and remembers what it heard. Speaks by hand: the suite must not lean on a library's idea of SMTP. */
class TestMailServer {
  replies: Partial<Record<Stage, string>> = {};
  act: Partial<Record<Stage, Act>> = {};
  readonly letters: SeenLetter[] = [];
  /** Lines of each connection. */
  readonly heard: string[][] = [];
  openMax = 0;
  readonly #open = new Set<net.Socket>();
  readonly #server = net.createServer((socket) => this.#serve(socket));
  readonly #hasStartTls: boolean;

  constructor(options: { startTls?: boolean } = {}) {
    this.#hasStartTls = options.startTls ?? false;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  lastLetter(): SeenLetter {
    return this.letters.at(-1) as SeenLetter;
  }

  #serve(socket: net.Socket): void {
    this.#open.add(socket);
    this.openMax = Math.max(this.openMax, this.#open.size);
    socket.on('error', () => undefined).on('close', () => this.#open.delete(socket));
    const heard: string[] = [];
    this.heard.push(heard);
    this.#converse(socket, heard);
    this.#answer(socket, 'greeting');
  }

  #converse(socket: net.Socket, heard: string[]): void {
    const seen: SeenLetter = { user: '', pass: '', from: '', to: '', raw: '' };
    let pending = '';
    let isMessage = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('utf8');
      for (;;) {
        if (isMessage) {
          const end = pending.startsWith('.\r\n') ? 0 : pending.indexOf('\r\n.\r\n') + 2;
          if (end === 1) return;
          seen.raw = pending.slice(0, end);
          pending = pending.slice(end + 3);
          isMessage = false;
          this.letters.push({ ...seen });
          this.#answer(socket, 'message');
          continue;
        }
        const at = pending.indexOf('\r\n');
        if (at < 0) return;
        const line = pending.slice(0, at);
        pending = pending.slice(at + 2);
        heard.push(line);
        if (line === 'STARTTLS') return this.#secure(socket, heard);
        isMessage = this.#take(socket, line, seen);
      }
    });
  }

  /** True when the message follows. */
  #take(socket: net.Socket, line: string, seen: SeenLetter): boolean {
    const isPlain = !(socket instanceof tls.TLSSocket);
    if (line.startsWith('EHLO')) {
      const offer = this.#hasStartTls && isPlain ? '250-STARTTLS\r\n' : '';
      socket.write(`250-test\r\n${offer}250-AUTH PLAIN\r\n250 8BITMIME\r\n`);
    } else if (line.startsWith('AUTH PLAIN ')) {
      const [, user = '', pass = ''] = Buffer.from(line.slice(11), 'base64').toString('utf8').split('\0');
      Object.assign(seen, { user, pass });
      this.#answer(socket, 'auth');
    } else if (line.startsWith('MAIL FROM:')) {
      seen.from = /<(.*?)>/.exec(line)?.[1] ?? '';
      this.#answer(socket, 'mail');
    } else if (line.startsWith('RCPT TO:')) {
      seen.to = /<(.*?)>/.exec(line)?.[1] ?? '';
      this.#answer(socket, 'rcpt');
    } else if (line === 'DATA') {
      this.#answer(socket, 'data');
      return (this.replies.data ?? GOOD.data).startsWith('3') && !this.act.data;
    } else {
      socket.write('502 5.5.1 not here\r\n');
    }
    return false;
  }

  #answer(socket: net.Socket, stage: Stage): void {
    const act = this.act[stage];
    if (act) act(socket);
    else socket.write(`${this.replies[stage] ?? GOOD[stage]}\r\n`);
  }

  #secure(socket: net.Socket, heard: string[]): void {
    socket.removeAllListeners('data');
    socket.write('220 2.0.0 go on\r\n');
    const secured = new tls.TLSSocket(socket, { isServer: true, key: file('localhost.key'), cert: certificate() });
    this.#converse(secured, heard);
  }
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
