import { ChevronsUpDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import type { ShellUser } from '@/components/console/shell/shell';

/** Who is signed in; opens the account's menu. */
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
