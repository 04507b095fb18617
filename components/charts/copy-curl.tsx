'use client';

import { Check, Terminal } from 'lucide-react';
import { useEffect, useState } from 'react';

/** Copies the call of the API with the same answer, for this installation. The key is the reader's own: none is shown. */
export function CopyCurl({ query }: { query: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const Mark = isCopied ? Check : Terminal;
  const copy = () =>
    navigator.clipboard
      .writeText(`curl '${location.origin}${query}' \\\n  -H "Authorization: Bearer $WATCHWORD_KEY"`)
      .then(() => setCopied(true));
  return (
    <button
      type="button"
      onClick={copy}
      className="flex h-7 items-center gap-1 rounded-tag px-1.5 hover:bg-hover hover:text-ink"
    >
      <Mark aria-hidden="true" className="size-3" />
      <span role="status">{isCopied ? 'Copied' : 'Copy as API call'}</span>
    </button>
  );
}
