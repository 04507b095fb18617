'use client';

import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Bar as BarData, Series } from '@/components/charts/stacked-histogram';

const TICK = { fontSize: 11, fill: 'var(--ink-3)', fontFamily: 'var(--font-mono)' } as const;

/** The picture alone. Loaded after the page: recharts weighs 110 KB. */
export function StackedHistogramPicture({ bars, series }: { bars: BarData[]; series: Series[] }) {
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 800, height: 112 }}>
      <BarChart
        data={bars}
        barCategoryGap="18%"
        margin={{ top: 4, right: 4, bottom: 0, left: 4 }}
        accessibilityLayer={false}
      >
        <XAxis
          dataKey="tick"
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          tick={TICK}
          minTickGap={48}
          height={22}
        />
        <YAxis
          width={38}
          tickLine={false}
          axisLine={false}
          tick={TICK}
          tickCount={3}
          allowDecimals={false}
          orientation="right"
        />
        <Tooltip
          cursor={{ fill: 'var(--hover)' }}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 20 }}
          content={({ active, payload }) => {
            const bar = payload?.[0]?.payload as BarData | undefined;
            if (!active || !bar) return null;
            const parts = series.filter(({ key }) => Number(bar[key]) > 0);
            return (
              <div className="rounded-control border border-line-strong bg-raised px-2.5 py-2 text-xs shadow-lift">
                <p className="num mb-1 text-ink-3">{bar.at}</p>
                {parts.length === 0 ? <p className="text-ink-3">Nothing</p> : null}
                {parts.map(({ key, name, ink }) => (
                  <p key={key} className="flex items-center gap-2">
                    <span className="size-2 rounded-[2px]" style={{ background: ink }} />
                    {name}
                    <span className="num ml-auto pl-4">{bar[key]}</span>
                  </p>
                ))}
              </div>
            );
          }}
        />
        {series.map(({ key, name, ink }) => (
          <Bar key={key} dataKey={key} name={name} stackId="all" fill={ink} isAnimationActive={false} maxBarSize={22} />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
