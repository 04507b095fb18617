import { countryName } from '@/components/console/format';
import { CHANNEL_WORDS, STATUS_WORDS, spaced, wordFor } from '@/components/console/words';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import { type Named, nameOfId, type Vocabulary } from '@/lib/domain/search/complete';
import { publicTemplate, templateNames } from '@/lib/domain/template/key';
import type { Configuration } from '@/lib/operations/configuration/snapshot';

/** Everything that has a name and can be chosen. */
export type Choices = {
  apps: Named[];
  connections: Named[];
  useCases: Named[];
  countries: Named[];
  templates: Named[];
  locales: string[];
};

/** Named on the server: browsers name and sort some countries differently. */
export function choicesOf(configuration: Configuration): Choices {
  const byName = (a: Named, b: Named) => a.name.localeCompare(b.name, 'en');
  const distinct = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))].sort();
  const nameOfTemplate = templateNames(configuration);
  return {
    apps: [...configuration.apps.values()].map(({ id, name }) => ({ id, name })).sort(byName),
    connections: [...configuration.connections.values()].map(({ id, name }) => ({ id, name })).sort(byName),
    useCases: [...configuration.policies.values()].map(({ useCase, name }) => ({ id: useCase, name })),
    countries: [...configuration.routes.keys()]
      .flatMap((scope) => (scope.startsWith('country:') ? [scope.slice(8)] : []))
      .map((id) => ({ id, name: countryName(id) }))
      .sort(byName),
    templates: distinct(configuration.templates.map(({ id, providerName }) => providerName ?? id)).map((id) => ({
      id,
      name: nameOfTemplate(id),
    })),
    locales: distinct(configuration.templates.map(({ locale }) => locale)),
  };
}

/** What the search box offers behind each key. */
export function vocabularyOf(choices: Choices): Vocabulary {
  const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
  const named = (items: readonly Named[]) => items.map(({ id, name }) => ({ value: id, label: name }));
  return {
    app: plain(choices.apps.map(({ id }) => nameOfId(id, choices.apps))),
    connection: plain(choices.connections.map(({ id }) => nameOfId(id, choices.connections))),
    use_case: named(choices.useCases),
    country: named(choices.countries),
    template: choices.templates.map(({ id, name }) => ({ value: publicTemplate(id), label: name })),
    locale: plain(choices.locales),
  };
}

export const CAUSE_WORDS: Record<string, string> = {
  failed: 'After a failure',
  timeout: 'After silence',
  lost: 'After a crash',
  none: 'No fallback',
};

/** What people call a value of a facet. */
export function valueName(facet: string, value: string, choices: Choices): string {
  switch (facet) {
    case 'status':
      return wordFor(STATUS_WORDS, value);
    case 'channel':
      return wordFor(CHANNEL_WORDS, value);
    case 'country':
      return countryName(value);
    case 'use_case':
      return choices.useCases.find(({ id }) => id === value)?.name ?? spaced(value);
    case 'app':
      return choices.apps.find(({ id }) => id === value)?.name ?? value.slice(0, 8);
    case 'template':
      return choices.templates.find(({ id }) => id === value)?.name ?? publicTemplate(value);
    case 'cause':
      return CAUSE_WORDS[value] ?? spaced(value);
    case 'reason':
      return value in FAILURE_REASONS ? FAILURE_REASONS[value as FailureReason].title : spaced(value);
    default:
      return value;
  }
}
