'use client';

import { LogOut, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useTheme } from 'next-themes';
import { AccountButton } from '@/components/console/shell/account-button';
import type { ShellUser } from '@/components/console/shell/shell';
import { Menu, MenuItem, MenuLabel, MenuRadio, MenuRadioGroup, MenuSeparator } from '@/components/ui/menu';

/** The menu behind the account's button, open from the start: it is loaded when it is asked for. */
export function AccountMenuList({ user, signOut }: { user: ShellUser; signOut: () => Promise<void> }) {
  const { theme = 'system', setTheme } = useTheme();
  return (
    <Menu className="w-56" isOpenAtFirst trigger={<AccountButton user={user} />}>
      <MenuLabel>{user.email}</MenuLabel>
      <MenuItem asChild>
        <Link href="/account">
          <ShieldCheck aria-hidden="true" className="size-4 text-ink-3" />
          Password and second factor
        </Link>
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuRadioGroup value={theme} onValueChange={setTheme}>
        <MenuRadio value="system">As the system</MenuRadio>
        <MenuRadio value="light">Light</MenuRadio>
        <MenuRadio value="dark">Dark</MenuRadio>
      </MenuRadioGroup>
      <MenuSeparator />
      <MenuItem onSelect={() => signOut()}>
        <LogOut aria-hidden="true" className="size-4 text-ink-3" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
