import { countryName, money } from '@/components/console/format';
import { CHANNEL_WORDS } from '@/components/console/words';
import type { Channel } from '@/lib/domain/channel';
import type { Change, Conflict, Entities, Entity, Json } from '@/lib/domain/configuration/entities';

/** What the console calls the fields that can be steered. */
export const FIELD_WORDS: Readonly<Record<string, string>> = {
  parent: 'Inherits from',
  mode: 'Mode',
  channels: 'Channels',
  fallbackOnFailed: 'Fallback on failed',
  fallbackAfterSeconds: 'Fallback after',
  defaultLocale: 'Default language',
  prices: 'Prices',
  priceChanges: 'Price changes',
  sendsPerDayMax: 'Codes per day',
  spendPerDayMaxMicros: 'Spend per day',
  coverage: 'Coverage',
  coverageSource: 'Source of the coverage',
  name: 'Name',
  lifetimeSeconds: 'Lifetime',
  codeLength: 'Code length',
  checksMax: 'Checks',
  resendCooldownSeconds: 'Resend cooldown',
  resendsMax: 'Resends',
  codeMode: 'Code of a fallback',
  resendCode: 'Code of a resend',
  alphabet: 'Alphabet',
  bindsTransaction: 'Binds the transaction',
  pack: 'Industry pack',
  channel: 'Channel',
  useCase: 'Use case',
  locale: 'Language',
  text: 'Text',
  subject: 'Subject',
  dltTemplateId: 'DLT template id',
  numberPer10Minutes: 'Per number in 10 minutes',
  numberPerDay: 'Per number in a day',
  prefixPerHour: 'Per prefix in an hour',
  ipPerHour: 'Per address in an hour',
};

const VALUE_WORDS: Readonly<Record<string, string>> = {
  automatic: 'Automatic',
  user_choice: 'User choice',
  blocked: 'Blocked',
  same_code: 'Same code',
  code_per_message: 'Its own code',
  new_code: 'New code',
  digits: 'Digits',
  letters_and_digits: 'Letters and digits',
  high: 'High',
  general: 'General',
  low: 'Low',
};

/** `routes/country:BR` → Brazil; where it lives in the console. */
export function entityWords(key: string, entities: Entities): { title: string; kind: string; href: string } {
  const slash = key.indexOf('/');
  const [kind, id] = [key.slice(0, slash), key.slice(slash + 1)];
  const entity = entities[key];
  if (kind === 'routes') {
    const [scope, name = ''] = id.split(':');
    if (scope === 'country') return { title: countryName(name), kind: 'Country', href: `/config/countries/${name}` };
    if (scope === 'region') {
      return { title: name.charAt(0).toUpperCase() + name.slice(1), kind: 'Region', href: '/config/countries' };
    }
    return { title: 'Every country', kind: 'Global route', href: '/config/countries' };
  }
  if (kind === 'policies') {
    return { title: String(entity?.name ?? id), kind: 'Use case', href: `/config/policies/${id}` };
  }
  if (kind === 'texts') {
    const channel = CHANNEL_WORDS[(entity?.channel ?? 'sms') as Channel];
    const title = [channel, entity?.locale, entity?.useCase].filter((part) => typeof part === 'string').join(' · ');
    return { title, kind: 'Text', href: entity ? `/config/templates/texts/${id}` : '/config/templates' };
  }
  return { title: 'Sends per number, prefix and address', kind: 'Limits', href: '/config/policies/limits' };
}

/** A value as a person reads it. Null of a route inherits; null of anything else is a dash. */
export function valueWords(field: string | null, value: Json, kind = ''): string {
  if (value === null) return kind === 'routes' ? 'inherits' : '–';
  if (field === null) return summaryOf(value);
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'number') {
    if (field === 'fallbackAfterSeconds') return value === 0 ? 'Off' : `${value} s`;
    if (field.endsWith('Seconds')) return value % 60 === 0 && value > 0 ? `${value / 60} min` : `${value} s`;
    if (field === 'sendsPerDayMax') return value === 0 ? 'No cap' : value.toLocaleString('en-US');
    if (field === 'spendPerDayMaxMicros') return value === 0 ? 'No cap' : money(value);
    return value.toLocaleString('en-US');
  }
  if (typeof value === 'string') return VALUE_WORDS[value] ?? value;
  if (Array.isArray(value)) return listWords(field, value);
  if (field === 'prices') {
    return Object.entries(value as Entity)
      .map(([channel, micros]) => `${CHANNEL_WORDS[channel as Channel] ?? channel} ${money(Number(micros))}`)
      .join(', ');
  }
  return JSON.stringify(value);
}

function listWords(field: string, list: readonly Json[]): string {
  if (list.length === 0) return field === 'channels' ? 'All of the route' : 'None';
  return list
    .map((item) => {
      if (typeof item === 'string') return CHANNEL_WORDS[item as Channel] ?? item;
      const entry = item as Entity;
      const channel = CHANNEL_WORDS[entry.channel as Channel] ?? String(entry.channel);
      if (field === 'priceChanges') return `${channel} ${money(Number(entry.micros))} from ${String(entry.from)}`;
      const weights = (entry.connections as Entity[] | undefined) ?? [];
      const split = weights.length > 1 ? ` (${weights.map(({ weight }) => weight).join(':')})` : '';
      return `${channel}${split}${entry.enabled === false ? ' off' : ''}`;
    })
    .join(field === 'channels' ? ' → ' : ', ');
}

function summaryOf(value: Json): string {
  const entity = value as Entity;
  const text = entity.text ?? entity.name ?? entity.locale;
  return typeof text === 'string' ? text : 'A whole entry';
}

/** What a route's field is when its own scope says nothing: the nearest scope above it that does. */
export function inheritedValue(entity: string, field: string, entities: Entities): Json {
  let parent = entities[entity]?.parent;
  for (let hops = 0; typeof parent === 'string' && hops < 4; hops += 1) {
    const above: Entity | undefined = entities[`routes/${parent}`];
    const value = above?.[field] ?? null;
    if (value !== null) return value;
    parent = above?.parent;
  }
  return null;
}

/** What a field was before both changed it: `inherited, 30 s` where the value that it inherits is known. */
export function wasWords({ entity, field, base }: Conflict, entities: Entities): string {
  const kind = entity.slice(0, entity.indexOf('/'));
  if (kind !== 'routes' || field === null || base !== null) return valueWords(field, base, kind);
  const above = inheritedValue(entity, field, entities);
  return above === null ? 'inherited' : `inherited, ${valueWords(field, above, kind)}`;
}

/** `Brazil · Fallback after`: which field of what a conflict is about. */
export function conflictTitle({ entity, field }: Conflict, entities: Entities): string {
  return `${entityWords(entity, entities).title} · ${field === null ? 'the whole entry' : (FIELD_WORDS[field] ?? field)}`;
}

const CONFLICTS_NAMED_MAX = 3;

/** Which fields somebody else changed meanwhile, in one sentence; null where there are none. */
export function conflictSentence(conflicts: readonly Conflict[], entities: Entities): string | null {
  if (conflicts.length === 0) return null;
  const named = conflicts.slice(0, CONFLICTS_NAMED_MAX).map((conflict) => conflictTitle(conflict, entities));
  const more = conflicts.length - named.length;
  return `Somebody else changed ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** Changes side by side with the entity they belong to, in order. */
export function byEntity(changes: readonly Change[]): [entity: string, changes: Change[]][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) groups.set(change.entity, [...(groups.get(change.entity) ?? []), change]);
  return [...groups];
}
