'use client';

import { Wordmark } from '@/components/console/sign';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function AppError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="flex min-h-dvh flex-col p-6">
      <Wordmark />
      <div className="flex grow flex-col justify-center">
        <EmptyState
          heading="h1"
          title="Watchword cannot answer right now"
          action={
            <Button tone="primary" onClick={reset}>
              Try again
            </Button>
          }
        >
          Most often the database is out of reach, and it comes back by itself.
          {error.digest ? ` The log has more under ${error.digest}.` : ''}
        </EmptyState>
      </div>
    </main>
  );
}
