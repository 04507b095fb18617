'use client';

import { type ReactNode, useActionState } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import type { ChangeState } from './actions';

/** Asks why, then acts: publish, or go back. What was typed stays when it is refused. */
export function NoteForm({
  action,
  hidden,
  button,
  hint,
}: {
  action: (previous: ChangeState, form: FormData) => Promise<ChangeState>;
  hidden: Readonly<Record<string, string | number>>;
  button: ReactNode;
  hint: string;
}) {
  const [{ note, message }, submit] = useActionState(action, { note: '', message: null });
  return (
    <form action={submit} className="flex flex-col gap-3">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Field name="note" label="Why" hint={hint}>
        {(wiring) => (
          <textarea
            key={note}
            {...wiring}
            name="note"
            required
            rows={3}
            maxLength={500}
            defaultValue={note}
            className="w-full resize-y rounded-control border border-control bg-surface px-3 py-2 text-sm"
          />
        )}
      </Field>
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      {button}
    </form>
  );
}
