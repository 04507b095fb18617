import { classNames } from '@/components/ui/class-names';

/** The mark: two ticks that make a W. The first goes out, the second is right behind it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={classNames('size-5', className)}>
      <path
        d="M2.5 7.5 7.6 17.5 12.4 8"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path
        d="M12.4 8 16.6 17.5 21.5 6"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function Wordmark({ className }: { className?: string }) {
  return (
    <span
      className={classNames('inline-flex items-center gap-2 font-semibold text-base tracking-[-0.015em]', className)}
    >
      <Mark />
      Watchword
    </span>
  );
}
