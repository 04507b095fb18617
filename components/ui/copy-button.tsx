'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';

/** Copies `value`; the mark turns into a tick for two seconds and a screen reader is told. */
export function CopyButton({ value, label, children }: { value: string; label: string; children?: React.ReactNode }) {
  const [isCopied, setCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const Mark = isCopied ? Check : Copy;
  return (
    <>
      <Button
        tone="quiet"
        size={children ? 'small' : 'icon-small'}
        aria-label={label}
        title={label}
        onClick={() => navigator.clipboard.writeText(value).then(() => setCopied(true))}
      >
        <Mark aria-hidden="true" className="size-3.5" />
        {children}
      </Button>
      <span role="status" className="sr-only">
        {isCopied ? 'Copied' : ''}
      </span>
    </>
  );
}
