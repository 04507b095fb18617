'use client';

import { type ReactNode, useLayoutEffect, useRef } from 'react';

/** Around what an act of its own takes away: the focus then goes to the page's content instead of being lost. */
export function FocusHeir({ children }: { children: ReactNode }) {
  const within = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = within.current;
    // Still in the document here: it is taken out after this. A button that was disabled while it acted has lost the focus already.
    return () => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body || node?.contains(focused))
        document.getElementById('main')?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div ref={within} className="contents">
      {children}
    </div>
  );
}
