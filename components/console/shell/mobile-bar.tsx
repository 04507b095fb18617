'use client';

import { Menu as MenuIcon } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { Wordmark } from '@/components/console/sign';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';

/** Narrow screens: the name of the house, and the sidebar in a drawer. */
export function MobileBar({ children }: { children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer.
  useEffect(() => setOpen(false), [path]);

  return (
    <div className="sticky top-0 z-30 flex h-12 items-center gap-2 border-line border-b bg-paper px-2 lg:hidden">
      <Button tone="quiet" size="icon" aria-label="Open the menu" onClick={() => setOpen(true)}>
        <MenuIcon aria-hidden="true" className="size-5" />
      </Button>
      <Wordmark />
      <Dialog title="Menu" shape="drawer" hideTitle isOpen={isOpen} onClose={() => setOpen(false)}>
        <div className="h-dvh">{children}</div>
      </Dialog>
    </div>
  );
}
