import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

const LOOK = {
  bad: { icon: CircleAlert, look: 'bg-bad-soft text-bad' },
  good: { icon: CircleCheck, look: 'bg-good-soft text-good' },
  warn: { icon: TriangleAlert, look: 'bg-warn-soft text-warn' },
  note: { icon: Info, look: 'bg-mute-soft text-ink-2' },
} as const;

/** What came of a form, in place. `bad` interrupts a screen reader, the others wait their turn. */
export function FormMessage({
  tone,
  children,
  className,
}: {
  tone: keyof typeof LOOK;
  children: ReactNode;
  className?: string;
}) {
  const { icon: Icon, look } = LOOK[tone];
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={classNames('flex gap-2 rounded-control px-3 py-2 text-sm', look, className)}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
