'use client';

import { useId, useState } from 'react';
import {
  Area,
  Bar,
  type BarShapeProps,
  ComposedChart,
  Line,
  Rectangle,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { MARK_WORDS } from '@/components/charts/dimensions';
import { figure, shortFigure } from '@/components/charts/figure';
import { DASHES, Marker, Textures } from '@/components/charts/looks';
import { amountTicks, type ChartMark, type NameSide, namePlaces, type TimeChart } from '@/components/charts/model';
import { count } from '@/components/console/format';

export const TICK = { fontSize: 11, fill: 'var(--ink-3)', fontFamily: 'var(--font-mono)' } as const;
const MARGIN = { top: 8, right: 4, bottom: 0, left: 4 } as const;
const AXIS_PX = 52;
/** Names of marks stand above the picture, never on a bar. */
const NAME_PX = 10;
const NAMES_TOP_PX = NAME_PX + 6;
/** Lower than this, an axis has room for three figures. */
const LOW_PX = 140;
const FIRST_SIZE = { width: 800, height: 220 };
/** Markers stand at most this close, or a line of 700 points would be a caterpillar. */
const MARKERS_MAX = 16;

const MARK_INKS: Record<string, string> = {
  incident: 'var(--bad-mark)',
  alert: 'var(--bad-mark)',
  override: 'var(--warn-mark)',
};
const markInk = (kind: string) => MARK_INKS[kind] ?? 'var(--accent)';

type Row = { at: number };

/** A step in part and the whole one next to it: what joins them is drawn faintly. */
const isBesidePartial = ({ partial, at: { length } }: TimeChart, at: number) =>
  partial.some((step) => step === at || (step === 0 ? at === 1 : step === length - 1 && at === length - 2));

/** Lines with their intervals, or stacked layers, over time. Draws what it is given. */
export function TimePicture({ chart, kind }: { chart: TimeChart; kind: 'lines' | 'layers' }) {
  const id = useId();
  const rows = chart.at.map((_, at) => ({ at }));
  const every = Math.max(1, Math.ceil(rows.length / MARKERS_MAX));
  const hasBand = kind === 'lines' && chart.series.length <= 2;
  const [size, setSize] = useState(FIRST_SIZE);
  const width = size.width - AXIS_PX - MARGIN.left - MARGIN.right;
  const names = namePlaces(
    chart.marks.map(({ from, kind: what }) => ({ x: placeOf(from, rows.length, kind) * width, name: nameOf(what) })),
    width,
  );
  const margin = chart.marks.length > 0 ? { ...MARGIN, top: NAMES_TOP_PX } : MARGIN;
  return (
    <ResponsiveContainer
      width="100%"
      height="100%"
      initialDimension={FIRST_SIZE}
      onResize={(wide, high) => setSize({ width: wide, height: high })}
    >
      <ComposedChart data={rows} margin={margin} barCategoryGap="14%" accessibilityLayer={false}>
        <Textures id={id} series={chart.series} />
        <XAxis
          dataKey="at"
          tickFormatter={(index: number) => chart.tick[index] ?? ''}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          tick={TICK}
          minTickGap={44}
          height={22}
          {...(kind === 'lines' ? { scale: 'point' as const } : {})}
        />
        <YAxis
          width={AXIS_PX}
          orientation="right"
          tickLine={false}
          axisLine={false}
          tick={TICK}
          tickCount={4}
          allowDecimals={chart.unit !== 'count'}
          interval={0}
          {...axisOf(chart, kind, size.height < LOW_PX)}
          tickFormatter={(value: number) => shortFigure(value, chart.unit)}
        />
        <Tooltip
          cursor={kind === 'lines' ? { stroke: 'var(--line-strong)' } : { fill: 'var(--hover)' }}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 20 }}
          content={({ active, label }) => (active ? <Words chart={chart} at={Number(label)} /> : null)}
        />
        {chart.marks.map((mark) =>
          mark.until === null ? null : (
            <ReferenceArea
              key={`area ${mark.at}${mark.title}`}
              x1={mark.from}
              x2={mark.until}
              fill={markInk(mark.kind)}
              fillOpacity={0.1}
            />
          ),
        )}
        {hasBand
          ? chart.series.map(({ key, ink, low, high }) =>
              low && high ? (
                <Area
                  key={`band ${key}`}
                  dataKey={({ at }: Row) => bandAt(low, high, at)}
                  stroke="none"
                  fill={ink}
                  fillOpacity={0.13}
                  isAnimationActive={false}
                  activeDot={false}
                  type="linear"
                />
              ) : null,
            )
          : null}
        {kind === 'lines'
          ? chart.series.map(({ key, ink, before }) =>
              before ? (
                <Line
                  key={`before ${key}`}
                  dataKey={({ at }: Row) => before[at] ?? null}
                  stroke={ink}
                  strokeOpacity={0.6}
                  strokeWidth={1.25}
                  strokeDasharray="1 2"
                  dot={false}
                  activeDot={false}
                  isAnimationActive={false}
                  type="linear"
                />
              ) : null,
            )
          : null}
        {kind === 'lines' && chart.partial.length > 0
          ? chart.series.map(({ key, ink, look, values }) => (
              <Line
                key={`partial ${key}`}
                dataKey={({ at }: Row) => (isBesidePartial(chart, at) ? (values[at] ?? null) : null)}
                stroke={ink}
                strokeOpacity={0.5}
                strokeWidth={1.25}
                strokeDasharray="2 2"
                isAnimationActive={false}
                type="linear"
                activeDot={{ r: 3.5, fill: ink, stroke: 'var(--surface)' }}
                dot={({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) =>
                  chart.partial.includes(index ?? -1) && cx !== undefined && cy !== undefined ? (
                    <g key={index} opacity={0.6}>
                      <Marker look={look} x={cx} y={cy} ink={ink} size={2} />
                    </g>
                  ) : (
                    <g key={index} />
                  )
                }
              />
            ))
          : null}
        {chart.series.map(({ key, ink, look, values }, at) =>
          kind === 'layers' ? (
            <Bar
              key={key}
              dataKey={(row: Row) => values[row.at] ?? 0}
              stackId="all"
              fill={`url(#${id}-${at})`}
              isAnimationActive={false}
              maxBarSize={26}
              shape={(bar: BarShapeProps) => (
                <Rectangle {...bar} fillOpacity={chart.partial.includes((bar.payload as Row).at) ? 0.45 : 1} />
              )}
            />
          ) : (
            <Line
              key={key}
              dataKey={(row: Row) => (chart.partial.includes(row.at) ? null : (values[row.at] ?? null))}
              stroke={ink}
              strokeWidth={1.75}
              strokeDasharray={DASHES[look % DASHES.length] || '0'}
              isAnimationActive={false}
              type="linear"
              dot={({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) => {
                const isLone = isAlone(values, index ?? 0);
                const isHere = values[index ?? 0] !== null && ((index ?? 0) % every === at % every || isLone);
                return isHere && cx !== undefined && cy !== undefined ? (
                  <Marker key={index} look={look} x={cx} y={cy} ink={ink} />
                ) : (
                  <g key={index} />
                );
              }}
              activeDot={{ r: 3.5, fill: ink, stroke: 'var(--surface)' }}
            />
          ),
        )}
        {chart.marks.map((mark, at) => (
          <ReferenceLine
            key={`line ${mark.at}${mark.title}`}
            x={mark.from}
            stroke={markInk(mark.kind)}
            strokeDasharray="3 3"
            label={labelOf(mark, names[at] ?? null)}
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

const nameOf = (kind: string) => MARK_WORDS[kind] ?? kind;

/** Where a point stands, as a share of the width: layers stand in the middle of their step, lines reach both edges. */
const placeOf = (at: number, points: number, kind: 'lines' | 'layers') =>
  kind === 'layers' ? (at + 0.5) / points : points > 1 ? at / (points - 1) : 0.5;

/** Recharts sets a label within the picture, 5 px from its corner: from there up, above it. */
const labelOf = ({ kind }: ChartMark, side: NameSide | null) =>
  side === null
    ? false
    : {
        value: nameOf(kind),
        position: side === 'right' ? ('insideTopLeft' as const) : ('insideTopRight' as const),
        dy: -NAME_PX - 7,
        fontSize: NAME_PX,
        fill: 'var(--ink-2)',
      };

const bandAt = (low: (number | null)[], high: (number | null)[], index: number) => {
  const [from, to] = [low[index] ?? null, high[index] ?? null];
  return from === null || to === null ? null : [from, to];
};

const isAlone = (values: (number | null)[], at: number) =>
  (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;

/** Rates are drawn from a round share below their lowest up to a round one above: a point lost is seen. Everything else begins at zero. */
function axisOf(chart: TimeChart, kind: 'lines' | 'layers', isLow: boolean) {
  if (chart.unit === 'ms' && kind === 'lines') return timeAxis(chart);
  if (kind === 'layers' || chart.unit !== 'share') return amountAxis(chart, kind, isLow);
  // The first step in part often holds a handful: it may run out of the picture, but does not flatten all others.
  const from1 = chart.partial.includes(0) && chart.at.length > 2 ? 1 : 0;
  const known = chart.series
    .flatMap(({ values, before }) => [...values.slice(from1), ...(before ?? []).slice(from1)])
    .filter((value) => value !== null);
  const [low, high] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : [0, 1];
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25].find((size) => (high - low) / size <= 3) ?? 0.5;
  const from = Math.max(0, Math.floor((low - step / 4) / step) * step);
  const to = Math.min(1, Math.ceil((high + step / 4) / step) * step);
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, at) =>
    Number((from + at * step).toFixed(4)),
  );
  return { domain: [from, Math.max(to, from + step)] as [number, number], ticks, allowDataOverflow: true };
}

function amountAxis(chart: TimeChart, kind: 'lines' | 'layers', isLow: boolean) {
  const all = chart.series.flatMap(({ values, before }) => (kind === 'lines' ? [...values, ...(before ?? [])] : []));
  const stacks = chart.at.map((_, at) => chart.series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const known = (kind === 'lines' ? all : stacks).filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  if (low < 0 || high === 0) return { domain: ['auto', 'auto'] as ['auto', 'auto'] };
  const ticks = amountTicks(high, { isWhole: chart.unit === 'count', isLow });
  return { domain: [0, ticks.at(-1) ?? high] as [number, number], ticks };
}

const SECOND = 1000;
/** Steps that people count time in. */
const TIME_STEPS = [
  10,
  20,
  50,
  100,
  200,
  500,
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  20 * SECOND,
  30 * SECOND,
  60 * SECOND,
  120 * SECOND,
  300 * SECOND,
  600 * SECOND,
  900 * SECOND,
  1800 * SECOND,
  3600 * SECOND,
];

/** From zero in three or four steps that read `30 s, 1 min, 1.5 min` rather than `38 s, 1.3 min`. */
function timeAxis(chart: TimeChart) {
  const known = chart.series
    .flatMap(({ values, before }) => [...values, ...(before ?? [])])
    .filter((value) => value !== null);
  const high = Math.max(1, ...known);
  const step = TIME_STEPS.find((size) => high / size <= 4) ?? Math.ceil(high / 4 / 3_600_000) * 3_600_000;
  const ticks = Array.from({ length: Math.ceil(high / step) + 1 }, (_, at) => at * step);
  return { domain: [0, ticks.at(-1) ?? step] as [number, number], ticks };
}

function Words({ chart, at }: { chart: TimeChart; at: number }) {
  const marks: ChartMark[] = chart.marks.filter(
    ({ from, until }) => from === at || (until !== null && from <= at && at <= until),
  );
  const isRead = chart.unit === 'share' || chart.unit === 'ms';
  return (
    <div className="rounded-control border border-line-strong bg-raised px-2.5 py-2 text-xs shadow-lift">
      <p className="num mb-1 text-ink-3">{chart.at[at]}</p>
      {chart.series.map(({ key, name, ink, values, n, before }) => (
        <p key={key} className="flex items-center gap-2 whitespace-nowrap">
          <span className="size-2 rounded-[2px]" style={{ background: ink }} />
          {name}
          <span className="num ml-auto pl-4">{figure(values[at] ?? null, chart.unit)}</span>
          {isRead ? <span className="num text-ink-3">n {count(n[at] ?? 0)}</span> : null}
          {before ? <span className="num text-ink-3">before {figure(before[at] ?? null, chart.unit)}</span> : null}
        </p>
      ))}
      {marks.map((mark) => (
        <p key={mark.title} className="mt-1 max-w-64 border-line border-t pt-1 text-ink-2">
          {MARK_WORDS[mark.kind] ?? mark.kind}: {mark.title}
        </p>
      ))}
    </div>
  );
}
