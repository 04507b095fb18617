import type { ComponentProps } from 'react';
import { classNames } from '@/components/ui/class-names';

/** Shared by Input and Select. 16 px text on touch screens, or iOS zooms the page when the field is focused. */
export const controlStyle =
  'w-full min-w-0 rounded-control border border-control bg-raised px-2.5 text-ink text-lg transition-[border-color,background-color] duration-100 placeholder:text-ink-3 hover:border-ink-3 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-3 aria-invalid:border-bad-mark sm:text-sm';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={classNames(controlStyle, 'h-9 sm:h-8', className)} />;
}
