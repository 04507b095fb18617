import type { ComponentProps } from 'react';
import { classNames } from '@/components/ui/class-names';

/** A plain table, dense, with hairlines. Scrolls sideways inside itself, never the page; focusable so that keys can scroll it. */
export function Table({ className, label, ...rest }: ComponentProps<'table'> & { label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section aria-label={label} tabIndex={0} className="relative w-full overflow-x-auto">
      <table {...rest} className={classNames('w-full border-collapse text-left text-sm', className)} />
    </section>
  );
}

export function TableHead({ className, ...rest }: ComponentProps<'thead'>) {
  return <thead {...rest} className={classNames('border-line border-b', className)} />;
}

export function TableRow({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={classNames('relative border-line border-b last:border-b-0', className)} />;
}

export function TableHeading({ className, scope = 'col', ...rest }: ComponentProps<'th'>) {
  return (
    <th
      {...rest}
      scope={scope}
      className={classNames(
        'h-8 whitespace-nowrap px-1.5 font-normal text-ink-3 text-xs first:pl-4 last:pr-4 sm:px-3',
        className,
      )}
    />
  );
}

export function TableCell({ className, ...rest }: ComponentProps<'td'>) {
  return <td {...rest} className={classNames('h-10 px-1.5 py-1.5 first:pl-4 last:pr-4 sm:px-3', className)} />;
}
