import { classNames } from '@/components/ui/class-names';

const WIDTH = 100;
const HEIGHT = 28;
const EDGE = 2;

/** A line without axes, drawn on the server: the shape of a figure over the range. Gaps where there is no data. */
export function Sparkline({
  values,
  className,
  isFromZero = false,
  isLastPartial = false,
}: {
  values: readonly (number | null)[];
  className?: string;
  isFromZero?: boolean;
  /** The last step is not over: the way to it is dotted. */
  isLastPartial?: boolean;
}) {
  const known = values.filter((value) => value !== null);
  const low = isFromZero ? 0 : Math.min(...known);
  const high = Math.max(...known);
  const x = (at: number) => (values.length < 2 ? WIDTH / 2 : (at / (values.length - 1)) * WIDTH);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  const [end, beforeEnd] = [values.at(-1) ?? null, values.at(-2) ?? null];
  const tail =
    isLastPartial && end !== null && beforeEnd !== null
      ? `M${x(values.length - 2).toFixed(1)} ${y(beforeEnd).toFixed(1)}L${x(values.length - 1).toFixed(1)} ${y(end).toFixed(1)}`
      : null;
  let isOpen = false;
  const path = (tail ? values.slice(0, -1) : values)
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
      {tail ? (
        <path
          d={tail}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeDasharray="2 2.5"
          vectorEffect="non-scaling-stroke"
        />
      ) : null}
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
