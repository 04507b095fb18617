import { classNames } from '@/components/ui/class-names';

/** A grey bar where text will be, in the text's own size, so that nothing jumps when it arrives. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className={classNames('block h-3 animate-breathe rounded-tag bg-mute-soft', className)} />
  );
}

/**
 * A table before it is there, at the height it will have. `row` is the height of a row with its hairline: 41 px for one line.
 * Never around a form that works without a script: what comes late needs one to be shown.
 */
export function TableSkeleton({
  label,
  rows,
  row = 'h-[41px]',
  hasHead = true,
}: {
  /** What is being loaded, for those who hear the page. */
  label: string;
  rows: number;
  row?: string;
  hasHead?: boolean;
}) {
  return (
    <div role="status" aria-label={label}>
      {hasHead ? (
        <div className="flex h-[33px] items-center gap-6 border-line border-b px-4">
          <Skeleton className="h-2 w-16" />
        </div>
      ) : null}
      {Array.from({ length: rows }, (_, n) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
          key={n}
          className={classNames('flex items-center gap-6 border-line border-b px-4 last:border-b-0', row)}
        >
          <Skeleton className="w-40 max-w-[45%]" />
          <Skeleton className="hidden w-24 sm:block" />
          <Skeleton className="hidden w-20 md:block" />
          <Skeleton className="ml-auto w-12" />
        </div>
      ))}
    </div>
  );
}

/** Names and figures in lines, before they are there. */
export function FiguresSkeleton({ label, rows }: { label: string; rows: number }) {
  return (
    <div role="status" aria-label={label} className="divide-y divide-line px-4">
      {Array.from({ length: rows }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
        <div key={n} className="flex h-9 items-center justify-between gap-4">
          <Skeleton className="w-20" />
          <Skeleton className="w-14" />
        </div>
      ))}
    </div>
  );
}
