'use client';

import { Check, Terminal } from 'lucide-react';
import { useCopied } from '@/components/ui/use-copied';

/** Copies the call of the API with the same answer, for this installation. The key is the reader's own: none is shown. */
export function CopyCurl({ query }: { query: string }) {
  const { isCopied, status, copy } = useCopied();
  const Mark = isCopied ? Check : Terminal;
  return (
    <>
      <button
        type="button"
        onClick={() => copy(`curl '${location.origin}${query}' \\\n  -H "Authorization: Bearer $WATCHWORD_KEY"`)}
        className="flex h-7 items-center gap-1 rounded-tag px-1.5 hover:bg-hover hover:text-ink"
      >
        <Mark aria-hidden="true" className="size-3" />
        {isCopied ? 'Copied' : 'Copy as API call'}
      </button>
      <span role="status" className="sr-only">
        {status}
      </span>
    </>
  );
}
