'use client';

import { useActionState } from 'react';
import { SubmitButton } from '@/components/ui/submit-button';
import { install } from '../actions';

/** One press puts what is missing of a pack into the draft. */
export function InstallForm({
  pack,
  name,
  missing,
  total,
}: {
  pack: string;
  name: string;
  missing: number;
  total: number;
}) {
  const [{ message }, submit] = useActionState(install, { message: null });
  return (
    <form action={submit} className="flex items-center gap-2">
      <input type="hidden" name="pack" value={pack} />
      <span role="status" className="text-ink-3 text-xs">
        {message ?? (missing === 0 ? 'Everything is there.' : null)}
      </span>
      {missing === 0 ? null : (
        <SubmitButton size="small" tone="primary" aria-label={`Install ${name}`}>
          {missing === total ? 'Install' : `Install the other ${missing}`}
        </SubmitButton>
      )}
    </form>
  );
}
