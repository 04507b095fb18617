import { Lock } from 'lucide-react';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** Answered with 403. */
export default function Forbidden() {
  return (
    <div className="pt-16">
      <EmptyState
        picture={<Lock aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        heading="h1"
        title="Your role cannot open this page"
        action={
          <Link href="/overview" className={buttonStyle()}>
            To the overview
          </Link>
        }
      >
        Analysts read; sending a code takes an owner, an admin, ops or a developer. An owner or admin of this
        installation can give you another role, and it counts from your next click on.
      </EmptyState>
    </div>
  );
}
