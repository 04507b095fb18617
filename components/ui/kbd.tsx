import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={classNames(
        'inline-flex h-5 min-w-5 items-center justify-center rounded-tag border border-line-strong bg-paper px-1 font-sans text-2xs text-ink-2',
        className,
      )}
    >
      {children}
    </kbd>
  );
}
