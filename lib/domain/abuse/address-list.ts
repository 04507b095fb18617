/** At most this many blocks in one list: it is walked for every request of the app. */
export const NETWORKS_MAX = 50;

/** A block of addresses, as eight groups of 16 bits. IPv4 is kept as ::ffff:a.b.c.d, so that both spellings are one. */
export type Network = { groups: readonly number[]; masks: readonly number[]; bits: number };

const IPV4_BITS_BEFORE = 96;

/** Reads `203.0.113.0/24`, `2001:db8::/32`, or one address alone. Null: it is neither. Bits behind the mask are dropped. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0) return null;
  const groups = parseAddress(address);
  if (!groups) return null;
  const isIpv4 = !address.includes(':');
  const most = isIpv4 ? 32 : 128;
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return null;
  const given = length === undefined ? most : Number(length);
  if (given > most) return null;
  const bits = isIpv4 ? given + IPV4_BITS_BEFORE : given;
  const masks = groups.map((_, n) => (0xffff << (16 - Math.min(16, Math.max(0, bits - n * 16)))) & 0xffff);
  return { groups: groups.map((group, n) => group & (masks[n] ?? 0)), masks, bits };
}

/** The one spelling of a block: `203.0.113.0/24`, `2001:db8::/32`; a single address has no slash. */
export function networkText({ groups, bits }: Network): string {
  if (bits >= IPV4_BITS_BEFORE && isMapped(groups)) {
    const [high = 0, low = 0] = groups.slice(6);
    const address = [high >> 8, high & 255, low >> 8, low & 255].join('.');
    return bits === 128 ? address : `${address}/${bits - IPV4_BITS_BEFORE}`;
  }
  return bits === 128 ? ipv6Text(groups) : `${ipv6Text(groups)}/${bits}`;
}

/** True when the address is in one of the blocks. What is no address is in none. */
export function isInNetworks(address: string, networks: readonly Network[]): boolean {
  const groups = parseAddress(address.replace(/%.*$/, ''));
  if (!groups) return false;
  return networks.some(({ groups: wanted, masks }) =>
    wanted.every((group, n) => ((groups[n] ?? 0) & (masks[n] ?? 0)) === group),
  );
}

/** Strict: no leading zeros (which some read as octal), no missing parts, no zone. */
function parseAddress(text: string): number[] | null {
  if (!text.includes(':')) {
    const ipv4 = parseIpv4(text);
    return ipv4 && [0, 0, 0, 0, 0, 0xffff, ...ipv4];
  }
  const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  const tail = dotted ? parseIpv4(dotted[2] ?? '') : [];
  if (!tail) return null;
  // `::ffff:192.0.2.1`: what stands before the dotted part ends with a colon, which belongs to `::` or divides.
  const before = dotted ? (dotted[1] ?? '').replace(/([^:]):$/, '$1') : text;
  const halves = before.split('::');
  if (halves.length > 2) return null;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (!head) return null;
  const words = [...head, ...(rest ?? [])];
  if (words.some((word) => !/^[0-9A-Fa-f]{1,4}$/.test(word))) return null;
  const missing = 8 - tail.length - words.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return null;
  const number = (word: string) => Number.parseInt(word, 16);
  return [...head.map(number), ...new Array<number>(missing).fill(0), ...(rest ?? []).map(number), ...tail];
}

function parseIpv4(text: string): [number, number] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return null;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  return [a * 256 + b, c * 256 + d];
}

function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

/** RFC 5952: lower case, no leading zeros, the longest run of zeros (two or more, the first of equals) as `::`. */
function ipv6Text(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const words = groups.map((group) => group.toString(16));
  if (best.at < 0) return words.join(':');
  return `${words.slice(0, best.at).join(':')}::${words.slice(best.at + best.length).join(':')}`;
}
