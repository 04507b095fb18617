import type { ReactNode } from 'react';

/** The list, and beside it the sheet of the verification that was opened from it. */
export default function VerificationsLayout({ children, sheet }: { children: ReactNode; sheet: ReactNode }) {
  return (
    <>
      {children}
      {sheet}
    </>
  );
}
