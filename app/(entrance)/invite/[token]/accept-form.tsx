'use client';

import { useActionState } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { SubmitButton } from '@/components/ui/submit-button';
import { type AcceptState, submitAcceptance } from './actions';

const idle: AcceptState = { typed: {}, errors: {}, message: null };

/** `isReset`: the address has an account with a name, and only its password is asked for. */
export function AcceptForm({ token, email, isReset }: { token: string; email: string; isReset: boolean }) {
  const [{ typed, errors, message }, submit] = useActionState(submitAcceptance, idle);
  return (
    <form action={submit} className="flex flex-col gap-4">
      <input type="hidden" name="token" value={token} />
      <Field name="email" label="E-mail">
        {(wiring) => (
          <Input {...wiring} type="email" autoComplete="username" readOnly value={email} className="h-10 sm:h-9" />
        )}
      </Field>
      {isReset ? null : (
        <Field name="name" label="Your name" error={errors.name}>
          {(wiring) => (
            <Input
              {...wiring}
              name="name"
              required
              maxLength={80}
              autoComplete="name"
              defaultValue={typed.name ?? ''}
              className="h-10 sm:h-9"
            />
          )}
        </Field>
      )}
      <Field
        name="password"
        label={isReset ? 'New password' : 'Password'}
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
        {isReset ? 'Set the password' : 'Make my account'}
      </SubmitButton>
    </form>
  );
}
