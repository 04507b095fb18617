import Link from 'next/link';
import { Wordmark } from '@/components/console/sign';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col p-6">
      <Wordmark />
      <div className="flex grow flex-col justify-center">
        <EmptyState
          heading="h1"
          title="Page not found"
          action={
            <Link href="/" className={buttonStyle()}>
              To the console
            </Link>
          }
        >
          Perhaps it moved, or the address is not complete.
        </EmptyState>
      </div>
    </main>
  );
}
