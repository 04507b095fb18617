import type { ReactNode } from 'react';

/** What would be here, why it is not, and what to do about it. */
export function EmptyState({
  picture,
  title,
  heading: Heading = 'p',
  children,
  action,
}: {
  picture?: ReactNode;
  title: string;
  /** `h1` where this is all the page says. */
  heading?: 'p' | 'h1';
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center justify-center px-6 py-16 text-center">
      {picture ? <div className="mb-5 text-ink-3">{picture}</div> : null}
      <Heading className="font-medium text-base text-ink">{title}</Heading>
      <p className="mt-1 max-w-[46ch] text-balance text-ink-3 text-sm">{children}</p>
      {action ? <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
