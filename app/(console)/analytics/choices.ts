import { DIMENSION_WORDS, valueWords } from '@/components/charts/dimensions';
import { CHANNELS } from '@/lib/domain/channel';
import type { Dimension } from '@/lib/domain/stats/measures';
import { templateNames } from '@/lib/domain/template/key';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';

export type Choice = { value: string; name: string };
export type FilterChoices = { dimension: Dimension; label: string; values: Choice[] }[];

/** What figures can be filtered by, named on the server: browsers name and sort some countries differently. */
export async function filterChoices(): Promise<FilterChoices> {
  const configuration = await currentConfiguration();
  const { apps, connections, policies, routes, templates } = configuration;
  const nameOfTemplate = templateNames(configuration);
  const named = (dimension: Dimension, values: Iterable<string>): Choice[] =>
    [...new Set(values)]
      .map((value) => ({ value, name: valueWords(dimension, value) }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  const byName = (rows: Iterable<{ id: string; name: string }>): Choice[] =>
    [...rows].map(({ id, name }) => ({ value: id, name })).toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  const choices: [Dimension, Choice[]][] = [
    [
      'channel',
      CHANNELS.filter((channel) => channel !== 'voice').map((value) => ({ value, name: valueWords('channel', value) })),
    ],
    ['use_case', [...policies.values()].map(({ useCase, name }) => ({ value: useCase, name }))],
    ['app', byName(apps.values())],
    ['connection', byName(connections.values())],
    [
      'template',
      [...new Set(templates.map(({ id, providerName }) => providerName ?? id))]
        .map((value) => ({ value, name: nameOfTemplate(value) }))
        .toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
    ],
    [
      'country',
      named(
        'country',
        [...routes.keys()].flatMap((scope) => (scope.startsWith('country:') ? [scope.slice(8)] : [])),
      ),
    ],
  ];
  return choices
    .filter(([, values]) => values.length > 0)
    .map(([dimension, values]) => ({ dimension, label: DIMENSION_WORDS[dimension], values }));
}
