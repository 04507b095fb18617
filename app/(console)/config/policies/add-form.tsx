'use client';

import { Plus } from 'lucide-react';
import { useActionState, useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SubmitButton } from '@/components/ui/submit-button';
import { identifierOf } from '@/lib/domain/policy/use-case-name';
import { addUseCase } from './actions';

/** A use case of one's own: a name, from which its identifier follows. */
export function AddForm() {
  const [state, submit] = useActionState(addUseCase, { name: '', error: null });
  const [name, setName] = useState(state.name);
  const identifier = identifierOf(name);
  return (
    <form action={submit} className="flex flex-col gap-2 p-4">
      <Field
        name="name"
        label="Add a use case"
        error={state.error ?? undefined}
        hint={
          identifier === null ? (
            'Callers name it by an identifier made from its name. It starts with the rules of a login.'
          ) : (
            <>
              Callers send <span className="num text-ink-2">use_case: {identifier}</span>
            </>
          )
        }
      >
        {(wiring) => (
          <span className="flex gap-2">
            <Input
              {...wiring}
              name="name"
              required
              maxLength={60}
              placeholder="Loan approval"
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <SubmitButton tone="secondary" size="medium">
              <Plus aria-hidden="true" className="size-3.5" /> Add
            </SubmitButton>
          </span>
        )}
      </Field>
    </form>
  );
}
