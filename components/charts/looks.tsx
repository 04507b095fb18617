import Link from 'next/link';
import { figure } from '@/components/charts/figure';
import type { ChartSeries } from '@/components/charts/model';
import type { MetricUnit } from '@/lib/domain/stats/metrics';

/** Strokes and markers by place: what the ink says is said twice. */
export const DASHES = ['', '7 3', '2 3', '10 3 2 3', '', '7 3', '2 3', '10 3 2 3'] as const;
const MARKERS = ['circle', 'square', 'triangle', 'diamond'] as const;

/** A marker around a point. The second four of eight series are hollow. */
export function Marker({
  look,
  x,
  y,
  ink,
  size = 3,
}: {
  look: number;
  x: number;
  y: number;
  ink: string;
  size?: number;
}) {
  const paint = { fill: look % 8 >= 4 ? 'var(--surface)' : ink, stroke: ink, strokeWidth: 1.25 };
  const shape = MARKERS[look % MARKERS.length];
  if (shape === 'circle') return <circle cx={x} cy={y} r={size} {...paint} />;
  if (shape === 'square') return <rect x={x - size} y={y - size} width={2 * size} height={2 * size} {...paint} />;
  const points =
    shape === 'triangle'
      ? `${x},${y - size * 1.2} ${x + size * 1.15},${y + size} ${x - size * 1.15},${y + size}`
      : `${x},${y - size * 1.35} ${x + size * 1.35},${y} ${x},${y + size * 1.35} ${x - size * 1.35},${y}`;
  return <polygon points={points} {...paint} />;
}

/** Fills for stacked layers: the first is plain, the others are textured with paper. */
export function Textures({ id, series }: { id: string; series: readonly ChartSeries[] }) {
  return (
    <defs>
      {series.map(({ key, ink, look }, at) => (
        <pattern key={key} id={`${id}-${at}`} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" fill={ink} />
          <Texture look={look} />
        </pattern>
      ))}
    </defs>
  );
}

function Texture({ look }: { look: number }) {
  const paper = { stroke: 'var(--surface)', strokeWidth: 1.3, fill: 'none', strokeOpacity: 0.75 };
  if (look % 8 === 0) return null;
  if (look % 4 === 1) return <path d="M-1 1l2-2M0 6l6-6M5 7l2-2" {...paper} />;
  if (look % 4 === 2) return <circle cx="3" cy="3" r="1.1" fill="var(--surface)" fillOpacity="0.75" />;
  if (look % 4 === 3) return <path d="M0 3h6" {...paper} />;
  return <path d="M-1 5l2 2M0 0l6 6M5 -1l2 2" {...paper} />;
}

/** Which line or layer is whose, with its own dash, marker or texture. */
export function Legend({
  id,
  series,
  kind,
  unit,
  totals,
  against = 'the period before',
}: {
  id: string;
  series: readonly ChartSeries[];
  kind: 'lines' | 'layers';
  unit?: MetricUnit;
  /** A figure after each name. */
  totals?: readonly (number | null)[];
  /** What the dotted lines are of. */
  against?: string;
}) {
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-0.5 py-1 text-xs">
      {series.map((each, at) => {
        const name = (
          <>
            <svg aria-hidden="true" viewBox="0 0 22 12" className="h-3 w-[22px] shrink-0">
              {kind === 'lines' ? (
                <>
                  <path d="M0 6h22" stroke={each.ink} strokeWidth="1.75" strokeDasharray={DASHES[each.look % 8]} />
                  <Marker look={each.look} x={11} y={6} ink={each.ink} size={2.75} />
                </>
              ) : (
                <>
                  <Textures id={`${id}-l${at}`} series={[each]} />
                  <rect x="4" width="14" height="12" rx="2" fill={`url(#${id}-l${at}-0)`} />
                </>
              )}
            </svg>
            {each.name}
            {totals && unit ? <span className="num text-ink-3">{figure(totals[at] ?? null, unit)}</span> : null}
          </>
        );
        return (
          <li key={each.key}>
            {each.href ? (
              <Link
                href={each.href}
                scroll={false}
                prefetch={false}
                className="flex min-h-6 items-center gap-1.5 rounded-tag text-ink-2 hover:text-ink"
              >
                {name}
              </Link>
            ) : (
              <span className="flex min-h-6 items-center gap-1.5 text-ink-2">{name}</span>
            )}
          </li>
        );
      })}
      {kind === 'lines' && series.some(({ before }) => before) ? (
        <li className="flex min-h-6 items-center gap-1.5 text-ink-3">
          <svg aria-hidden="true" viewBox="0 0 22 12" className="h-3 w-[22px]">
            <path d="M0 6h22" stroke="currentColor" strokeWidth="1.25" strokeOpacity="0.6" strokeDasharray="1 2" />
          </svg>
          {against}
        </li>
      ) : null}
    </ul>
  );
}
