import type { Channel } from '@/lib/domain/channel';
import { isUuid } from '@/lib/domain/uuid';

/**
 * What messages and their counts call a template: the name at the provider or, of our own texts of SMS and e-mail, which have none, the uuid. Outside, that
 * is a public id like any other. Written out here rather than with lib/ids: browsers read addresses with it, and have no node:crypto.
 */
const PUBLIC = /^tpl_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** `tpl_…` as counts have it; names and bare uuids as they are. */
export function templateKey(value: string): string {
  const parts = PUBLIC.exec(value);
  return parts ? parts.slice(1).join('-') : value;
}

/** The uuid of a text as `tpl_…`; names as they are. */
export const publicTemplate = (key: string): string => (isUuid(key) ? `tpl_${key.replaceAll('-', '')}` : key);

type Template = { id: string; channel: Channel; useCase: string | null; locale: string; providerName: string | null };

const TEXTS: Readonly<Record<Channel, string>> = {
  whatsapp: 'WhatsApp text',
  sms: 'SMS text',
  email: 'E-mail text',
  voice: 'Voice text',
};

/** `SMS text pt_BR`, with its use case where it serves one alone: one text per channel, use case and language. */
export function textName({ channel, useCase, locale }: Template, nameOfUse: (useCase: string) => string): string {
  return `${TEXTS[channel]} ${locale}${useCase === null ? '' : `, ${nameOfUse(useCase)}`}`;
}

/** What people call a key, among the templates there are. A text that is there no more keeps its id: nobody knows its language now. */
export function templateName(
  key: string,
  templates: readonly Template[],
  nameOfUse: (useCase: string) => string,
): string {
  if (!isUuid(key)) return key;
  const found = templates.find(({ id }) => id === key);
  if (!found) return `Removed text ${publicTemplate(key)}`;
  return found.providerName ?? textName(found, nameOfUse);
}

/** The same by key, as a configuration names its use cases. */
export const templateNames =
  (given: { templates: readonly Template[]; policies: ReadonlyMap<string, { name: string }> }) =>
  (key: string): string =>
    templateName(key, given.templates, (useCase) => given.policies.get(useCase)?.name ?? useCase);
