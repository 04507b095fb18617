'use client';

import { useRef, useState } from 'react';
import { figure } from '@/components/charts/figure';
import { scaleOf, stepInk, stepOf } from '@/components/charts/steps';
import { count } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';
import type { MetricUnit } from '@/lib/domain/stats/metrics';

export type HeatCell = { weekday: number; hour: number; value: number | null; n: number };

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/**
 * An hour of the week per cell, in the recipient's own time. A real table; one stop for the keyboard, arrows walk through it and the
 * figure is written below. Inside a ChartFrame with `isReadable`.
 */
export function WeekHeatmap({
  cells,
  unit,
  label,
  isReady = (n) => n >= 30,
}: {
  cells: readonly HeatCell[];
  unit: MetricUnit;
  label: string;
  isReady?: (n: number) => boolean;
}) {
  const [at, setAt] = useState<{ weekday: number; hour: number } | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const isCount = unit === 'count' || unit === 'micros';
  const shown = (cell: HeatCell | undefined) => (cell && (isCount || isReady(cell.n)) ? cell.value : null);
  const scale = scaleOf(cells.map((cell) => shown(cell)));
  const cellAt = (weekday: number, hour: number) =>
    cells.find((cell) => cell.weekday === weekday && cell.hour === hour);
  const words = (weekday: number, hour: number) => {
    const cell = cellAt(weekday, hour);
    const time = `${DAYS[weekday - 1]} ${String(hour).padStart(2, '0')}:00`;
    if (!cell || cell.value === null) return `${time}: no data`;
    return `${time}: ${figure(cell.value, unit)}${isCount ? '' : `, n ${count(cell.n)}${isReady(cell.n) ? '' : ', low sample'}`}`;
  };
  const focus = (weekday: number, hour: number) => {
    setAt({ weekday, hour });
    table.current?.querySelector<HTMLElement>(`[data-cell="${weekday}-${hour}"]`)?.focus();
  };
  const STEPS: Record<string, [number, number]> = {
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
  };
  return (
    <div className="flex h-full flex-col">
      <div className="relative min-h-0 grow overflow-x-auto">
        <table ref={table} className="h-full w-full min-w-[32rem] table-fixed border-separate border-spacing-px">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr>
              <th scope="col" className="w-9">
                <span className="sr-only">Day</span>
              </th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col" className="num h-4 font-normal text-2xs text-ink-3">
                  <span className={hour % 3 === 0 ? undefined : 'sr-only'}>{hour}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {DAYS.map((day, index) => (
              <tr key={day}>
                <th scope="row" className="pr-1 text-left font-normal text-2xs text-ink-3">
                  <span aria-hidden="true">{day.slice(0, 3)}</span>
                  <span className="sr-only">{day}</span>
                </th>
                {HOURS.map((hour) => {
                  const weekday = index + 1;
                  const isHere = at ? at.weekday === weekday && at.hour === hour : weekday === 1 && hour === 0;
                  const value = shown(cellAt(weekday, hour));
                  return (
                    <td
                      key={hour}
                      data-cell={`${weekday}-${hour}`}
                      tabIndex={isHere ? 0 : -1}
                      onFocus={() => setAt({ weekday, hour })}
                      onMouseEnter={() => setAt({ weekday, hour })}
                      onKeyDown={(event) => {
                        const step = STEPS[event.key];
                        if (!step) return;
                        event.preventDefault();
                        focus(Math.min(7, Math.max(1, weekday + step[0])), Math.min(23, Math.max(0, hour + step[1])));
                      }}
                      className={classNames('rounded-[2px] p-0 -outline-offset-1', value === null && 'bg-sunken')}
                      style={value === null ? undefined : { background: stepInk(stepOf(scale, value)) }}
                    >
                      <span className="sr-only">{words(weekday, hour)}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="num mt-1 h-5 text-2xs text-ink-2" aria-live="polite">
        {at ? words(at.weekday, at.hour) : 'Point at an hour, or walk with the arrow keys.'}
      </p>
    </div>
  );
}
