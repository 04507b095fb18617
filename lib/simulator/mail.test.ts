import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLetter } from '@/lib/simulator/mail-reading';
import { type PretendApp, startPretendApp } from '@/lib/simulator/testing/pretend-app';

const TO = 'person@example.net';
const TEXT = '482915 is your Acme verification code. It expires in 5 minutes.';
let app: PretendApp;
beforeEach(async () => {
  app = await startPretendApp({ settings: { ordinary: 'prompt' } });
});
afterEach(() => app.close());

/** A mail program as anybody has one. */
async function mail(
  to: string,
  over: { pass?: string; text?: string; subject?: string; html?: string; timeoutMs?: number } = {},
) {
  const { port } = new URL(app.simulator.smtpUrl);
  const transport = createTransport({
    host: '127.0.0.1',
    port: Number(port),
    auth: { user: 'simulator', pass: over.pass ?? 'simulator-smtp-password' },
    ignoreTLS: true,
    socketTimeout: over.timeoutMs ?? 5_000,
  });
  const { text = TEXT, subject = 'Your code', html = `<p>${TEXT}</p>` } = over;
  const messageId = '<msg_0199c0de7a1c70008000000000000001@acme.example>';
  return transport.sendMail({ from: 'otp@acme.example', to, subject, text, html, messageId });
}

test('a letter lies in the mailbox with its subject and its code, found by its address in any case', async () => {
  const info = await mail('Person@Example.net');
  expect(info.response).toMatch(/^250 2\.0\.0 OK queued as [0-9A-F]{10}/);
  const [letter] = await app.control.waitForMessages('PERSON@example.net', 1);
  expect(letter).toMatchObject({
    channel: 'email',
    provider: 'smtp',
    to: TO,
    from: 'otp@acme.example',
    subject: 'Your code',
    text: TEXT,
    code: '482915',
    provider_message_id: '<msg_0199c0de7a1c70008000000000000001@acme.example>',
  });
  expect(await app.control.sends(TO)).toMatchObject([
    { channel: 'email', outcome: 'accepted', opaque_id: 'msg_0199c0de7a1c70008000000000000001' },
  ]);
});

test('any language comes out as it went in', async () => {
  const text = '482915 هو رمز التحقق الخاص بك في بوميلو. ينتهي خلال 5 دقائق.\n\nثانٍ = 2';
  await mail(TO, { text, subject: 'رمز التحقق الخاص بك في بوميلو، وهو طويل بما يكفي ليطوى' });
  const [letter] = await app.control.waitForMessages(TO, 1);
  expect(letter).toMatchObject({ text, subject: 'رمز التحقق الخاص بك في بوميلو، وهو طويل بما يكفي ليطوى' });
});

test('who is not known gets 535, whoever it says it is', async () => {
  await expect(mail(TO, { pass: 'wrong' })).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 });
  expect(await app.control.messages()).toEqual([]);
});

test('a letter of more than a mebibyte is refused', async () => {
  await expect(mail(TO, { text: 'x'.repeat(1_100_000) })).rejects.toMatchObject({ responseCode: 552 });
});

describe('the four digits before the @ decide', () => {
  test.each(['0001', '0004', '0010'])('%s arrives', async (digits) => {
    await mail(`person+${digits}@example.net`);
    expect(await app.control.waitForMessages(`person+${digits}@example.net`, 1)).toHaveLength(1);
  });

  test('0005 arrives twice', async () => {
    await mail('person0005@example.net');
    expect(await app.control.waitForMessages('person0005@example.net', 2)).toHaveLength(2);
  });

  test.each(['0003', '0008'])('%s is taken and never arrives', async (digits) => {
    await mail(`person+${digits}@example.net`);
    await expect.poll(async () => (await app.control.stats()).timers_pending).toBe(0);
    expect(await app.control.messages(`person+${digits}@example.net`)).toEqual([]);
  });

  test.each(['0002', '0009'])('%s is refused as nobody', async (digits) => {
    await expect(mail(`person+${digits}@example.net`)).rejects.toMatchObject({ responseCode: 550, command: 'RCPT TO' });
  });

  test('0006 is a temporary failure after the message', async () => {
    await expect(mail('person+0006@example.net')).rejects.toMatchObject({ responseCode: 451, command: 'DATA' });
  });

  test('0007 is never answered', async () => {
    await expect(mail('person+0007@example.net', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(await app.control.messages()).toEqual([]);
  });
});

test.each(['reset', 'garbage200', 'slow_body'] as const)('a scenario may answer with %s', async (send) => {
  await app.control.addScenario({ match: { channel: 'email', to: TO }, behaviour: { send } });
  await expect(mail(TO, { timeoutMs: 300 })).rejects.toThrow();
  expect(await app.control.sends(TO)).toMatchObject([{ outcome: send }]);
});

test('a scenario names its own reply', async () => {
  await app.control.addScenario({ match: { provider: 'smtp' }, behaviour: { send: 'refuse', error_code: 554 } });
  await expect(mail(TO)).rejects.toMatchObject({ responseCode: 554 });
});

test.each([
  ['no header at all', 'hello', { subject: '', text: '', messageId: null }],
  ['plain text', 'Subject: a\r\n b\r\n\r\nhello\r\n', { subject: 'a b', text: 'hello', messageId: null }],
  [
    'an empty multipart',
    'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x--',
    { subject: '', text: '', messageId: null },
  ],
  [
    'nests without end',
    `Content-Type: multipart/mixed; boundary=x\r\n\r\n${'--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n'.repeat(1000)}`,
    { subject: '', text: '', messageId: null },
  ],
])('reads a letter of %s', (_, raw, read) => expect(readLetter(raw)).toEqual(read));
