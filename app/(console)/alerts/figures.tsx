import { percent } from '@/components/charts/figure';
import { count, DASH, duration, money } from '@/components/console/format';
import type { BaselineName, Figure, Unit } from '@/lib/domain/alerts/judge';
import type { AlertKind } from '@/lib/domain/alerts/rules';

/** A figure in its unit; nothing known is a dash. */
export function figureText(figure: Figure | null, unit: Unit): string {
  if (figure === null) return DASH;
  switch (unit) {
    case 'share':
      return percent(figure.value);
    case 'ms':
      return duration(figure.value);
    case 'micros':
      return money(figure.value);
    case 'messages':
      return count(figure.value);
  }
}

/** What a figure rests on: its interval, and how many. */
export function restsOn(figure: Figure | null): string {
  if (figure === null) return 'nothing to compare with';
  const interval =
    figure.low === null || figure.high === null
      ? ''
      : `${(figure.low * 100).toFixed(0)}–${(figure.high * 100).toFixed(0)} %, `;
  if (figure.n === 0) return '';
  return `${interval}n ${count(figure.n)}${figure.n < 30 ? ', low sample' : ''}`;
}

/** What the figure of an alert is. */
export const FIGURE_WORDS: Record<AlertKind, string> = {
  delivery_drop: 'Delivered',
  slow_delivery: 'Time to deliver, p90',
  unknown_rate: 'Without an answer',
  spend: 'Spent',
  template_not_sendable: 'Languages',
  webhook_silence: 'Heard of',
  our_fault: 'Failed',
};

const BASELINE_TITLES: Record<BaselineName, string> = {
  hour_of_week: 'At this hour of the week',
  day_before: 'Over the day before',
};

/** What "before" was. */
export function beforeTitle(kind: string, baseline: BaselineName | null): string {
  if (kind === 'spend') return 'Same time a day ago';
  return baseline === null ? 'Before' : BASELINE_TITLES[baseline];
}
