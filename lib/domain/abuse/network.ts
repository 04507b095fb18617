/**
 * The network that a send limit counts for: an IPv4 address whole, an IPv6 address by its /64 (one subscriber owns at
 * least that much). Spellings of one network give one text. Takes addresses that were already parsed as valid.
 */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const groups = expand(ip.toLowerCase());
  const embedded = ipv4Of(groups);
  if (embedded) return embedded;
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function expand(ip: string): string[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  let text = ip.replace(/%.*$/, '');
  if (dotted) {
    const [a, b, c, d] = dotted.slice(1).map(Number) as [number, number, number, number];
    text = `${text.slice(0, dotted.index)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const [head = '', tail] = text.split('::');
  const before = head ? head.split(':') : [];
  if (tail === undefined) return before;
  const after = tail ? tail.split(':') : [];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

/** `::ffff:192.0.2.1` is the IPv4 address 192.0.2.1 in other clothes. */
function ipv4Of(groups: readonly string[]): string | null {
  const values = groups.map((group) => Number.parseInt(group, 16));
  if (values.slice(0, 5).some((value) => value !== 0) || values[5] !== 0xffff) return null;
  const [high = 0, low = 0] = values.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
