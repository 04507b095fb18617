'use client';

import { countries } from 'country-flag-icons';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useId, useMemo, useRef, useState, useTransition } from 'react';
import { countryName } from '@/components/console/format';
import { carriedHref } from '@/components/console/shell/carried';
import { ROOMS } from '@/components/console/shell/rooms';
import { Spinner } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Kbd } from '@/components/ui/kbd';

type Entry = { key: string; title: string; hint: string; icon: typeof Search; href: string | null };

const PASTED_MAX = 200;
/** `United` names a handful, each with three ways to go. */
const COUNTRIES_SHOWN = 2;
/** What one asks about a country, by the room that answers. */
const ABOUT_COUNTRY = [
  {
    room: '/analytics/delivery',
    href: (code: string) => `/analytics/delivery?country=${code}`,
    words: 'How it is doing',
  },
  { room: '/verifications', href: (code: string) => `/verifications?country=${code}`, words: 'Its verifications' },
  { room: '/config/countries', href: (code: string) => `/config/countries/${code}`, words: 'Its route' },
];

/** Countries of which a word begins with what was typed, each with the rooms that this person may enter. */
function countryEntries(text: string, may: readonly string[]): Entry[] {
  const typed = text.trim().toLowerCase();
  if (typed.length < 2) return [];
  const all = ROOMS.flatMap(({ rooms }) => rooms);
  return countries
    .map((code) => ({ code, name: countryName(code) }))
    .filter(({ name }) => ` ${name.toLowerCase()}`.includes(` ${typed}`))
    .slice(0, COUNTRIES_SHOWN)
    .flatMap(({ code, name }) =>
      ABOUT_COUNTRY.flatMap(({ room, href, words }): Entry[] => {
        const found = all.find((each) => each.href === room && may.includes(each.permission));
        return found ? [{ key: href(code), title: name, hint: words, icon: found.icon, href: href(code) }] : [];
      }),
    );
}

/**
 * A box and a list: what is typed narrows the rooms that this person may enter, and can always be looked for itself. A modal of the browser's
 * own, so that it opens above a sheet as well.
 */
export function PaletteDialog({
  isOpen,
  onClose,
  may,
  find,
}: {
  isOpen: boolean;
  onClose: () => void;
  may: readonly string[];
  find: (pasted: string) => Promise<string | null>;
}) {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const [text, setText] = useState('');
  const [current, setCurrent] = useState(0);
  const [missing, setMissing] = useState<string | null>(null);
  const [isLooking, startLooking] = useTransition();
  const mayFind = may.includes('verifications:read');

  const entries = useMemo((): Entry[] => {
    const words = text.toLowerCase().trim().split(/\s+/).filter(Boolean);
    const rooms = ROOMS.flatMap(({ question, rooms: some }) => some.map((room) => ({ ...room, question })))
      .filter(({ permission }) => may.includes(permission))
      .filter(({ title, question }) => words.every((word) => `${title} ${question}`.toLowerCase().includes(word)))
      .map(({ href, title, icon, question }): Entry => ({ key: href, title, hint: question, icon, href }));
    const looking: Entry[] =
      mayFind && text.trim() !== ''
        ? [
            {
              key: 'find',
              title: `Find “${text.trim().slice(0, 60)}”`,
              hint: 'verification, message, request, reference or number',
              icon: Search,
              href: null,
            },
          ]
        : [];
    // What looks like an id or a number is meant to be found; a word is meant as a room.
    return /[\d_]/.test(text) ? [...looking, ...rooms] : [...rooms, ...countryEntries(text, may), ...looking];
  }, [text, may, mayFind]);
  const at = Math.min(current, entries.length - 1);

  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen && dialog.current?.open) dialog.current.close();
  }, [isOpen]);

  const leave = () => {
    setText('');
    setMissing(null);
    setCurrent(0);
    onClose();
  };
  const go = (href: string) => {
    leave();
    router.push(href);
  };
  const choose = (entry: Entry | undefined) => {
    if (!entry || isLooking) return;
    if (entry.href) return go(carriedHref(entry.href, location.pathname, location.search));
    const pasted = text.trim();
    startLooking(async () => {
      const href = await find(pasted);
      if (href) go(href);
      else setMissing(pasted);
    });
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is on the backdrop; Escape does the same for keyboards, by the browser itself.
    <dialog
      ref={dialog}
      aria-label="Go to a room, or find anything"
      onClose={leave}
      onClick={(event) => {
        if (event.target === dialog.current) leave();
      }}
      className="mx-auto mt-[12dvh] mb-auto max-h-[70dvh] w-[min(36rem,calc(100vw-2rem))] animate-arrive flex-col overflow-hidden rounded-panel border border-line-strong bg-raised p-0 text-ink shadow-lift open:flex"
    >
      <div className="relative border-line border-b">
        <span className="pointer-events-none absolute top-1/2 left-4 -translate-y-1/2 text-ink-3">
          {isLooking ? <Spinner /> : <Search aria-hidden="true" className="size-4" />}
        </span>
        <input
          role="combobox"
          aria-label="Go to a room, or paste anything"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
          value={text}
          maxLength={PASTED_MAX}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="A room, a country, an id, a reference, a +number"
          onChange={(event) => {
            setText(event.target.value);
            setCurrent(0);
            setMissing(null);
          }}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            if (step !== 0 && entries.length > 0) {
              event.preventDefault();
              setCurrent((at + step + entries.length) % entries.length);
            } else if (event.key === 'Enter') {
              event.preventDefault();
              choose(entries[at]);
            }
          }}
          className="h-12 w-full bg-transparent pr-4 pl-11 text-base text-ink outline-none placeholder:text-ink-3"
        />
      </div>
      <p role="status" className={classNames('px-4 text-ink-2 text-sm', missing ? 'py-3' : 'sr-only')}>
        {missing ? `Nothing here is known as “${missing.slice(0, 60)}”.` : ''}
      </p>
      <ul
        id={listId}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the popup of a combobox (ARIA 1.2).
        role="listbox"
        aria-label="Rooms and findings"
        className="min-h-0 overflow-y-auto p-1.5"
      >
        {entries.map(({ key, title, hint, icon: Icon, href }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the focus stays in the box, which handles the keys.
          <li
            key={key}
            id={`${listId}-${index}`}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as above.
            role="option"
            aria-selected={index === at}
            ref={(row) => {
              if (index === at) row?.scrollIntoView({ block: 'nearest' });
            }}
            onPointerMove={() => setCurrent(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose({ key, title, hint, icon: Icon, href })}
            className={classNames(
              'flex min-h-9 cursor-pointer items-center gap-3 rounded-control px-2.5 text-sm',
              index === at && 'bg-hover',
            )}
          >
            <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
            <span className="truncate">{title}</span>
            <span className="ml-auto truncate text-ink-3 text-xs max-sm:hidden">{hint}</span>
          </li>
        ))}
      </ul>
      <p className="flex items-center gap-2 border-line border-t px-4 py-2 text-2xs text-ink-3">
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd> choose <Kbd>Enter</Kbd> open <Kbd>Esc</Kbd> close
      </p>
    </dialog>
  );
}
