/** GSM 03.38 basic alphabet; the second list costs two septets each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('^{}\\[~]|€\f');

/** How many parts a text is billed as: 160 septets or 70 UTF-16 units alone, 153 or 67 when joined. */
export function segmentsOf(text: string): number {
  const chars = [...text];
  const isGsm = chars.every((char) => BASIC.has(char) || EXTENDED.has(char));
  const units = isGsm ? chars.reduce((sum, char) => sum + (EXTENDED.has(char) ? 2 : 1), 0) : text.length;
  const [single, joined] = isGsm ? [160, 153] : [70, 67];
  return units <= single ? 1 : Math.ceil(units / joined);
}
