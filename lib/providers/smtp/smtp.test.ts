import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FailureReason } from '@/lib/domain/message/reasons';
import { parseConnectionSettings } from '@/lib/providers/registry';
import { composeLetter } from '@/lib/providers/smtp/compose';
import { enterGate } from '@/lib/providers/smtp/gate';
import { type Command, readReply, reasonOfReply } from '@/lib/providers/smtp/replies';
import { serverOf } from '@/lib/providers/smtp/session';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

// The failures of the recorded session that every adapter must classify.
const known: [line: string, at: Command, reason: FailureReason][] = [
  ['421 4.3.2', 'sender', 'provider_down'],
  ['450 4.2.1', 'recipient', 'unreachable'],
  ['451 4.7.1', 'recipient', 'throttled'],
  ['452 4.2.2', 'recipient', 'unreachable'],
  ['535 5.7.8', 'login', 'credentials_rejected'],
  ['550 5.1.1', 'recipient', 'invalid_number'],
  ['552 5.2.2', 'message', 'unreachable'],
  ['554 5.7.1', 'message', 'carrier_filtered'],
];
test.each(known)('%s of the recorded session at %s is %s', (line, at, reason) => {
  const told = fixture('session.txt')
    .split('\n')
    .find((row) => row.startsWith(line));
  const reply = readReply(told ?? '');
  expect(reply && reasonOfReply(reply.code, reply.status, at)).toBe(reason);
});

test.each([
  ['550 5.1.1 User unknown', { code: 550, status: '5.1.1', words: 'User unknown' }],
  ['550-5.7.1 one\r\n550 5.7.1 two', { code: 550, status: '5.7.1', words: 'one two' }],
  ['550', { code: 550, status: null, words: '' }],
  ['550 10.0.0.1 is listed', { code: 550, status: null, words: '10.0.0.1 is listed' }],
  ['550 5.7.1.2 is a version', { code: 550, status: null, words: '5.7.1.2 is a version' }],
  ['HTTP/1.1 400', null],
  ['', null],
])('%j is read', (response, reply) => expect(readReply(response)).toEqual(reply));

describe('the address of a server', () => {
  const at = (baseUrl: string, settings: Record<string, string> = {}) =>
    serverOf({ id: 'c', provider: 'smtp', baseUrl, settings, credentials: {}, previousCredentials: null });

  test.each([
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, isSecure: false, isCleartext: false }],
    ['smtp://mail.example.com:2525', { port: 2525 }],
    ['smtps://mail.example.com', { port: 465, isSecure: true }],
    ['smtps://[::1]:465', { host: '::1' }],
  ])('%s', (url, server) => expect(at(url)).toMatchObject(server));

  test('TLS may be left out on this machine only', () => {
    const none = { tls: 'none' };
    for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '[::1]']) {
      expect(at(`smtp://${host}:25`, none)).toMatchObject({ isCleartext: true });
    }
    for (const host of ['mail.example.com', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com']) {
      expect(at(`smtp://${host}:25`, none)).toEqual({ flaw: 'cleartext_forbidden' });
    }
    expect(at('smtps://mail.example.com', none)).toMatchObject({ isSecure: true, isCleartext: false });
  });

  test.each(['', 'mail.example.com', 'http://mail.example.com', 'smtp://'])('%j is none', (url) => {
    expect(at(url)).toEqual({ flaw: 'invalid_address' });
  });
});

describe('a letter', () => {
  const letter = {
    from: { name: 'Acme', address: 'otp@acme.example' },
    to: 'user@example.net',
    messageId: '<msg_1@acme.example>',
    subject: 'رمز التحقق',
    text: '482915 هو رمز & <b>\n\nثانٍ',
    code: '482915',
  };

  test('carries any language in its subject and both its bodies', async () => {
    const raw = (await composeLetter(letter)).toString('utf8');
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(raw.split('\r\n\r\n')[0]).toMatch(/^\p{ASCII}*$/u);
    expect(raw.match(/^Content-Type: text\/(plain|html); charset=utf-8/gm)).toHaveLength(2);
  });

  test('without its code in the text is still a letter', async () => {
    const raw = (await composeLetter({ ...letter, subject: 'Code', text: 'plain', code: '' })).toString('utf8');
    expect(raw).toContain('plain');
    expect(raw).not.toContain('<strong');
  });
});

describe('the gate', () => {
  test('twenty stand at once, the next waits for one to leave, and whoever gives up is forgotten', async () => {
    const never = new AbortController().signal;
    const inside = await Promise.all(Array.from({ length: 20 }, () => enterGate('a:25', never)));
    const waiting = enterGate('a:25', never);
    const leaving = new AbortController();
    const gone = enterGate('a:25', leaving.signal);
    leaving.abort();
    expect(await gone).toBeNull();
    expect(await enterGate('b:25', never)).not.toBeNull();
    inside[0]?.();
    const late = await waiting;
    expect(late).not.toBeNull();
    for (const leave of [...inside.slice(1), late]) leave?.();
  });
});

describe('settings', () => {
  const secrets = { username: 'user', password: 'pass word' };

  test('TLS is required unless the setting says otherwise', () => {
    expect(parseConnectionSettings('smtp', { from: 'otp@acme.example' }, secrets)).toEqual({
      kind: 'parsed',
      settings: { from: 'otp@acme.example', tls: 'required' },
      credentials: secrets,
    });
    const certificate = fixture('localhost.crt').trim();
    const entered = {
      from: 'otp@acme.example',
      from_name: 'Acme',
      tls: 'none',
      ca_certificate: certificate.replaceAll('\n', '\\n'),
    };
    expect(parseConnectionSettings('smtp', entered, secrets)).toMatchObject({
      settings: { from_name: 'Acme', tls: 'none', ca_certificate: certificate },
    });
  });

  test.each([
    ['no sender', {}, ['settings.from']],
    ['a sender with a name in it', { from: 'Acme <otp@acme.example>' }, ['settings.from']],
    ['a name with a line break', { from: 'otp@acme.example', from_name: 'A\nBcc: b' }, ['settings.from_name']],
    ['another way of TLS', { from: 'otp@acme.example', tls: 'maybe' }, ['settings.tls']],
    ['a certificate that is none', { from: 'otp@acme.example', ca_certificate: 'hello' }, ['settings.ca_certificate']],
  ])('%s is refused', (_, settings, fields) => {
    const parsed = parseConnectionSettings('smtp', settings, secrets);
    expect(parsed.kind === 'invalid' && parsed.problems.map(({ field }) => field)).toEqual(fields);
  });

  test('both credentials are needed, and no problem quotes one', () => {
    const parsed = parseConnectionSettings('smtp', { from: 'otp@acme.example' }, { username: 'us\ner' });
    expect(parsed).toMatchObject({ problems: [{ field: 'credentials.username' }, { field: 'credentials.password' }] });
    expect(JSON.stringify(parsed)).not.toContain('us\\ner');
  });
});
