'use client';

import { ChevronsUpDown } from 'lucide-react';
import dynamic from 'next/dynamic';
import { type ComponentProps, useState } from 'react';
import type { ShellUser } from '@/components/console/shell/shell';

const load = () => import('@/components/console/shell/account-menu-list').then((all) => all.AccountMenuList);
/** Menus weigh more than everything else in the frame: this one is loaded when somebody reaches for it. */
const List = dynamic(load, { ssr: false });

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu({ user, signOut }: { user: ShellUser; signOut: () => Promise<void> }) {
  const [isWanted, setWanted] = useState(false);
  const [isLoaded, setLoaded] = useState(false);
  if (isWanted && isLoaded) return <List user={user} signOut={signOut} />;
  return (
    <AccountButton
      user={user}
      aria-haspopup="menu"
      aria-expanded={false}
      aria-busy={isWanted}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => {
        setWanted(true);
        void load().then(() => setLoaded(true));
      }}
    />
  );
}

export function AccountButton({ user, ...rest }: { user: ShellUser } & ComponentProps<'button'>) {
  const initials = user.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  return (
    <button
      type="button"
      {...rest}
      className="flex min-h-11 w-full items-center gap-2.5 rounded-control px-2 text-left hover:bg-sunken data-[state=open]:bg-sunken"
    >
      <span
        aria-hidden="true"
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-mute-soft font-medium text-2xs text-ink-2"
      >
        {initials}
      </span>
      <span className="min-w-0 flex-1">
        <span className="sr-only">Account: </span>
        <span className="block truncate text-sm">{user.name}</span>
        <span className="block truncate text-2xs text-ink-3 capitalize">{user.role}</span>
      </span>
      <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
    </button>
  );
}
