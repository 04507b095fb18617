'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const EVERY_MS = 2000;

/** Asks the server again every two seconds while the verification is pending and the tab is seen; says changes politely. */
export function LiveRefresh({ status, messages }: { status: string; messages: string }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);

  return (
    <p aria-live="polite" className="sr-only">
      {status}. {messages}
    </p>
  );
}
