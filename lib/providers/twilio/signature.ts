import { createHash, createHmac } from 'node:crypto';
import type { Callback, ConnectionAccess } from '@/lib/providers/provider';
import { isSameText, secretsNamed } from '@/lib/providers/signing';

/** A callback of Twilio is about 1 KB. Longer bodies are not worth hashing eight times for a stranger. */
export const CALLBACK_BYTES_MAX = 64 * 1024;

/**
 * `X-Twilio-Signature` is base64 of an HMAC-SHA1 over the address called and the sorted form (algorithm of the official
 * SDK, twilio 6.2.0, `lib/webhooks/webhooks.js`). A JSON body is not in it: its hash is part of the address instead.
 */
export function isFromTwilio(connection: ConnectionAccess, callback: Callback): boolean {
  const given = callback.header('x-twilio-signature') ?? '';
  if (!/^[A-Za-z0-9+/]{27}=$/.test(given) || callback.raw.byteLength > CALLBACK_BYTES_MAX) return false;
  const url = URL.canParse(callback.url) ? new URL(callback.url) : null;
  if (!url) return false;

  const bodyHash = url.searchParams.get('bodySHA256');
  if (bodyHash !== null && !isSameText(createHash('sha256').update(callback.raw).digest('hex'), bodyHash)) return false;
  const parameters = bodyHash === null ? sortedParameters(callback.raw) : '';
  const addresses = addressesSigned(callback.url, url);
  return secretsNamed(connection, 'auth_token').some((token) =>
    addresses.some((address) => isSameText(sign(token, address + parameters), given)),
  );
}

function sign(token: string, signed: string): string {
  return createHmac('sha1', token).update(signed, 'utf8').digest('base64');
}

/** Names in code-unit order; a name given several times contributes each different value once, in order. */
function sortedParameters(raw: Uint8Array): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(raw))) {
    const known = values.get(name);
    if (known) known.add(value);
    else values.set(name, new Set([value]));
  }
  return [...values.keys()]
    .sort()
    .flatMap((name) => [...(values.get(name) ?? [])].sort().map((value) => name + value))
    .join('');
}

/**
 * Twilio is not consistent about which spelling of the address it signs: with or without the port, and with the query
 * encoded in an older way. The fragment is never sent, so never signed.
 */
function addressesSigned(received: string, url: URL): string[] {
  url.hash = '';
  const withoutPort = new URL(url);
  withoutPort.port = '';
  const standardPort = url.protocol === 'https:' ? '443' : '80';
  const withPort = url.port ? url.href : url.href.replace(url.host, `${url.host}:${standardPort}`);
  const forms = [withoutPort.href, withPort];
  return [...new Set([received.replace(/#.*$/s, ''), ...forms, ...forms.map(withLegacyQuery)])];
}

function withLegacyQuery(address: string): string {
  const [path = '', query] = splitOnce(address, '?');
  if (!query) return address;
  const pairs = [...new URLSearchParams(query)].map((pair) => pair.map(encodeURIComponent).join('='));
  return `${path}?${pairs.join('&')}`;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
