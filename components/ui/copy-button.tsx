'use client';

import { Check, Copy } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { useCopied } from '@/components/ui/use-copied';

/** Copies `value`; the mark turns into a tick for two seconds and a screen reader is told. */
export function CopyButton({ value, label, children }: { value: string; label: string; children?: React.ReactNode }) {
  const { isCopied, status, copy } = useCopied();
  const Mark = isCopied ? Check : Copy;
  return (
    <>
      <Button
        tone="quiet"
        size={children ? 'small' : 'icon-small'}
        aria-label={label}
        title={label}
        onClick={() => copy(value)}
      >
        <Mark aria-hidden="true" className="size-3.5" />
        {children}
      </Button>
      <span role="status" className="sr-only">
        {status}
      </span>
    </>
  );
}
