import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

export function Checkbox({ label, className, ...rest }: ComponentProps<'input'> & { label: ReactNode }) {
  return (
    <label className={classNames('inline-flex min-h-6 items-center gap-2 text-sm', className)}>
      <input
        {...rest}
        type="checkbox"
        className="size-4 shrink-0 rounded-tag border-control accent-(--accent) disabled:opacity-50"
      />
      <span>{label}</span>
    </label>
  );
}
