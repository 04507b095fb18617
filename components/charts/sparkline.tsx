import { classNames } from '@/components/ui/class-names';

const WIDTH = 100;
const HEIGHT = 28;
const EDGE = 2;

/** A line without axes, drawn on the server: the shape of a figure over the range. Gaps where there is no data. */
export function Sparkline({
  values,
  className,
  isFromZero = false,
}: {
  values: readonly (number | null)[];
  className?: string;
  isFromZero?: boolean;
}) {
  const known = values.filter((value) => value !== null);
  const low = isFromZero ? 0 : Math.min(...known);
  const high = Math.max(...known);
  const x = (at: number) => (values.length < 2 ? WIDTH / 2 : (at / (values.length - 1)) * WIDTH);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  let isOpen = false;
  const path = values
    .map((value, at) => {
      if (value === null) {
        isOpen = false;
        return '';
      }
      const point = `${isOpen ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      // A point between two gaps would have no length: a short stroke makes it visible.
      const isAlone = !isOpen && (values[at + 1] ?? null) === null;
      isOpen = true;
      return isAlone ? `${point}h0.01` : point;
    })
    .join('');
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={classNames('block h-7 w-full', className)}
    >
      {known.length > 0 ? (
        <path
          d={path}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      ) : null}
    </svg>
  );
}
