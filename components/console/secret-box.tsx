import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '@/components/ui/copy-button';

/** Something that is shown once and can never be read again: a key, a link. Announced, because it appears where the eye may not be. */
export function SecretBox({ title, value, children }: { title: string; value: string; children?: ReactNode }) {
  return (
    <div role="status" className="rounded-control bg-good-soft p-3 text-sm">
      <p className="flex items-center gap-2 font-medium text-good">
        <KeyRound aria-hidden="true" className="size-4 shrink-0" />
        {title}
      </p>
      <p className="mt-2 flex items-start gap-1 rounded-control bg-raised py-1 pr-1 pl-2.5">
        <code className="num min-w-0 flex-1 select-all break-all py-1 text-xs">{value}</code>
        <CopyButton value={value} label="Copy it" />
      </p>
      <p className="mt-2 text-ink-2 text-xs">{children ?? 'Copy it now: it is not shown again.'}</p>
    </div>
  );
}
