import parsePhoneNumber, { isSupportedCountry, type PhoneNumber } from 'libphonenumber-js/max';
import { maskNumber, prefixOf } from '@/lib/domain/phone/prefix';

/** A number that may receive a code. `country` is ISO-3166 alpha-2, decided by the full number (+1 and +7 are shared). */
export type Recipient = { e164: string; country: string; masked: string; prefix: string };

/** Whether numbers of a country (ISO-3166 alpha-2, capitals) can be told: those that figures are counted by. */
export const isCountry = (code: string): boolean => isSupportedCountry(code);

export type NumberProblem = 'not_a_number' | 'kind_not_allowed';

/** Kinds that cost money to reach (a personal number forwards at the caller's expense) or can never receive a code. Landlines are let through: some receive SMS as speech, and the caller may know better. */
const REFUSED_KINDS = new Set([
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'VOICEMAIL',
  'PAGER',
  'TOLL_FREE',
  'PERSONAL_NUMBER',
]);

/**
 * Reads one E.164 number, strictly: a plus sign and 7 to 15 ASCII digits, valid by libphonenumber's full metadata.
 * Any other spelling is refused. Of a stray national prefix (`+44 0 7911…`, Mexico's old `+52 1`) the number without it is kept, also for limits, so
 * that none can be outrun by spelling.
 */
export function readNumber(to: string): Recipient | NumberProblem {
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return 'not_a_number';
  let parsed: PhoneNumber | undefined;
  try {
    parsed = parsePhoneNumber(to);
  } catch {
    return 'not_a_number';
  }
  if (!parsed?.country) return 'not_a_number';
  // A number that has a kind is valid; finding it out is half of what reading costs, so it is asked once.
  const kind = parsed.getType();
  if (kind === undefined && !parsed.isValid()) return 'not_a_number';
  if (REFUSED_KINDS.has(kind ?? '')) return 'kind_not_allowed';
  const e164 = parsed.number;
  return { e164, country: parsed.country, masked: maskNumber(e164, parsed.countryCallingCode), prefix: prefixOf(e164) };
}
