import { duration } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';

export function Duration({ ms, className }: { ms: number | null; className?: string }) {
  if (ms === null) return <span className={classNames('text-ink-3', className)}>–</span>;
  return <span className={classNames('num whitespace-nowrap', className)}>{duration(ms)}</span>;
}
