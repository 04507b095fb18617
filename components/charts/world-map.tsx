import Link from 'next/link';
import { shortFigure } from '@/components/charts/figure';
import { scaleOf, stepInk, stepOf } from '@/components/charts/steps';
import type { MetricUnit } from '@/lib/domain/stats/metrics';

const MAP = '/world.svg';

export type MapCountry = {
  code: string;
  /** Null: no data, or too few to colour by. */
  value: number | null;
  /** What pointing at it says. */
  words: string;
  href?: string | undefined;
  standing?: 'free' | 'included' | 'excluded';
};

/**
 * The world by one figure. Static shapes (public/world.svg) painted here, without a script. A picture of the list beside it: the
 * keyboard and screen readers use that, so nothing here is a stop.
 */
export function WorldMap({ countries }: { countries: readonly MapCountry[] }) {
  const scale = scaleOf(countries.map(({ value }) => value));
  // Chosen ones last, or their neighbours would be drawn over their outline.
  const isChosen = ({ standing = 'free' }: MapCountry) => standing !== 'free';
  const drawn = [...countries.filter((country) => !isChosen(country)), ...countries.filter(isChosen)];
  return (
    <svg viewBox="0 0 2000 879" aria-hidden="true" className="block size-full">
      <use href={`${MAP}#world`} fill={stepInk(0)} stroke="var(--surface)" strokeWidth="1.5" strokeLinejoin="round" />
      {drawn.map(({ code, value, words, href, standing = 'free' }) => {
        const shape = (
          <>
            <title>{words}</title>
            <use
              href={`${MAP}#${code}`}
              fill={stepInk(stepOf(scale, value))}
              stroke={standing === 'free' ? 'var(--surface)' : 'var(--ink)'}
              strokeWidth={standing === 'free' ? 1.5 : 4}
              strokeDasharray={standing === 'excluded' ? '7 7' : undefined}
              strokeLinejoin="round"
              className="transition-opacity hover:opacity-70"
            />
          </>
        );
        return href ? (
          <Link key={code} href={href} scroll={false} prefetch={false} tabIndex={-1}>
            {shape}
          </Link>
        ) : (
          <g key={code}>{shape}</g>
        );
      })}
    </svg>
  );
}

/** What the inks mean. */
export function MapLegend({ values, unit }: { values: readonly (number | null)[]; unit: MetricUnit }) {
  const scale = scaleOf(values);
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const starts = [Math.min(...known), ...scale.edges];
  return (
    <ul className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-2xs text-ink-3">
      {starts.map((start) => (
        <li key={start} className="flex items-center gap-1">
          <span
            aria-hidden="true"
            className="h-2.5 w-4 rounded-[2px]"
            style={{ background: stepInk(stepOf(scale, start)) }}
          />
          <span className="num">from {shortFigure(start, unit)}</span>
        </li>
      ))}
      <li className="flex items-center gap-1">
        <span aria-hidden="true" className="h-2.5 w-4 rounded-[2px]" style={{ background: stepInk(0) }} />
        no data or low sample
      </li>
    </ul>
  );
}
