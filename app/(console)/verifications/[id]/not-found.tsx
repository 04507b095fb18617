import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function VerificationNotFound() {
  return (
    <EmptyState
      picture={<SearchX aria-hidden="true" className="size-8" strokeWidth={1.25} />}
      heading="h1"
      title="No such verification"
      action={
        <Link href="/verifications" className={buttonStyle()}>
          All verifications
        </Link>
      }
    >
      The id is misspelt, or it was removed when its time to be kept was over.
    </EmptyState>
  );
}
