/** What a person reads of a letter. */
export type ReadLetter = { subject: string; text: string; messageId: string | null };

const PARTS_MAX = 20;

/**
 * Subject, Message-ID and plain text of a raw message: as much of RFC 5322 and MIME as letters with a code in them use
 * (multipart, quoted-printable, base64, encoded words; UTF-8 only). Without a plain part the text is empty.
 */
export function readLetter(raw: string): ReadLetter {
  const { headers, body } = split(raw);
  return {
    subject: decodeWords(headers.get('subject') ?? ''),
    messageId: headers.get('message-id') ?? null,
    text: plainTextOf(headers, body, 0).replaceAll('\r\n', '\n').trim(),
  };
}

function split(raw: string): { headers: Map<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const head = end < 0 ? raw : raw.slice(0, end);
  const headers = new Map<string, string>();
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end < 0 ? '' : raw.slice(end + 4) };
}

function plainTextOf(headers: Map<string, string>, body: string, depth: number): string {
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined && depth < 3) {
    const parts = body.split(`--${boundary}`).slice(1, PARTS_MAX);
    for (const part of parts) {
      const inner = split(part.replace(/^\r\n/, ''));
      const text = plainTextOf(inner.headers, inner.body, depth + 1);
      if (text !== '') return text;
    }
    return '';
  }
  return /^text\/plain/i.test(type) ? decode(body, headers.get('content-transfer-encoding') ?? '7bit') : '';
}

function decode(body: string, encoding: string): string {
  if (/^base64$/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/^quoted-printable$/i.test(encoding)) return body;
  return unescapeBytes(body.replaceAll(/=\r\n/g, ''));
}

/** `=C3=BC` are bytes of UTF-8; what is not escaped is taken as it stands. */
function unescapeBytes(text: string): string {
  return text.replaceAll(/(?:=[0-9A-F]{2})+/gi, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
}

function decodeWords(header: string): string {
  return header
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : unescapeBytes(text.replaceAll('_', ' ')),
    );
}
