import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isTimeout } from '@/lib/providers/http';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { enterGate } from '@/lib/providers/smtp/gate';
import { type Command, readReply } from '@/lib/providers/smtp/replies';

/** Silence of the server; the caller's signal is the deadline of the whole. */
const PATIENCE_MS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000, dnsTimeout: 5_000 };
/** More than any reply; past it the other side does not speak SMTP. */
const REPLY_BYTES_MAX = 64 * 1024;

export type Server = { host: string; port: number; isSecure: boolean; isCleartext: boolean; ca: string | null };

/**
 * How one conversation ended. A reply that refuses is an answer, whenever it comes. Without one it matters whether a byte of
 * the message had been written: before that nothing can arrive, after it nobody knows.
 */
export type Conversation =
  | { kind: 'unsendable'; code: string }
  | { kind: 'not_begun'; code: string }
  | { kind: 'no_answer'; code: string }
  | { kind: 'refused'; command: Command; code: number; status: string | null; words: string }
  | { kind: 'done' };

/** Where the connection's server is, or why it cannot be spoken to. */
export function serverOf({ baseUrl, settings }: ConnectionAccess): Server | { flaw: string } {
  if (!URL.canParse(baseUrl)) return { flaw: 'invalid_address' };
  const url = new URL(baseUrl);
  const isSecure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if ((!isSecure && url.protocol !== 'smtp:') || host === '') return { flaw: 'invalid_address' };
  const isCleartext = !isSecure && settings.tls === 'none';
  if (isCleartext && !isThisMachine(host)) return { flaw: 'cleartext_forbidden' };
  const port = url.port === '' ? (isSecure ? 465 : 587) : Number(url.port);
  return { host, port, isSecure, isCleartext, ca: settings.ca_certificate ?? null };
}

/** Where no wire can be listened to. */
function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Opens a connection, logs in, and hands over one message (null: none, which tests address and credentials).
 *
 * Rejects with the signal's reason only where nothing of the message was written and the reason is not a timeout; every
 * other end is a `Conversation`.
 */
export async function converse(
  server: Server,
  login: { user: string; pass: string },
  letter: { envelope: { from: string; to: string[] }; raw: Buffer } | null,
  signal: AbortSignal,
): Promise<Conversation> {
  signal.throwIfAborted();
  const leave = await enterGate(`${server.host}:${server.port}`, signal);
  if (!leave) {
    if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
    return { kind: 'not_begun', code: signal.aborted ? 'timeout' : 'too_many_waiting' };
  }
  try {
    return await talk(server, login, letter, signal);
  } finally {
    leave();
  }
}

function talk(
  server: Server,
  login: { user: string; pass: string },
  letter: { envelope: { from: string; to: string[] }; raw: Buffer } | null,
  signal: AbortSignal,
): Promise<Conversation> {
  const connection = new SMTPConnection({
    ...PATIENCE_MS,
    host: server.host,
    port: server.port,
    secure: server.isSecure,
    requireTLS: !server.isSecure && !server.isCleartext,
    ignoreTLS: server.isCleartext,
    // A closed conversation is over: nothing of it may still be read.
    socketCloseTimeout: 0,
    maxResponseSize: REPLY_BYTES_MAX,
    tls: server.ca === null ? {} : { ca: server.ca },
  });
  return new Promise((resolve, reject) => {
    let command: Command = 'greeting';
    let isWritten = false;
    let isOver = false;
    const end = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      connection.close();
      settle();
    };
    const broken = (code: string): Conversation => ({ kind: isWritten ? 'no_answer' : 'not_begun', code });
    const fail = (error: SmtpError) => end(() => resolve(readRefusal(error, command) ?? broken(codeOf(error))));
    const onAbort = () =>
      end(() => (isWritten || isTimeout(signal.reason) ? resolve(broken('timeout')) : reject(signal.reason)));
    signal.addEventListener('abort', onAbort, { once: true });

    connection.on('error', fail);
    // A server that hangs up without a word ends the connection and nothing else.
    connection.on('end', () => fail(new Error('closed')));
    connection.connect((failed) => {
      if (failed) return fail(failed);
      command = 'login';
      connection.login(login, (refused) => {
        if (refused) return fail(refused);
        if (letter === null) return end(() => resolve({ kind: 'done' }));
        // Reading begins when the server has taken the envelope and said "go on" to DATA.
        const message = new Readable({
          read() {
            isWritten = true;
            this.push(letter.raw);
            this.push(null);
          },
        });
        command = 'message';
        connection.send(letter.envelope, message, (unsent) => {
          if (unsent) return fail(unsent);
          end(() => resolve({ kind: 'done' }));
        });
      });
    });
  });
}

type SmtpError = Error & { code?: unknown; originalCode?: unknown; response?: unknown; command?: unknown };

/** A reply of 4xx or 5xx; null where the server said nothing of the kind. */
function readRefusal(error: SmtpError, at: Command): Conversation | null {
  const reply = typeof error.response === 'string' ? readReply(error.response) : null;
  if (!reply || reply.code < 400) return null;
  const command = error.command === 'MAIL FROM' ? 'sender' : error.command === 'RCPT TO' ? 'recipient' : at;
  return { kind: 'refused', command, ...reply };
}

/** A short word for logs; it never holds anything that was sent or received. */
function codeOf({ code, originalCode }: SmtpError): string {
  const word = originalCode ?? code;
  return typeof word === 'string' && /^[A-Z_]{1,40}$/.test(word) ? word : 'connection_failed';
}
