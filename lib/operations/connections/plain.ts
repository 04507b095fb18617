import { cleanText } from '@/lib/contract/common';
import { PRICE_RULES, type PriceRule, type ProviderName } from '@/lib/domain/channel';
import { Refusal } from '@/lib/domain/errors';
import { parseConnectionSettings, providerNamed } from '@/lib/providers/registry';

const connectionName = cleanText(1, 80);

/** The name, the address and what a provider charges for, judged. A missing address is the provider's own. */
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
  const priceRule = PRICE_RULES.find((rule) => rule === input.priceRule);
  if (!priceRule)
    throw new Refusal('invalid_request', { param: 'price_rule', detail: 'Say when the provider charges.' });
  return { name: name.data, baseUrl, priceRule };
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
