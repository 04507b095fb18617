import { percentileSeconds, type ResponseTimes } from '@/lib/domain/policy/consequences';

const BARS = 48;
const HEIGHT = 40;
const WIDTH = BARS * 6;

/** How long people took, as bars, against the lifetime as a line: those beyond it stand out. The sentences above say the same. */
export function ResponsePicture({ times, lifetime }: { times: ResponseTimes; lifetime: number }) {
  const until = Math.max(lifetime * 1.15, percentileSeconds(times, 0.99) ?? 0, 60);
  const step = until / BARS;
  const heights = Array<number>(BARS).fill(0);
  for (const { seconds, n } of times.times) {
    const bar = Math.min(BARS - 1, Math.floor(seconds / step));
    heights[bar] = (heights[bar] ?? 0) + n;
  }
  const tallest = Math.max(...heights);
  const line = (lifetime / until) * WIDTH;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT + 1}`}
      aria-hidden="true"
      className="mt-3 block h-12 w-full"
      preserveAspectRatio="none"
    >
      <rect x={0} y={HEIGHT} width={WIDTH} height={1} className="fill-line" />
      {heights.map((n, bar) => {
        // The root lets a few slow ones be seen beside the many quick ones.
        const height = n === 0 ? 0 : Math.max(1.5, Math.sqrt(n / tallest) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have a place and nothing else.
            key={bar}
            x={bar * 6}
            y={HEIGHT - height}
            width={5}
            height={height}
            className={(bar + 0.5) * step > lifetime ? 'fill-warn-mark' : 'fill-mute-mark'}
          />
        );
      })}
      <rect x={line - 0.75} y={0} width={1.5} height={HEIGHT} className="fill-accent" />
    </svg>
  );
}
