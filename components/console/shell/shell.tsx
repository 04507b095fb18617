import type { ReactNode } from 'react';
import { MobileBar } from '@/components/console/shell/mobile-bar';
import { Palette } from '@/components/console/shell/palette';
import { Shortcuts } from '@/components/console/shell/shortcuts';
import { Sidebar } from '@/components/console/shell/sidebar';
import { ZoneKeeper } from '@/components/console/shell/zone-keeper';

export type ShellUser = { name: string; email: string; role: string };
/** A number beside a room's name, by its address. */
export type RoomCounts = Readonly<Record<string, { n: number; label: string; isBad: boolean }>>;

/** The frame of every room: sidebar on wide screens, a bar with a drawer on narrow ones. */
export function Shell({
  user,
  may,
  zone,
  counts,
  signOut,
  find,
  children,
}: {
  user: ShellUser;
  may: readonly string[];
  zone: string;
  counts: RoomCounts;
  signOut: () => Promise<void>;
  /** Where something that was pasted leads, or null. */
  find: (pasted: string) => Promise<string | null>;
  children: ReactNode;
}) {
  const sidebar = { user, may, counts, signOut };
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-ink focus:px-3 focus:py-2 focus:text-paper"
      >
        Skip to content
      </a>
      <aside aria-label="Sidebar" className="sticky top-0 hidden h-dvh border-line border-r bg-paper lg:block">
        <Sidebar {...sidebar} />
      </aside>
      <MobileBar>
        <Sidebar {...sidebar} />
      </MobileBar>
      <main id="main" tabIndex={-1} className="min-w-0 outline-none">
        {children}
      </main>
      <Shortcuts may={may} />
      <Palette may={may} find={find} />
      <ZoneKeeper known={zone} />
    </div>
  );
}

/** A room's heading line and its content. */
export function Page({
  title,
  lead,
  timeZone,
  aside,
  children,
}: {
  title: ReactNode;
  lead?: ReactNode;
  /** Said once for all the moments on the page; absent where there are none, or where they say it. */
  timeZone?: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto w-full max-w-[84rem] px-4 pt-5 pb-16 sm:px-7 sm:pt-7">
      <header className="mb-5 flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl">{title}</h1>
          {lead ? <p className="mt-0.5 text-ink-3 text-sm">{lead}</p> : null}
          {timeZone ? <p className="mt-0.5 text-ink-3 text-xs">Times in {timeZone}</p> : null}
        </div>
        {aside ? <div className="ml-auto flex items-center gap-2">{aside}</div> : null}
      </header>
      {children}
    </div>
  );
}
