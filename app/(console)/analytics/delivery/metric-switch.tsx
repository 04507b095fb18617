import Link from 'next/link';
import { classNames } from '@/components/ui/class-names';
import { metric } from '@/lib/domain/stats/metrics';
import type { Asked } from '../parts';
import { hrefWith } from '../search-params';
import { SWITCH, switchOf } from './splits';

/** Which rate the map and the lines show; `of` is the chart's title. */
export function MetricSwitch({ path, view, of }: Pick<Asked, 'path' | 'view'> & { of: string }) {
  const current = switchOf(view);
  return (
    <nav aria-label={`Rate of ${of}`} className="flex flex-wrap gap-1">
      {SWITCH.map((name) => (
        <Link
          key={name}
          href={hrefWith(path, view, { metric: name })}
          scroll={false}
          prefetch={false}
          aria-current={name === current ? 'true' : undefined}
          className={classNames(
            'flex h-6 items-center rounded-tag px-1.5 text-xs',
            name === current ? 'bg-sunken font-medium text-ink' : 'text-ink-3 hover:text-ink',
          )}
        >
          {metric(name).label}
        </Link>
      ))}
    </nav>
  );
}
