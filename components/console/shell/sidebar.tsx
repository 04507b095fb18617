'use client';

import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import { AccountMenu } from '@/components/console/shell/account-menu';
import { carriedHref } from '@/components/console/shell/carried';
import { PaletteButton } from '@/components/console/shell/palette';
import { ROOMS } from '@/components/console/shell/rooms';
import type { RoomCounts, ShellUser } from '@/components/console/shell/shell';
import { ShortcutsButton } from '@/components/console/shell/shortcuts';
import { Wordmark } from '@/components/console/sign';
import { classNames } from '@/components/ui/class-names';

export function Sidebar({
  user,
  may,
  counts,
  signOut,
}: {
  user: ShellUser;
  may: readonly string[];
  counts: RoomCounts;
  signOut: () => Promise<void>;
}) {
  return (
    <div className="flex h-full flex-col gap-1 p-3">
      <Link href="/overview" className="mb-1 inline-flex h-9 items-center px-2">
        <Wordmark />
      </Link>
      <PaletteButton />
      <nav aria-label="Rooms" className="-mx-1 flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-1 py-0.5">
        <Suspense fallback={<Rooms may={may} counts={counts} search="" />}>
          <RoomsFromHere may={may} counts={counts} />
        </Suspense>
      </nav>
      <div className="flex flex-col gap-1 pt-1">
        <ShortcutsButton />
        <AccountMenu user={user} signOut={signOut} />
      </div>
    </div>
  );
}

/** From one room of figures into another, what the figures are of goes along. */
function RoomsFromHere(rest: Pick<Entries, 'may' | 'counts'>) {
  return <Rooms {...rest} search={useSearchParams().toString()} />;
}

type Entries = { may: readonly string[]; counts: RoomCounts; search: string };

function Rooms({ may, counts, search }: Entries) {
  const path = usePathname();
  return (
    <>
      {ROOMS.map(({ question, rooms }) => {
        const open = rooms.filter((room) => may.includes(room.permission));
        if (open.length === 0) return null;
        return (
          <section key={question} aria-label={question}>
            <h2 className="mb-1 px-2 text-2xs text-ink-3">{question}</h2>
            {open.map(({ href, title, icon: Icon }) => {
              const isHere = path === href || path.startsWith(`${href}/`);
              return (
                <Link
                  key={href}
                  href={carriedHref(href, path, search)}
                  aria-current={isHere ? 'page' : undefined}
                  className={classNames(
                    'flex h-7 shrink-0 items-center gap-2.5 rounded-control px-2 text-sm transition-colors duration-100',
                    isHere
                      ? 'bg-surface font-medium text-ink shadow-[inset_0_0_0_1px_var(--line)]'
                      : 'text-ink-2 hover:bg-sunken hover:text-ink',
                  )}
                >
                  <Icon aria-hidden="true" className={classNames('size-4', isHere ? 'text-accent' : 'text-ink-3')} />
                  {title}
                  <RoomCount count={counts[href]} />
                </Link>
              );
            })}
          </section>
        );
      })}
    </>
  );
}

function RoomCount({ count }: { count: RoomCounts[string] | undefined }) {
  if (!count) return null;
  return (
    <span
      className={classNames(
        'num ml-auto rounded-tag px-1.5 text-2xs',
        count.isBad ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn',
      )}
    >
      <span aria-hidden="true">{count.n > 99 ? '99+' : count.n}</span>
      <span className="sr-only">, {count.label}</span>
    </span>
  );
}
