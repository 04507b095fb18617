import MailComposer from 'nodemailer/lib/mail-composer';

export type Letter = {
  from: { name: string; address: string };
  to: string;
  /** With its angle brackets. */
  messageId: string;
  subject: string;
  text: string;
  code: string;
};

/**
 * The letter as it goes over the wire: plain text and the same as simple HTML, without pictures or links. It answers to no
 * vacation notice (RFC 3834). Nothing that is filled in can begin a header of its own.
 */
export function composeLetter({ from, to, messageId, subject, text, code }: Letter): Promise<Buffer> {
  const composer = new MailComposer({
    from,
    to: { name: '', address: to },
    messageId,
    subject: oneLine(subject),
    text,
    html: htmlOf(text, code),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return new Promise((resolve, reject) => {
    composer.compile().build((error, message) => (error || !message ? reject(error) : resolve(message)));
  });
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** Paragraphs as in the text, the code large where it first stands. */
function htmlOf(text: string, code: string): string {
  const escaped = escapeHtml(text);
  const shown = escapeHtml(code);
  const at = code === '' ? -1 : escaped.indexOf(shown);
  const marked =
    at < 0
      ? escaped
      : `${escaped.slice(0, at)}<strong style="font-size:1.4em;letter-spacing:.08em">${shown}</strong>${escaped.slice(at + shown.length)}`;
  const paragraphs = marked
    .split(/\n{2,}/)
    .map((paragraph) => `<p dir="auto">${paragraph.replaceAll('\n', '<br>')}</p>`);
  return `<!doctype html><html><head><meta charset="utf-8"></head><body style="font-family:sans-serif">${paragraphs.join('')}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
