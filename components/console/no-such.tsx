import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** A page about one thing of a list that is not in it: says so, and leads to the list. */
export function NoSuch({ title, list, href }: { title: string; list: string; href: string }) {
  return (
    <div className="pt-16">
      <EmptyState
        picture={<SearchX aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        heading="h1"
        title={title}
        action={
          <Link href={href} className={buttonStyle()}>
            {list}
          </Link>
        }
      >
        Perhaps it was deleted, or the address is not complete.
      </EmptyState>
    </div>
  );
}
