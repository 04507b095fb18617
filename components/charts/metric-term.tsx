import { useId } from 'react';
import { classNames } from '@/components/ui/class-names';
import { type MetricName, metric } from '@/lib/domain/stats/metrics';

/**
 * The name of a figure; pressed, it says what it means. The browser's own popover: Escape and a press elsewhere close it, and it
 * works before any script has run.
 */
export function MetricTerm({
  names,
  children,
  className,
}: {
  /** The first is the one named; further ones are explained along with it. */
  names: readonly [MetricName, ...MetricName[]];
  children?: React.ReactNode;
  className?: string | undefined;
}) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        title="What this means"
        className={classNames(
          'min-h-6 cursor-help text-left underline decoration-line-strong decoration-dotted underline-offset-3 hover:decoration-ink-3',
          className,
        )}
      >
        {children ?? metric(names[0]).label}
      </button>
      <span
        id={id}
        popover="auto"
        className="definition w-[min(22rem,calc(100vw-2rem))] rounded-control border border-line-strong bg-raised p-3 text-left font-normal text-ink text-sm shadow-lift"
      >
        {names.map((name) => (
          <span key={name} className="mb-2 block last:mb-0">
            <span className="block font-medium">{metric(name).label}</span>
            <span className="block text-balance text-ink-2">{metric(name).definition}</span>
          </span>
        ))}
        <span className="mt-2 block text-ink-3 text-xs">
          {metric(names[0]).kind === 'percentile'
            ? 'From logarithmic buckets: within 9 %. Under 30 it is called a low sample.'
            : metric(names[0]).kind === 'rate'
              ? 'The range beside a rate is its 95 % interval. Under 30 it is called a low sample.'
              : 'A dash means no data, never zero.'}
        </span>
      </span>
    </>
  );
}
