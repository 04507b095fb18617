import { type ReactNode, Suspense } from 'react';
import { requireUser } from '@/lib/auth/session';
import { DraftBar } from './draft-bar';

/** The rooms that steer: below each of them, what the person has changed and not published. */
export default async function ConfigLayout({ children }: { children: ReactNode }) {
  const user = await requireUser('config:read');
  return (
    <>
      {children}
      <Suspense fallback={null}>
        <DraftBar user={user} />
      </Suspense>
    </>
  );
}
