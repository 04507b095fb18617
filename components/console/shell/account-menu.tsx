'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { AccountButton } from '@/components/console/shell/account-button';
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
