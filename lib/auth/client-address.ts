import { env } from '@/lib/env';

/**
 * The network address a request came from. `x-forwarded-for` grows to the right: the last entry was written by the
 * server nearest to us, and of those before it only as many may be believed as there are proxies of our own.
 */
export function clientAddress(headers: { get(name: string): string | null }): string {
  const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
  return hops.at(-1 - env().WATCHWORD_PROXY_HOPS) || hops[0] || 'unknown';
}
