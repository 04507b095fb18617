'use client';

import { useActionState } from 'react';
import { FormMessage } from '@/components/ui/form-message';
import { SubmitButton } from '@/components/ui/submit-button';
import { removeUseCase } from '../actions';

/** Takes a use case away, in the draft: nothing happens to anyone before it is published. */
export function RemoveForm({ useCase, name }: { useCase: string; name: string }) {
  const [{ message }, submit] = useActionState(removeUseCase, { message: null });
  return (
    <form action={submit} className="flex flex-wrap items-center gap-2">
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      <input type="hidden" name="useCase" value={useCase} />
      <SubmitButton tone="danger" aria-label={`Delete ${name} in the draft`}>
        Delete
      </SubmitButton>
    </form>
  );
}
