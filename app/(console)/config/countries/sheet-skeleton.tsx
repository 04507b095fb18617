import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { ROW_HEIGHT } from './columns';

const ROWS = Array.from({ length: 40 }, (_, row) => row);

/** The sheet before it is there: its three parts at their heights. */
export function SheetSkeleton() {
  return (
    <Panel className="flex flex-col" role="status" aria-label="Loading the countries">
      <div className="flex flex-wrap items-center gap-2 border-line border-b p-3">
        <Skeleton className="h-9 w-full rounded-control sm:h-8 sm:w-52" />
        <Skeleton className="h-9 w-[calc(50%-0.25rem)] rounded-control sm:h-8 sm:w-36" />
        <Skeleton className="h-9 w-[calc(50%-0.25rem)] rounded-control sm:h-8 sm:w-36" />
        <Skeleton className="h-9 w-[calc(50%-0.25rem)] rounded-control sm:h-8 sm:w-36" />
      </div>
      <div className="h-[max(24rem,calc(100dvh-20rem))] overflow-clip">
        <div className="h-8 border-line border-b" />
        {ROWS.map((row) => (
          <div key={row} className="flex items-center gap-8 border-line border-b px-4" style={{ height: ROW_HEIGHT }}>
            <Skeleton className="w-32 shrink-0" />
            <Skeleton className="w-20 shrink-0" />
            <Skeleton className="w-36 shrink-0" />
            <Skeleton className="hidden w-10 shrink-0 md:block" />
            <Skeleton className="hidden w-10 shrink-0 md:block" />
            <Skeleton className="ml-auto hidden w-16 shrink-0 lg:block" />
          </div>
        ))}
      </div>
      <div className="min-h-10 border-line border-t" />
    </Panel>
  );
}
