'use client';

import { useActionState } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { SubmitButton } from '@/components/ui/submit-button';
import { type SignInState, submitSignIn } from './actions';

const idle: SignInState = { kind: 'idle', email: '' };

export function SignInForm({ next }: { next: string }) {
  const [state, submit] = useActionState(submitSignIn, idle);

  return (
    <form action={submit} className="flex flex-col gap-4">
      <input type="hidden" name="next" value={next} />
      <Field name="email" label="E-mail">
        {(wiring) => (
          <Input
            {...wiring}
            key={state.email}
            name="email"
            type="email"
            autoComplete="username"
            required
            defaultValue={state.email}
            className="h-10 sm:h-9"
          />
        )}
      </Field>
      <Field name="password" label="Password">
        {(wiring) => (
          <Input
            {...wiring}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            className="h-10 sm:h-9"
          />
        )}
      </Field>
      {state.kind === 'refused' ? (
        <FormMessage tone="bad">
          That e-mail and password do not match an account. After five tries there is a pause.
        </FormMessage>
      ) : null}
      {state.kind === 'throttled' ? (
        <FormMessage tone="warn">
          Too many tries. Wait {state.minutes} {state.minutes === 1 ? 'minute' : 'minutes'} and try again.
        </FormMessage>
      ) : null}
      <SubmitButton size="large" className="mt-1">
        Sign in
      </SubmitButton>
    </form>
  );
}
