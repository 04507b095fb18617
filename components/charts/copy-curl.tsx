'use client';

import { Check, Terminal } from 'lucide-react';
import type { ApiCall } from '@/components/charts/api-call';
import { useCopied } from '@/components/ui/use-copied';

/** What differs between the panel and the answer: no key asks for several apps. */
const OF_APPS: Record<ApiCall['apps'], string> = {
  all: 'The console shows all apps here; a key answers for its own app alone.',
  chosen: 'The console is filtered by app here; a key answers for its own app alone, whatever is asked.',
};

/** Copies the call of the API with the same answer, for this installation. The key is the reader's own: none is shown. */
export function CopyCurl({ query: { path, apps, note } }: { query: ApiCall }) {
  const { isCopied, status, copy } = useCopied();
  const told = [OF_APPS[apps], ...(note ? [note] : [])];
  const Mark = isCopied ? Check : Terminal;
  return (
    <>
      <button
        type="button"
        title={told.join(' ')}
        onClick={() =>
          copy(
            // Not as a comment: an interactive zsh takes a # for a command.
            `: '${told.join(' ')}'\ncurl '${location.origin}${path}' \\\n  -H "Authorization: Bearer $WATCHWORD_KEY"`,
          )
        }
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
