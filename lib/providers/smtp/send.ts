import { isMailAddress } from '@/lib/domain/mail/address';
import { safeDetail } from '@/lib/providers/detail';
import { refuse } from '@/lib/providers/outcome';
import type { ConnectionAccess, OutboundMessage, SendResult } from '@/lib/providers/provider';
import { composeLetter } from '@/lib/providers/smtp/compose';
import { reasonOfReply } from '@/lib/providers/smtp/replies';
import { type Conversation, converse, serverOf } from '@/lib/providers/smtp/session';

/**
 * Hands one letter to the next hop. Its "250" is all that mail ever promises: the message is `sent`, and no receipt follows.
 * SMTP knows no idempotency key, so the caller must not repeat an `unknown`; the Message-ID is ours, so that a mailbox that
 * got it twice shows one.
 */
export async function sendMail(
  connection: ConnectionAccess,
  message: OutboundMessage,
  signal: AbortSignal,
): Promise<SendResult> {
  signal.throwIfAborted();
  const { channel, content, to, code } = message;
  if (channel !== 'email' || content.kind !== 'mail') {
    return refuse('request_rejected', 'unsupported', 'SMTP carries e-mail with a subject and a text only');
  }
  const { from, from_name: name = '' } = connection.settings;
  const { username: user, password: pass } = connection.credentials;
  if (!from || !isMailAddress(from) || !user || !pass) {
    return refuse('request_rejected', 'incomplete_connection', 'The connection has no sender or no credentials');
  }
  const server = serverOf(connection);
  if ('flaw' in server) return refuse('request_rejected', server.flaw, 'The connection cannot be called');
  if (!isMailAddress(to)) return refuse('invalid_number', 'invalid_address', 'Not an address that mail can be sent to');

  const messageId = `<${message.messageId}@${from.slice(from.lastIndexOf('@') + 1)}>`;
  const letter = { from: { name, address: from }, to, messageId, subject: content.subject, text: content.body, code };
  const raw = await composeLetter(letter);
  const ended = await converse(server, { user, pass }, { envelope: { from, to: [to] }, raw }, signal);
  if (ended.kind === 'done') return { kind: 'accepted', providerMessageId: messageId, segments: null, hasLeft: true };
  return notDone(ended, [code, to, to.slice(0, to.lastIndexOf('@')), ...secretsOf(connection)]);
}

/** What must not come back out of a reply: the credentials, also in the forms in which AUTH carries them. */
export function secretsOf(connection: ConnectionAccess): string[] {
  const { username: user = '', password: pass = '' } = connection.credentials;
  const forms = [pass, user, `\0${user}\0${pass}`];
  return [...forms, ...forms.map((form) => Buffer.from(form).toString('base64'))];
}

/** The end of a conversation that got nothing done, in our words. */
export function notDone(
  ended: Exclude<Conversation, { kind: 'done' }>,
  secrets: readonly string[],
): Extract<SendResult, { kind: 'refused' | 'unknown' }> {
  switch (ended.kind) {
    case 'unsendable':
      return refuse('request_rejected', ended.code, 'The connection cannot be called');
    case 'not_begun':
      return refuse('provider_down', ended.code, 'The server took no message; nothing was sent');
    case 'no_answer':
      return { kind: 'unknown', detail: `No answer after the message was sent (${ended.code})` };
    case 'refused': {
      const providerCode = ended.status === null ? String(ended.code) : `${ended.code} ${ended.status}`;
      const reason = reasonOfReply(ended.code, ended.status, ended.command);
      return refuse(reason, providerCode, safeDetail(ended.words, secrets));
    }
  }
}
