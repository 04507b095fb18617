'use client';

import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** Its children, except on one page: a button that leads to where one is helps nobody. */
export function AwayFrom({ path, children }: { path: string; children: ReactNode }) {
  return usePathname() === path ? null : children;
}
