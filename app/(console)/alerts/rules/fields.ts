import type { AlertKind, AlertRule } from '@/lib/domain/alerts/rules';

/** What a rule's form holds, as typed. Shares in per cent, times in seconds, money in dollars. */
export type RuleFields = {
  name: string;
  window_minutes: string;
  minimum_volume: string;
  first: string;
  second: string;
  app: string;
  country: string;
  channel: string;
  connection: string;
};

/** The one or two thresholds of a kind, in the words of the form; `scale` turns what is typed into what is kept. */
export const THRESHOLDS: Record<
  AlertKind,
  { name: string; label: string; hint: string; scale: number; isOptional: boolean }[]
> = {
  delivery_drop: [
    {
      name: 'dropPoints',
      label: 'Drop, points',
      hint: '10: from 95 % to 85 % or lower.',
      scale: 0.01,
      isOptional: false,
    },
    {
      name: 'dropShare',
      label: 'And relative drop, %',
      hint: 'Of what it was before.',
      scale: 0.01,
      isOptional: false,
    },
  ],
  slow_delivery: [
    { name: 'p90Ms', label: 'p90 above, seconds', hint: 'Empty: off.', scale: 1_000, isOptional: true },
    { name: 'factor', label: 'Or times the usual', hint: 'Empty: off.', scale: 1, isOptional: true },
  ],
  unknown_rate: [
    {
      name: 'share',
      label: 'Without an answer, %',
      hint: 'The lower end of the interval has to be above.',
      scale: 0.01,
      isOptional: false,
    },
  ],
  spend: [
    {
      name: 'limitMicros',
      label: 'More than, $',
      hint: 'In the window. Empty: off.',
      scale: 1_000_000,
      isOptional: true,
    },
    { name: 'factor', label: 'Or times a day ago', hint: 'Empty: off.', scale: 1, isOptional: true },
  ],
  template_not_sendable: [],
  webhook_silence: [],
  our_fault: [],
};

export const KIND_HINTS: Record<AlertKind, string> = {
  delivery_drop:
    'Delivered, of what the provider answered, against the same hour of the week over four weeks; the two 95 % intervals must not overlap.',
  slow_delivery: 'Time from handing over to delivered, p90, per country and channel and per connection.',
  unknown_rate:
    'Sends that the provider did not answer in time, per connection. What it took and nobody heard of again is in the unknown rate of Delivery, not here.',
  spend: 'What everything this rule looks at cost in its window.',
  template_not_sendable: 'A template in use is paused, rejected or disabled at its provider.',
  webhook_silence: 'A connection accepted messages and nothing was heard of any of them.',
  our_fault:
    'A message failed by a fault of our own: credentials, account, template, country or request. One alert per connection and reason; it ends when the same is carried again, or when nothing fails so for the window.',
};

/** Digits as a person writes them: no tail of a binary fraction. */
const written = (value: number) => String(Number(value.toFixed(6)));

export function fieldsOf(rule: AlertRule): RuleFields {
  const values = rule.thresholds as Readonly<Record<string, number | null>>;
  const [first = '', second = ''] = THRESHOLDS[rule.kind].map(({ name, scale }) => {
    const value = values[name] ?? null;
    return value === null ? '' : written(value / scale);
  });
  return {
    name: rule.name,
    window_minutes: String(rule.windowMinutes),
    minimum_volume: String(rule.minimumVolume),
    first,
    second,
    app: rule.appId ?? '',
    country: rule.country ?? '',
    channel: rule.channel ?? '',
    connection: rule.connectionId ?? '',
  };
}

export const NEW_RULE: Record<AlertKind, Partial<RuleFields>> = {
  delivery_drop: { window_minutes: '15', minimum_volume: '50', first: '10', second: '15' },
  slow_delivery: { window_minutes: '15', minimum_volume: '50', first: '30', second: '4' },
  unknown_rate: { window_minutes: '15', minimum_volume: '30', first: '10' },
  spend: { window_minutes: '60', minimum_volume: '100', first: '', second: '3' },
  template_not_sendable: { window_minutes: '60', minimum_volume: '0' },
  webhook_silence: { window_minutes: '10', minimum_volume: '20' },
  our_fault: { window_minutes: '60', minimum_volume: '1' },
};

/** From when on a rule speaks, in one line. */
export function thresholdWords(rule: AlertRule): string {
  switch (rule.kind) {
    case 'delivery_drop': {
      const { dropPoints, dropShare } = rule.thresholds;
      return `down ${written(dropPoints * 100)} points and ${written(dropShare * 100)} %`;
    }
    case 'slow_delivery': {
      const { p90Ms, factor } = rule.thresholds;
      return either(p90Ms === null ? null : `p90 above ${written(p90Ms / 1000)} s`, factor, 'the usual');
    }
    case 'unknown_rate':
      return `more than ${written(rule.thresholds.share * 100)} % without an answer`;
    case 'spend': {
      const { limitMicros, factor } = rule.thresholds;
      return either(
        limitMicros === null ? null : `more than $${written(limitMicros / 1_000_000)}`,
        factor,
        'a day ago',
      );
    }
    case 'template_not_sendable':
      return 'as soon as one is';
    case 'webhook_silence':
      return 'not one of them was heard of';
    case 'our_fault':
      return 'as soon as one fails so';
  }
}

const either = (limit: string | null, factor: number | null, before: string): string =>
  [limit, factor === null ? null : `${written(factor)} × ${before}`].filter((part) => part !== null).join(', or ');
