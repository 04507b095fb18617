import { classNames } from '@/components/ui/class-names';

/** A grey bar where text will be, in the text's own size, so that nothing jumps when it arrives. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className={classNames('block h-3 animate-breathe rounded-tag bg-mute-soft', className)} />
  );
}
