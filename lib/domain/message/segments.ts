/**
 * The GSM 03.38 alphabet, which carries 160 characters in one part; anything outside it turns the whole text into UCS-2
 * with 70 (3GPP TS 23.038 section 6.2.1). Extended characters cost two places.
 */
const GSM_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_EXTENDED = new Set('^{}\\[~]|€\f');

/** Places in a text that fits one part, and in each part of a longer one, whose header takes the rest. */
const PLACES = {
  gsm7: { alone: 160, joined: 153 },
  ucs2: { alone: 70, joined: 67 },
} as const;

export type SmsEncoding = keyof typeof PLACES;
export type SegmentCount = {
  encoding: SmsEncoding;
  units: number;
  segments: number;
  /** What each of these parts holds: fewer where there are several. */
  placesPerPart: number;
  /** Places still free in the last part. */
  left: number;
};

/**
 * How many parts an SMS is sent and paid as. `units` are septets in GSM-7 and UTF-16 code units in UCS-2.
 *
 * A character never straddles two parts, so a two-place character at the edge leaves a place empty. An upper bound where
 * the provider replaces characters to save parts. Empty text has no part.
 */
export function countSegments(text: string): SegmentCount {
  const characters = [...text];
  const encoding: SmsEncoding = characters.every(isGsm) ? 'gsm7' : 'ucs2';
  const costs = characters.map((character) => costOf(character, encoding));
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  const { alone, joined } = PLACES[encoding];
  if (units <= alone) {
    return { encoding, units, segments: units === 0 ? 0 : 1, placesPerPart: alone, left: alone - units };
  }
  const { parts, used } = packed(costs, joined);
  return { encoding, units, segments: parts, placesPerPart: joined, left: joined - used };
}

/** How many parts it comes to, and the places used of the last. */
function packed(costs: number[], places: number): { parts: number; used: number } {
  let parts = 1;
  let used = 0;
  for (const cost of costs) {
    if (used + cost > places) {
      parts += 1;
      used = 0;
    }
    used += cost;
  }
  return { parts, used };
}

function isGsm(character: string): boolean {
  return GSM_BASIC.has(character) || GSM_EXTENDED.has(character);
}

function costOf(character: string, encoding: SmsEncoding): number {
  if (encoding === 'ucs2') return character.length;
  return GSM_EXTENDED.has(character) ? 2 : 1;
}
