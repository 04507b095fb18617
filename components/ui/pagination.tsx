import { ArrowLeft, ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { buttonStyle } from '@/components/ui/button';

/** Steps through a list that is read by cursor: no page numbers, because new rows arrive all the time. */
export function Pagination({
  first,
  next,
  children,
}: {
  first: string | null;
  next: string | null;
  children?: ReactNode;
}) {
  return (
    <nav aria-label="Pages" className="flex min-h-12 items-center gap-2 border-line border-t px-4 py-2">
      <p className="text-ink-3 text-xs">{children}</p>
      <span className="ml-auto flex gap-2">
        {first ? (
          <Link href={first} className={buttonStyle({ size: 'small' })}>
            <ArrowLeft aria-hidden="true" className="size-3.5" /> Newest
          </Link>
        ) : null}
        {next ? (
          <Link href={next} rel="next" className={buttonStyle({ size: 'small' })}>
            Older <ArrowRight aria-hidden="true" className="size-3.5" />
          </Link>
        ) : null}
      </span>
    </nav>
  );
}
