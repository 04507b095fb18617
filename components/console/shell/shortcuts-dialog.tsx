'use client';

import { switchKeys } from '@/components/console/shell/keys';
import { ROOMS } from '@/components/console/shell/rooms';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

/** What every key does, and the switch that turns single keys off. */
export function ShortcutsDialog({
  may,
  isOff,
  setOff,
  onClose,
}: {
  may: readonly string[];
  isOff: boolean;
  setOff: (isOff: boolean) => void;
  onClose: () => void;
}) {
  const keys: [string[], string][] = [
    [['J', 'K'], 'Next and previous row'],
    [['Enter'], 'Open the row'],
    [['/'], 'Search'],
    [['Ctrl', 'K'], 'Go to a room, or find anything'],
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
    <Dialog title="Keyboard shortcuts" shape="wide" isOpen onClose={onClose}>
      <dl className="gap-x-8 sm:columns-2">
        {keys.map(([strokes, what]) => (
          <div
            key={what}
            className="flex min-h-8 break-inside-avoid items-center justify-between gap-4 border-line border-b"
          >
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
        checked={!isOff}
        onChange={(event) => {
          const next = !event.target.checked;
          switchKeys(next);
          setOff(next);
        }}
      />
    </Dialog>
  );
}
