import { countryName } from '@/components/console/format';
import { CHANNEL_WORDS, spaced, wordFor } from '@/components/console/words';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';
import type { Dimension } from '@/lib/domain/stats/measures';

export const MARK_WORDS: Record<string, string> = {
  publish: 'Published',
  incident: 'Incident',
  override: 'Override',
  template: 'Template',
  alert: 'Alert',
};

/** A value of a dimension as people call it. */
export function valueWords(dimension: Dimension, key: string, label = key): string {
  if (key === '') return `Without a ${DIMENSION_WORDS[dimension].toLowerCase()}`;
  if (dimension === 'country') return countryName(key);
  if (dimension === 'channel') return wordFor(CHANNEL_WORDS, key);
  if (dimension === 'use_case') return label === key ? spaced(key) : label;
  if (dimension === 'reason') return key in FAILURE_REASONS ? FAILURE_REASONS[key as FailureReason].title : spaced(key);
  return label;
}

export const DIMENSION_WORDS: Record<Dimension, string> = {
  app: 'App',
  use_case: 'Use case',
  country: 'Country',
  channel: 'Channel',
  connection: 'Connection',
  template: 'Template',
  locale: 'Language',
  reason: 'Failure reason',
};
