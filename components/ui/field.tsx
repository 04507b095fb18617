import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

type Wiring = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };

/** A label, its control, a hint and an error, tied together for people who cannot see them side by side. */
export function Field({
  name,
  label,
  hint,
  error,
  optional = false,
  className,
  children,
}: {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
  className?: string;
  children: (wiring: Wiring) => ReactNode;
}) {
  const hintId = hint ? `${name}-hint` : null;
  const errorId = error ? `${name}-error` : null;
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={name} className="font-medium text-ink text-sm">
        {label}
        {optional ? <span className="ml-1.5 font-normal text-ink-3">optional</span> : null}
      </label>
      {children({
        id: name,
        'aria-describedby': [errorId, hintId].filter(Boolean).join(' ') || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {error ? (
        <p id={errorId ?? undefined} className="flex gap-1.5 text-bad text-xs">
          <span aria-hidden="true">↳</span>
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={hintId ?? undefined} className="text-ink-3 text-xs">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
