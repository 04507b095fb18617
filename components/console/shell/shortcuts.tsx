'use client';

import { Keyboard } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { areKeysOff, beginGoing, endGoing, isGoing, isShortcut, switchKeys } from '@/components/console/shell/keys';
import { ROOMS } from '@/components/console/shell/rooms';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

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
        router.push(room.href);
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

  const keys: [string[], string][] = [
    [['J', 'K'], 'Next and previous row'],
    [['Enter'], 'Open the row'],
    [['/'], 'Search'],
    ...ROOMS.flatMap(({ rooms }) => rooms)
      .filter(({ permission }) => may.includes(permission))
      .map(({ key, title }): [string[], string] => [['G', key.toUpperCase()], title]),
    [['H', 'D', 'W', 'M', 'Q'], 'Figures: last hour, day, week, month, quarter'],
    [['T', 'Y'], 'Figures: today, yesterday'],
    [['[', ']'], 'Figures: the period before, after'],
    [['X'], 'Figures: compare or not'],
    [['?'], 'This list'],
    [['Esc'], 'Close'],
  ];

  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={() => setOpen(false)}>
      <dl className="flex flex-col">
        {keys.map(([strokes, what]) => (
          <div key={what} className="flex min-h-9 items-center justify-between border-line border-b last:border-b-0">
            <dt className="text-ink-2">{what}</dt>
            <dd className="flex gap-1">
              {strokes.map((stroke) => (
                <Kbd key={stroke}>{stroke}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Checkbox
        className="mt-4"
        label="Single-key shortcuts are on"
        checked={!off}
        onChange={(event) => {
          const next = !event.target.checked;
          switchKeys(next);
          setOff(next);
        }}
      />
    </Dialog>
  );
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
