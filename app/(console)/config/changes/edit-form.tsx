'use client';

import { useActionState } from 'react';
import type { ButtonProps } from '@/components/ui/button';
import { FormMessage } from '@/components/ui/form-message';
import { SubmitButton } from '@/components/ui/submit-button';
import type { EditState } from './actions';

/** One button that changes the draft, and beside it why the draft did not take the change. */
export function EditForm({
  action,
  name,
  value,
  ...button
}: {
  action: (previous: EditState, form: FormData) => Promise<EditState>;
  /** The one field that the form sends. */
  name: string;
  value: string;
} & Pick<ButtonProps, 'tone' | 'size' | 'children'>) {
  const [{ message }, submit] = useActionState(action, { message: null });
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      <input type="hidden" name={name} value={value} />
      <SubmitButton {...button} />
    </form>
  );
}
