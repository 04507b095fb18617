'use client';

import { useActionState } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { SubmitButton } from '@/components/ui/submit-button';
import { type PasswordState, submitPassword } from './actions';

const idle: PasswordState = { kind: 'idle', errors: {}, message: null };

export function PasswordForm({ email }: { email: string }) {
  const [{ kind, errors, message }, submit] = useActionState(submitPassword, idle);
  return (
    <form action={submit} className="flex max-w-sm flex-col gap-4 p-4">
      {/* For the browser's password keeper, which wants to know whose it is. */}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field name="current-password" label="Password now" error={errors.password}>
        {(wiring) => <Input {...wiring} name="password" type="password" required autoComplete="current-password" />}
      </Field>
      <Field
        name="new-password"
        label="New password"
        error={errors.new_password}
        hint="At least 12 characters. A short sentence is easiest to keep."
      >
        {(wiring) => <Input {...wiring} name="new_password" type="password" required autoComplete="new-password" />}
      </Field>
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      {kind === 'done' ? (
        <FormMessage tone="good">Changed. You were signed out everywhere but here.</FormMessage>
      ) : null}
      <div>
        <SubmitButton>Change the password</SubmitButton>
      </div>
    </form>
  );
}
