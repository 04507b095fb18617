'use client';

import { Bar, BarChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { DurationChart } from '@/components/charts/durations';
import { shortFigure } from '@/components/charts/figure';
import { TICK } from '@/components/charts/time-picture';
import { count } from '@/components/console/format';

/** How long things took: bars of equal ratio, so the axis is a logarithmic one, with lines at the lifetimes. */
export function DurationPicture({ chart }: { chart: DurationChart }) {
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 800, height: 220 }}>
      <BarChart
        data={chart.bars}
        barCategoryGap={1}
        margin={{ top: 16, right: 4, bottom: 0, left: 4 }}
        accessibilityLayer={false}
      >
        <XAxis
          dataKey="place"
          tickFormatter={(place: number) => chart.bars[place]?.tick ?? ''}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          tick={TICK}
          minTickGap={36}
          height={22}
        />
        <YAxis
          width={52}
          orientation="right"
          tickLine={false}
          axisLine={false}
          tick={TICK}
          tickCount={4}
          allowDecimals={false}
          tickFormatter={(value: number) => shortFigure(value, 'count')}
        />
        <Tooltip
          cursor={{ fill: 'var(--hover)' }}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 20 }}
          content={({ active, payload }) => {
            const bar = payload?.[0]?.payload as DurationChart['bars'][number] | undefined;
            return active && bar ? (
              <div className="rounded-control border border-line-strong bg-raised px-2.5 py-2 text-xs shadow-lift">
                <p className="num text-ink-3">{bar.range}</p>
                <p className="num">{count(bar.n)}</p>
              </div>
            ) : null;
          }}
        />
        <Bar dataKey="n" fill="var(--series-1)" isAnimationActive={false} />
        {chart.lines.map(({ place, label }, at) => (
          <ReferenceLine
            key={label}
            x={place}
            stroke="var(--ink-2)"
            strokeDasharray="4 3"
            label={{
              value: label,
              position: place > chart.bars.length / 2 ? 'insideTopRight' : 'insideTopLeft',
              dy: at * 13 - 12,
              fontSize: 10,
              fill: 'var(--ink-2)',
            }}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
