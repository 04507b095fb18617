/** Area codes of Brazil: every number +55, area, 9 and eight digits is a valid mobile number. */
const AREAS = [
  11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38, 41, 42, 43, 44, 45, 46, 47, 48,
  49, 51, 53, 54, 55, 61, 62, 63, 64, 65, 66, 67, 68, 69, 71, 73, 74, 75, 77, 79, 81, 82, 83, 84, 85, 86, 87, 88, 89,
  91, 92, 93, 94, 95, 96, 97, 98, 99,
];
/** Numbers minus their last four digits. */
const PREFIXES = AREAS.length * 10_000;

/** Families never share a number: what one case issues, no other case meets. */
const FAMILIES = { issued: 0, prepared: 4_000, peer: 6_000, counted: 8_000 } as const;
export type NumberFamily = keyof typeof FAMILIES;

/**
 * The nth number of a family, in E.164. Neighbours differ in prefix, and a prefix is met again only after 670 000 others, so
 * that the limit of 20 sends an hour to one prefix never stands in the way. At most 1.3 billion per family.
 */
export function benchNumber(family: NumberFamily, n: number): string {
  const prefix = n % PREFIXES;
  const area = AREAS[prefix % AREAS.length];
  const middle = String(Math.floor(prefix / AREAS.length)).padStart(4, '0');
  const last = String(FAMILIES[family] + Math.floor(n / PREFIXES)).padStart(4, '0');
  return `+55${area}9${middle}${last}`;
}
