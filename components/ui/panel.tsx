import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

/** A bordered sheet of paper on the page. */
export function Panel({ className, ...rest }: ComponentProps<'div'>) {
  return (
    <div {...rest} className={classNames('overflow-clip rounded-panel border border-line bg-surface', className)} />
  );
}

export function PanelHeading({
  id,
  title,
  aside,
  hint,
}: {
  id?: string;
  title: ReactNode;
  aside?: ReactNode;
  hint?: ReactNode;
}) {
  return (
    <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-2">
      <h2 id={id} className="font-medium text-sm">
        {title}
      </h2>
      {hint ? <p className="text-ink-3 text-xs">{hint}</p> : null}
      {aside ? <div className="ml-auto flex items-center gap-2">{aside}</div> : null}
    </header>
  );
}
