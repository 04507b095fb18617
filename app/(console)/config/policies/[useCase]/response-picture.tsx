import { count } from '@/components/console/format';
import { percentileSeconds, type ResponseTimes } from '@/lib/domain/policy/consequences';

const BARS = 48;
const HEIGHT = 40;
const WIDTH = BARS * 6;

/** How long people took, as bars, against the lifetime as a line: those beyond it stand out. The same as a table for whoever wants the numbers. */
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
    <>
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
      <details className="group mt-1">
        <summary className="ml-auto flex min-h-6 w-fit list-none items-center rounded-tag px-1 text-2xs text-ink-3 hover:text-ink [&::-webkit-details-marker]:hidden">
          <span className="group-open:hidden">Show as table</span>
          <span className="hidden group-open:inline">Hide the table</span>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
        <section aria-label="How long people took, as a table" tabIndex={0} className="max-h-48 overflow-auto">
          <table className="w-full text-left text-xs">
            <caption className="sr-only">How long people took to enter a code</caption>
            <thead className="sticky top-0 bg-surface">
              <tr className="border-line border-b">
                <th scope="col" className="h-7 pr-2 font-normal text-ink-3">
                  Seconds
                </th>
                <th scope="col" className="h-7 px-2 text-right font-normal text-ink-3">
                  People
                </th>
                <th scope="col" className="h-7 pl-2 font-normal text-ink-3">
                  Lifetime
                </th>
              </tr>
            </thead>
            <tbody className="num">
              {heights.map((n, bar) =>
                n === 0 ? null : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: bars have a place and nothing else.
                  <tr key={bar} className="border-line border-b last:border-b-0">
                    <th scope="row" className="h-6 whitespace-nowrap pr-2 font-normal">
                      {Math.ceil(bar * step)}
                      {bar === BARS - 1 ? ' and more' : `–${Math.ceil((bar + 1) * step) - 1}`}
                    </th>
                    <td className="px-2 text-right">{count(n)}</td>
                    <td className="pl-2 font-sans text-ink-3">{(bar + 0.5) * step > lifetime ? 'longer' : 'within'}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </section>
      </details>
    </>
  );
}
