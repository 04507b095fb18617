import type { FailureReason } from '@/lib/domain/message/reasons';

/** Where in the conversation a reply came. */
export type Command = 'greeting' | 'login' | 'sender' | 'recipient' | 'message';

/** RFC 3463, by subject and detail: more exact than the three digits before it. */
const BY_STATUS: [RegExp, FailureReason][] = [
  [/^[45]\.1\.[1236]$|^5\.1\.10$/, 'invalid_number'], // no such mailbox, host or syntax of the recipient; moved; null MX
  [/^[45]\.1\.[78]$/, 'request_rejected'], // the sender's address
  [/^[45]\.2\.[0-4]$/, 'unreachable'], // disabled, full, list
  [/^[45]\.4\.[1-7]$/, 'unreachable'], // no route to the recipient's host
  [/^[45]\.3\.[0-9]$/, 'provider_down'],
  [/^4\.7\.\d{1,3}$/, 'throttled'], // greylisted, too fast
  [/^5\.7\.[0-9]{1,3}$/, 'carrier_filtered'], // policy, spam, DMARC …
  [/^5\.5\.\d$/, 'request_rejected'], // we speak wrongly
  [/^5\.6\.\d$/, 'request_rejected'], // the message is wrong
];

/**
 * What a refusing reply means (RFC 5321 section 4.2, RFC 3463). 4xx before the message is the server's own trouble unless
 * its status says that it is the mailbox's; a refused login or sender is ours whatever the status says.
 */
export function reasonOfReply(code: number, status: string | null, command: Command): FailureReason {
  if (code === 421) return 'provider_down';
  if (code === 454 || (command === 'login' && code < 500)) return 'provider_down';
  if (command === 'login' || code === 535 || code === 534 || code === 530 || code === 538)
    return 'credentials_rejected';
  if (command === 'sender' && code >= 500)
    return status?.startsWith('5.7.') ? 'account_restricted' : 'request_rejected';
  const known = status === null ? undefined : BY_STATUS.find(([pattern]) => pattern.test(status))?.[1];
  if (known) return known;
  if (code < 500) return code === 450 || code === 452 ? 'unreachable' : 'provider_down';
  if (command === 'greeting') return 'provider_down';
  if (code >= 500 && code <= 504) return 'request_rejected';
  if (command === 'recipient' && (code === 550 || code === 551 || code === 553)) return 'invalid_number';
  if (code === 552) return 'unreachable';
  return 'unrecognised';
}

/** A reply's three digits, its enhanced status and its words, over all its lines. */
export function readReply(response: string): { code: number; status: string | null; words: string } | null {
  const lines = response.split(/\r?\n/);
  const [, digits, status] = /^([2-5]\d\d)[ -]?(?:([245]\.\d{1,3}\.\d{1,3})(?![\d.]))?/.exec(lines[0] ?? '') ?? [];
  if (!digits) return null;
  const words = lines.map((line) => line.replace(/^\d{3}[ -]?(?:[245]\.\d{1,3}\.\d{1,3}\s)?/, '').trim());
  return { code: Number(digits), status: status ?? null, words: words.join(' ').trim() };
}
