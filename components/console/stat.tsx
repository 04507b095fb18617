import type { ReactNode } from 'react';

/** A named number. The name is small and first, the number large, what qualifies it below. */
export function Stat({ label, children, note }: { label: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-3 text-xs">{label}</dt>
      <dd className="num mt-0.5 truncate text-ink text-lg">{children}</dd>
      {note ? <dd className="truncate text-ink-3 text-xs">{note}</dd> : null}
    </div>
  );
}
