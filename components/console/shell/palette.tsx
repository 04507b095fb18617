'use client';

import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { Kbd } from '@/components/ui/kbd';

/** Loaded when it is first opened: few pages should carry it for that. */
const PaletteDialog = dynamic(
  () => import('@/components/console/shell/palette-dialog').then((all) => all.PaletteDialog),
  {
    ssr: false,
  },
);

const OPEN = 'watchword:palette';

/** Ctrl-K or Cmd-K anywhere: the rooms by name, and whatever was pasted. `find` answers where it leads, or null. */
export function Palette({ may, find }: { may: readonly string[]; find: (pasted: string) => Promise<string | null> }) {
  const [isOpen, setOpen] = useState(false);
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    const open = () => {
      // Above a sheet, which is something to look at; a dialog asks something, and is answered or closed first.
      if (document.querySelector('dialog[open]:not([data-sheet])')) return;
      setWanted(true);
      setOpen(true);
    };
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      open();
    };
    window.addEventListener(OPEN, open);
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener(OPEN, open);
      window.removeEventListener('keydown', press);
    };
  }, []);
  return isWanted ? <PaletteDialog isOpen={isOpen} onClose={() => setOpen(false)} may={may} find={find} /> : null;
}

/** The palette for those who do not know its key. */
export function PaletteButton() {
  return (
    <button
      type="button"
      onClick={() => window.dispatchEvent(new Event(OPEN))}
      className="mb-4 flex h-8 items-center gap-2.5 rounded-control border border-line bg-surface px-2 text-ink-3 text-xs hover:border-line-strong hover:text-ink"
    >
      Go to, or find
      <Kbd className="ml-auto">Ctrl K</Kbd>
    </button>
  );
}
