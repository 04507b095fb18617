import { cleanText } from '@/lib/contract/common';
import { isThisMachine } from '@/lib/domain/alerts/address';
import { PRICE_RULES, type PriceRule, type ProviderName } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { env } from '@/lib/env';
import { parseConnectionSettings, providerNamed } from '@/lib/providers/registry';

const connectionName = cleanText(1, 80);

/**
 * The name, the address and what a provider charges for, judged. A missing address is the provider's own. In production http is for this
 * machine alone: credentials and codes cross no wire in clear. (`smtp:` insists on STARTTLS by itself.)
 */
export function plainPart(
  provider: ProviderName,
  input: { name: string; baseUrl: string | null; priceRule: string },
): { name: string; baseUrl: string; priceRule: PriceRule } {
  const name = connectionName.safeParse(input.name.trim());
  if (!name.success) throw new Refusal('invalid_request', { param: 'name', detail: 'A name of 1 to 80 characters.' });
  const baseUrl = (input.baseUrl?.trim() || providerNamed(provider)?.defaultBaseUrl || '').replace(/\/+$/, '');
  const isUrl = URL.canParse(baseUrl) && /^(https?|smtps?):$/.test(new URL(baseUrl).protocol) && baseUrl.length <= 300;
  if (!isUrl)
    throw new Refusal('invalid_request', {
      param: 'base_url',
      detail: 'An address such as https://graph.facebook.com.',
    });
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'http:' && env().NODE_ENV === 'production' && !isThisMachine(hostname))
    throw new Refusal('invalid_request', {
      param: 'base_url',
      detail: 'Only https is taken: credentials and codes would travel in clear.',
    });
  const priceRule = PRICE_RULES.find((rule) => rule === input.priceRule);
  if (!priceRule)
    throw new Refusal('invalid_request', { param: 'price_rule', detail: 'Say when the provider charges.' });
  return { name: name.data, baseUrl, priceRule };
}

/** Whether two addresses of an API lead to different servers: another scheme, host or port. `URL.origin` does not know smtp. */
export function leadsElsewhere(one: string, other: string): boolean {
  const server = (address: string) => {
    const { protocol, host } = new URL(address);
    return `${protocol}//${host.toLowerCase()}`;
  };
  return server(one) !== server(other);
}

/** Settings and credentials as the provider needs them. Refuses `invalid_request` with the first field that does not fit. */
export function acceptedSettings(
  provider: ProviderName,
  entered: Record<string, string>,
  secrets: Record<string, string>,
): { settings: Record<string, string>; credentials: Record<string, string> } {
  const parsed = parseConnectionSettings(provider, entered, secrets);
  if (parsed.kind === 'parsed') return parsed;
  const [problem] = parsed.problems;
  throw new Refusal('invalid_request', {
    param: problem?.field ?? 'settings',
    detail: problem?.message ?? 'Invalid settings.',
  });
}

/** What was judged is not what is there any more. */
export const changedMeanwhile = () =>
  new Refusal('configuration_conflict', { detail: 'Somebody else changed this connection meanwhile. Look again.' });
