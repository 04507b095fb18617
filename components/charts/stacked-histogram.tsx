'use client';

import dynamic from 'next/dynamic';

export type Series = { key: string; name: string; ink: string };
export type Bar = { at: string; tick: string } & Record<string, string | number>;

const Picture = dynamic(
  () => import('@/components/charts/pictures').then(({ StackedHistogramPicture }) => StackedHistogramPicture),
  {
    ssr: false,
    loading: () => <div className="h-28" />,
  },
);

/** Stacked bars over time, with one sentence that says the same and a table for those who want every number. */
export function StackedHistogram({ bars, series, summary }: { bars: Bar[]; series: Series[]; summary: string }) {
  const filled = bars.filter((bar) => series.some(({ key }) => Number(bar[key]) > 0));
  return (
    <figure className="px-3 pt-3 pb-2">
      <div aria-hidden="true" className="h-28">
        <Picture bars={bars} series={series} />
      </div>
      <figcaption className="sr-only">{summary}</figcaption>
      <details className="group mt-1">
        <summary className="ml-auto flex h-6 w-fit list-none items-center rounded-tag px-1 text-2xs text-ink-3 hover:text-ink">
          <span className="group-open:hidden">Show as table</span>
          <span className="hidden group-open:inline">Hide the table</span>
        </summary>
        <div className="mt-1 max-h-64 overflow-auto">
          <table className="w-full text-left text-xs">
            <caption className="sr-only">{summary}</caption>
            <thead className="sticky top-0 bg-surface">
              <tr className="border-line border-b">
                <th scope="col" className="h-7 px-2 font-normal text-ink-3">
                  From
                </th>
                {series.map(({ key, name }) => (
                  <th key={key} scope="col" className="h-7 px-2 text-right font-normal text-ink-3">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="num">
              {filled.map((bar) => (
                <tr key={bar.at} className="border-line border-b last:border-b-0">
                  <th scope="row" className="h-6 whitespace-nowrap px-2 font-normal">
                    {bar.at}
                  </th>
                  {series.map(({ key }) => (
                    <td key={key} className="px-2 text-right">
                      {bar[key]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
