'use client';

import { Keyboard } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { carriedHref } from '@/components/console/shell/carried';
import { areKeysOff, beginGoing, endGoing, isGoing, isShortcut } from '@/components/console/shell/keys';
import { ROOMS } from '@/components/console/shell/rooms';
import { Kbd } from '@/components/ui/kbd';

/** Loaded when it is first opened: few visits do. */
const ShortcutsDialog = dynamic(
  () => import('@/components/console/shell/shortcuts-dialog').then((all) => all.ShortcutsDialog),
  { ssr: false },
);

const OPEN = 'watchword:shortcuts';

/** Moves the focus through the rows of the list on this page; Enter then opens the focused row, because it is a link. */
function stepThroughRows(direction: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[at === -1 ? (direction === 1 ? 0 : rows.length - 1) : at + direction];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** Listens for the console's keys and shows them on `?`. */
export function Shortcuts({ may }: { may: readonly string[] }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [off, setOff] = useState(false);

  useEffect(() => {
    setOff(areKeysOff());
    const open = () => setOpen(true);
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      const room = ROOMS.flatMap(({ rooms }) => rooms).find(
        ({ key, permission }) => key === event.key && may.includes(permission),
      );
      if (room && isGoing()) {
        // Told to the room's own keys, whichever of the two listens first.
        event.preventDefault();
        endGoing();
        router.push(carriedHref(room.href, location.pathname, location.search));
      } else if (event.key === 'g') beginGoing();
      else if (event.key === '?') setOpen(true);
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('[data-search]');
        if (!search) return;
        event.preventDefault();
        search.focus();
        search.select();
      } else if (event.key === 'j') stepThroughRows(1);
      else if (event.key === 'k') stepThroughRows(-1);
    };
    window.addEventListener(OPEN, open);
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener(OPEN, open);
      window.removeEventListener('keydown', press);
    };
  }, [router, may]);

  return isOpen ? <ShortcutsDialog may={may} isOff={off} setOff={setOff} onClose={() => setOpen(false)} /> : null;
}

/** Opens the list of shortcuts for those who have switched them off, or never knew. */
export function ShortcutsButton() {
  return (
    <button
      type="button"
      onClick={() => window.dispatchEvent(new Event(OPEN))}
      className="hidden h-8 items-center gap-2.5 rounded-control px-2 text-ink-3 text-xs hover:bg-sunken hover:text-ink lg:flex"
    >
      <Keyboard aria-hidden="true" className="size-4" />
      Shortcuts
      <Kbd className="ml-auto">?</Kbd>
    </button>
  );
}
