/** Longest explanation kept from a provider, in characters. */
export const DETAIL_LENGTH_MAX = 300;

/** Four digits or more, also when grouped: a number, a code, or nothing worth keeping. The error code is kept apart. */
const DIGIT_RUNS = /\+?\p{Nd}(?:[\s().-]{0,2}\p{Nd}){3,}/gu;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/**
 * A provider's own words, fit to be stored and shown: without the given secrets in any letter case, without runs of
 * digits, at most 300 characters. Secrets go first, so that cutting never leaves half of one.
 */
export function safeDetail(words: string, secrets: readonly string[]): string {
  let safe = words;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length > 0) safe = safe.replaceAll(new RegExp(escapePattern(secret), 'giu'), '…');
  }
  return safe.replaceAll(DIGIT_RUNS, '…').replaceAll(CONTROL_CHARACTERS, ' ').trim().slice(0, DETAIL_LENGTH_MAX);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
