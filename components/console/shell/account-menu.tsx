'use client';

import { ChevronsUpDown, LogOut, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useTheme } from 'next-themes';
import type { ShellUser } from '@/components/console/shell/shell';
import { Menu, MenuItem, MenuLabel, MenuRadio, MenuRadioGroup, MenuSeparator } from '@/components/ui/menu';

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu({ user, signOut }: { user: ShellUser; signOut: () => Promise<void> }) {
  const { theme = 'system', setTheme } = useTheme();
  const initials = user.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');

  return (
    <Menu
      className="w-56"
      trigger={
        <button
          type="button"
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
      }
    >
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
