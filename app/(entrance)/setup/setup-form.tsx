'use client';

import { useActionState } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { SubmitButton } from '@/components/ui/submit-button';
import { type SetupState, submitSetup } from './actions';

const idle: SetupState = { kind: 'idle', typed: {}, errors: {}, message: null };

export function SetupForm({ token }: { token: string }) {
  const [{ typed, errors, message }, submit] = useActionState(submitSetup, idle);

  return (
    <form action={submit} className="flex flex-col gap-4">
      <Field name="token" label="One-time token" error={errors.token}>
        {(wiring) => (
          <Input
            {...wiring}
            name="token"
            required
            autoComplete="off"
            defaultValue={typed.token ?? token}
            className="num h-10 sm:h-9"
          />
        )}
      </Field>
      <Field name="name" label="Your name" error={errors.name}>
        {(wiring) => (
          <Input
            {...wiring}
            name="name"
            required
            autoComplete="name"
            defaultValue={typed.name ?? ''}
            className="h-10 sm:h-9"
          />
        )}
      </Field>
      <Field name="email" label="E-mail" error={errors.email}>
        {(wiring) => (
          <Input
            {...wiring}
            name="email"
            type="email"
            required
            autoComplete="username"
            defaultValue={typed.email ?? ''}
            className="h-10 sm:h-9"
          />
        )}
      </Field>
      <Field
        name="password"
        label="Password"
        error={errors.password}
        hint="At least 12 characters. A short sentence is easiest to keep."
      >
        {(wiring) => (
          <Input
            {...wiring}
            name="password"
            type="password"
            required
            autoComplete="new-password"
            className="h-10 sm:h-9"
          />
        )}
      </Field>
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      <SubmitButton size="large" className="mt-1">
        Create the owner
      </SubmitButton>
    </form>
  );
}
