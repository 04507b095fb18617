'use client';

import { useActionState } from 'react';
import { SecretBox } from '@/components/console/secret-box';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { SCOPES, type Scope } from '@/lib/domain/actor';
import { addKey, type NewKeyState } from '../actions';

const idle: NewKeyState = { kind: 'idle', typed: null, errors: {}, message: null, secret: null };
const SCOPE_WORDS: Record<Scope, string> = {
  'verifications:write': 'issue, check, resend, cancel',
  'verifications:read': 'read verifications',
  'analytics:read': 'read analytics',
  'config:read': 'read the configuration',
};

export function NewKeyForm({ app }: { app: string }) {
  const [{ typed, errors, message, secret }, submit] = useActionState(addKey, idle);
  const scopes = typed?.scopes ?? [...SCOPES];
  return (
    <form action={submit} aria-label="New key" className="flex flex-col gap-4 p-4">
      <input type="hidden" name="app" value={app} />
      {secret ? <SecretBox title="The new key" value={secret} /> : null}
      <Field name="key-name" label="Name" error={errors.name} hint="Where it is used.">
        {(wiring) => (
          <Input
            {...wiring}
            name="name"
            required
            maxLength={80}
            placeholder="Backend"
            defaultValue={typed?.name ?? ''}
          />
        )}
      </Field>
      <Field name="mode" label="Mode" hint="A test key sends nothing; its code is all zeros.">
        {(wiring) => (
          <Select key={typed?.mode} {...wiring} name="mode" defaultValue={typed?.mode ?? 'test'}>
            <option value="test">Test</option>
            <option value="live">Live</option>
          </Select>
        )}
      </Field>
      <fieldset>
        <legend className="mb-1.5 font-medium text-sm">Scopes</legend>
        <div className="flex flex-col gap-1">
          {SCOPES.map((scope) => (
            <Checkbox
              key={`${scope}${scopes.includes(scope)}`}
              name="scopes"
              value={scope}
              defaultChecked={scopes.includes(scope)}
              label={
                <>
                  <span className="num text-xs">{scope}</span>
                  <span className="block text-ink-3 text-xs">{SCOPE_WORDS[scope]}</span>
                </>
              }
            />
          ))}
        </div>
        {errors.scopes ? <p className="mt-1 text-bad text-xs">{errors.scopes}</p> : null}
      </fieldset>
      <Field
        name="days"
        label="Ends after"
        optional
        error={errors.lifetimeDays}
        hint="Days. Empty: it does not end by itself."
      >
        {(wiring) => (
          <Input
            {...wiring}
            name="days"
            inputMode="numeric"
            placeholder="365"
            defaultValue={typed?.days ?? ''}
            className="num"
          />
        )}
      </Field>
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      <SubmitButton>Create the key</SubmitButton>
    </form>
  );
}
