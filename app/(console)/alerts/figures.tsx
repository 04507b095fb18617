import { count, DASH, duration, money } from '@/components/console/format';
import type { Figure, Unit } from '@/lib/domain/alerts/judge';

/** A figure in its unit; nothing known is a dash. */
export function figureText(figure: Figure | null, unit: Unit): string {
  if (figure === null) return DASH;
  switch (unit) {
    case 'share':
      return `${(figure.value * 100).toFixed(1)} %`;
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

export const FIGURE_WORDS: Record<Unit, string> = {
  share: 'Share',
  ms: 'Time to deliver, p90',
  micros: 'Spend',
  messages: 'Messages heard of',
};
