import Link from 'next/link';
import { classNames } from '@/components/ui/class-names';
import type { Interval } from '@/lib/contract/analytics';
import type { Asked } from './parts';
import { hrefWith } from './search-params';

const HOUR = 3_600_000;

/** Steps that give a picture of the range between three and 400 points. */
const STEPS: readonly { interval: Interval; label: string; ms: number }[] = [
  { interval: '5m', label: '5 min', ms: HOUR / 12 },
  { interval: '30m', label: '30 min', ms: HOUR / 2 },
  { interval: 'hour', label: 'Hour', ms: HOUR },
  { interval: 'day', label: 'Day', ms: 24 * HOUR },
  { interval: 'week', label: 'Week', ms: 168 * HOUR },
  { interval: 'month', label: 'Month', ms: 720 * HOUR },
];

/** How fine the pictures over time are; `shown` is what the answer came in, which may be coarser than what was asked for; `of` is the chart's title. */
export function StepSwitch({ path, view, question, shown, of }: Asked & { shown: Interval; of: string }) {
  const span = question.to.getTime() - question.from.getTime();
  const fitting = STEPS.filter(({ ms, interval }) => interval === shown || (span / ms >= 3 && span / ms <= 400));
  if (fitting.length < 2) return null;
  return (
    <nav aria-label={`Steps of ${of}`} className="flex gap-1">
      {fitting.map(({ interval, label }) => (
        <Link
          key={interval}
          href={hrefWith(path, view, { interval })}
          scroll={false}
          prefetch={false}
          aria-current={interval === shown ? 'true' : undefined}
          className={classNames(
            'flex h-6 items-center rounded-tag px-1.5 text-xs',
            interval === shown ? 'bg-sunken font-medium text-ink' : 'text-ink-3 hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
