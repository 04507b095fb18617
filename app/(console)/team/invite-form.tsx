'use client';

import { useActionState, useState } from 'react';
import { SecretBox } from '@/components/console/secret-box';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Role } from '@/lib/domain/actor';
import { type InviteState, invite } from './actions';
import { ROLE_WORDS } from './role-words';

const idle: InviteState = { typed: null, errors: {}, message: null, made: null };

export function InviteForm({ roles }: { roles: Role[] }) {
  const [{ typed, errors, message, made }, submit] = useActionState(invite, idle);
  const [role, setRole] = useState<Role>('analyst');
  return (
    <form action={submit} className="flex flex-col gap-4 p-4">
      {made ? (
        <SecretBox title={`The link for ${made.email}`} value={made.link}>
          Hand it over yourself: it is not sent, and not shown again. It is good for one account, for three days.
        </SecretBox>
      ) : null}
      <Field name="invite-email" label="E-mail" error={errors.email}>
        {(wiring) => (
          <Input
            {...wiring}
            name="email"
            type="email"
            required
            autoComplete="off"
            placeholder="ana@example.com"
            defaultValue={typed?.email ?? ''}
          />
        )}
      </Field>
      <Field name="invite-role" label="Role" error={errors.role} hint={ROLE_WORDS[role].may}>
        {(wiring) => (
          <Select
            {...wiring}
            name="role"
            value={role}
            onChange={(event) => setRole(roles.find((known) => known === event.target.value) ?? 'analyst')}
          >
            {roles.map((each) => (
              <option key={each} value={each}>
                {ROLE_WORDS[each].title}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      <SubmitButton>Make a link</SubmitButton>
    </form>
  );
}
