'use client';

import { Minus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { count } from '@/components/console/format';
import { Button } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';

export type FacetValue = {
  value: string;
  name: string;
  /** Null: chosen, and none among the newest has it. */
  n: number | null;
  share: number;
  standing: 'in' | 'out' | null;
  include: string;
  exclude: string;
};
export type Facet = { key: string; title: string; values: FacetValue[] };

/** How the newest matching verifications divide. A click filters, Alt-click or the minus excludes, again takes it back. */
export function FacetList({ facets, note }: { facets: Facet[]; note: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        className="mb-3 xl:hidden"
        aria-expanded={isOpen}
        aria-controls="facets"
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? 'Hide the breakdown' : 'Break down'}
      </Button>
      <div
        id="facets"
        className={classNames(
          'gap-x-6 gap-y-4 max-xl:mb-4 max-xl:grid-cols-2 max-xl:rounded-panel max-xl:border max-xl:border-line max-xl:bg-surface max-xl:p-4 max-lg:grid-cols-1 xl:flex xl:flex-col',
          isOpen ? 'max-xl:grid' : 'max-xl:hidden',
        )}
      >
        <p className="text-2xs text-ink-3 max-xl:col-span-full">{note}</p>
        {facets.map((facet) => (
          <FacetGroup key={facet.key} facet={facet} />
        ))}
      </div>
    </>
  );
}

const SHOWN = 6;

function FacetGroup({ facet }: { facet: Facet }) {
  const router = useRouter();
  const [isWhole, setWhole] = useState(false);
  const values = isWhole ? facet.values : facet.values.slice(0, SHOWN);
  return (
    <section aria-label={facet.title} className="min-w-0">
      <h3 className="mb-1 px-1.5 text-2xs text-ink-3">{facet.title}</h3>
      <ul>
        {values.map((each) => (
          <li key={each.value} className="group relative flex items-center">
            <Link
              href={each.include}
              prefetch={false}
              scroll={false}
              aria-current={each.standing === 'in' ? 'true' : undefined}
              title={`${each.name}: Alt-click excludes`}
              onClick={(event) => {
                if (!event.altKey) return;
                event.preventDefault();
                router.push(each.exclude, { scroll: false });
              }}
              className={classNames(
                'relative flex h-7 min-w-0 flex-1 items-center gap-2 overflow-hidden rounded-tag pr-7 pl-1.5 text-xs hover:bg-hover',
                each.standing === 'in' && 'bg-accent-soft font-medium text-accent hover:bg-accent-soft',
                each.standing === 'out' && 'text-ink-3 line-through',
              )}
            >
              <span
                aria-hidden="true"
                className="absolute bottom-0.5 left-1.5 h-0.5 rounded-full bg-line-strong"
                style={{ width: `calc(${(each.share * 100).toFixed(1)}% * 0.8)` }}
              />
              <span className="min-w-0 flex-1 truncate">{each.name}</span>
              <span className="num text-ink-3">{count(each.n)}</span>
            </Link>
            <Link
              href={each.exclude}
              prefetch={false}
              scroll={false}
              aria-label={each.standing === 'out' ? `Stop excluding ${each.name}` : `Exclude ${each.name}`}
              aria-current={each.standing === 'out' ? 'true' : undefined}
              className={classNames(
                'absolute right-0.5 inline-flex size-6 items-center justify-center rounded-tag text-ink-3 hover:bg-line hover:text-ink focus-visible:opacity-100 group-hover:opacity-100',
                each.standing === 'out' ? 'text-bad opacity-100' : 'opacity-40',
              )}
            >
              <Minus aria-hidden="true" className="size-3" />
            </Link>
          </li>
        ))}
      </ul>
      {facet.values.length > SHOWN ? (
        <button
          type="button"
          onClick={() => setWhole(!isWhole)}
          aria-expanded={isWhole}
          className="h-6 px-1.5 text-2xs text-ink-3 hover:text-ink"
        >
          {isWhole ? 'Fewer' : `${facet.values.length - SHOWN} more`}
        </button>
      ) : null}
    </section>
  );
}
