/** The number without its last four digits: the block that pumping attacks walk through. */
export function prefixOf(e164: string): string {
  return e164.slice(0, -4);
}

/** For people: calling code, dots, last two digits. `+5511987654321` with code `55` is `+55 ••••••• 21`. */
export function maskNumber(e164: string, callingCode: string): string {
  const rest = e164.length - 1 - callingCode.length;
  return `+${callingCode} ${'•'.repeat(Math.max(3, rest - 2))} ${e164.slice(-2)}`;
}
