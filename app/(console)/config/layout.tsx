import { type ReactNode, Suspense } from 'react';
import { requireUser } from '@/lib/auth/session';
import { DraftBar } from './draft-bar';

/** The rooms that steer: below each of them, what the person has changed and not published. */
export default async function ConfigLayout({ children }: { children: ReactNode }) {
  const user = await requireUser('config:read');
  return (
    // As tall as the screen (less the bar of a phone), so that the draft stands at its foot below a short room as well.
    <div className="flex min-h-[calc(100dvh-3rem)] flex-col lg:min-h-dvh">
      <div className="min-w-0 flex-1">{children}</div>
      <Suspense fallback={null}>
        <DraftBar user={user} />
      </Suspense>
    </div>
  );
}
