import { isInNetworks, type Network, parseNetwork } from '@/lib/domain/abuse/address-list';

const networks = (...texts: string[]): Network[] => texts.flatMap((text) => parseNetwork(text) ?? []);

const LOOPBACK = networks('127.0.0.0/8', '::1');
/** All of IPv4, and the one part of IPv6 that is given out: whatever else there is translates, tunnels, or stays at home. */
const INTERNET = networks('0.0.0.0/0', '2000::/3');
/** In there and still not the internet: ourselves, our neighbours, and the metadata services of clouds (link-local), tunnels that hide an IPv4 address, examples. */
const INSIDE = networks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  // Teredo, benchmarks, hashes of keys: nothing that is served from.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
);

export const isLoopbackAddress = (address: string): boolean => isInNetworks(address, LOOPBACK);

/** Whether the host of an address, as `URL` spells it, is this machine by its name or number. */
export function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isLoopbackAddress(host) || host === 'localhost' || host.endsWith('.localhost');
}

/** Where a webhook may be sent: any address of the internet, and this machine where the installation itself lives on it only. */
export function mayPostTo(address: string, mayUseLoopback: boolean): boolean {
  if (mayUseLoopback && isLoopbackAddress(address)) return true;
  return isInNetworks(address, INTERNET) && !isInNetworks(address, INSIDE);
}

export const WEBHOOK_URL_MAX = 500;

/** Why an address is no place for a webhook, in words; null: it may be one. Names are judged again when they are looked up. */
export function webhookProblem(text: string, mayUseLoopback: boolean): string | null {
  if (text.length > WEBHOOK_URL_MAX || !URL.canParse(text)) return 'Write a whole address, beginning with https://.';
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.username !== '' || url.password !== '') return 'No name or password may stand in the address.';
  if (isThisMachine(url.hostname)) {
    return mayUseLoopback && (url.protocol === 'http:' || url.protocol === 'https:')
      ? null
      : 'This machine is no destination here.';
  }
  if (url.protocol !== 'https:') return 'Only https is taken: the event names connections and countries.';
  const isAddress = parseNetwork(host) !== null;
  return isAddress && !mayPostTo(host, mayUseLoopback) ? 'Addresses inside a private network are not called.' : null;
}
