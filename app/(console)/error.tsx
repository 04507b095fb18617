'use client';

import { CloudAlert } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** A room that could not be drawn. The shell around it stays, so one can go elsewhere. */
export default function RoomError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="pt-16">
      <EmptyState
        picture={<CloudAlert aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        heading="h1"
        title="This page could not be drawn"
        action={
          <Button tone="primary" onClick={reset}>
            Try again
          </Button>
        }
      >
        Codes are sent and checked all the same: the console only reads. If it stays like this, look at the database
        first
        {error.digest ? ` and in the log for ${error.digest}` : ''}.
      </EmptyState>
    </div>
  );
}
