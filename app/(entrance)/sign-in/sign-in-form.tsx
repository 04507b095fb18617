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
  if (state.kind === 'second_factor') return <CodeForm state={state} submit={submit} next={next} />;

  return (
    <form action={submit} className="flex flex-col gap-4">
      <input type="hidden" name="next" value={next} />
      <Field name="email" label="E-mail">
        {(wiring) => (
          <Input
            key={state.email}
            {...wiring}
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
      {state.kind === 'throttled' ? <Pause minutes={state.minutes} /> : null}
      {state.kind === 'busy' ? (
        <FormMessage tone="warn">Too many people are signing in just now. Try again in a moment.</FormMessage>
      ) : null}
      {state.kind === 'expired' ? (
        <FormMessage tone="warn">That took too long. Enter the password once more.</FormMessage>
      ) : null}
      <SubmitButton size="large" className="mt-1">
        Sign in
      </SubmitButton>
    </form>
  );
}

/** The second step: the password was right, and the account asks for a code as well. */
function CodeForm({
  state,
  submit,
  next,
}: {
  state: Extract<SignInState, { kind: 'second_factor' }>;
  submit: (form: FormData) => void;
  next: string;
}) {
  return (
    <form action={submit} className="flex flex-col gap-4">
      <input type="hidden" name="next" value={next} />
      <input type="hidden" name="email" value={state.email} />
      <input type="hidden" name="ticket" value={state.ticket} />
      <Field
        name="code"
        label="Code"
        hint="Six digits from your authenticator app. Without the phone: one of your recovery codes."
      >
        {(wiring) => (
          <Input
            {...wiring}
            name="code"
            required
            autoFocus
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            className="num h-10 sm:h-9"
          />
        )}
      </Field>
      {state.problem === 'wrong' ? (
        <FormMessage tone="bad">
          That code is wrong, or it was used before. A new one comes every 30 seconds.
        </FormMessage>
      ) : null}
      {typeof state.problem === 'number' ? <Pause minutes={state.problem} /> : null}
      <SubmitButton size="large" className="mt-1">
        Sign in
      </SubmitButton>
      {/* A plain link: it forgets the ticket, which a navigation inside the page would keep. */}
      <a
        href={next ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in'}
        className="text-ink-3 text-xs underline"
      >
        Begin again as {state.email}, or as somebody else
      </a>
    </form>
  );
}

function Pause({ minutes }: { minutes: number }) {
  return (
    <FormMessage tone="warn">
      Too many tries. Wait {minutes} {minutes === 1 ? 'minute' : 'minutes'} and try again.
    </FormMessage>
  );
}
