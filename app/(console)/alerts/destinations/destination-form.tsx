'use client';

import { useActionState, useState } from 'react';
import { SecretBox } from '@/components/console/secret-box';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { addAlertDestination, type DestinationState } from './actions';

const idle: DestinationState = { typed: null, errors: {}, message: null, made: null };

export function DestinationForm({ hasMail }: { hasMail: boolean }) {
  const [{ typed, errors, message, made }, submit] = useActionState(addAlertDestination, idle);
  const [kind, setKind] = useState('webhook');
  return (
    <form action={submit} className="flex flex-col gap-4 p-4">
      {made?.secret ? (
        <SecretBox title={`The signing secret of ${made.name}`} value={made.secret}>
          Its receiver checks every event with it, after Standard Webhooks. Copy it now: it is not shown again.
        </SecretBox>
      ) : made ? (
        <FormMessage tone="good">{made.name} is told from now on.</FormMessage>
      ) : null}
      <Field
        name="kind"
        label="Kind"
        hint={
          kind === 'email' && !hasMail
            ? 'There is no SMTP connection in use: letters wait until there is one.'
            : undefined
        }
      >
        {(wiring) => (
          <Select {...wiring} name="kind" value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="webhook">Webhook</option>
            <option value="email">E-mail</option>
          </Select>
        )}
      </Field>
      <Field name="name" label="Name" error={errors.name}>
        {(wiring) => (
          <Input
            {...wiring}
            name="name"
            required
            maxLength={80}
            autoComplete="off"
            placeholder="On call"
            defaultValue={typed?.name ?? ''}
            key={typed?.name ?? ''}
          />
        )}
      </Field>
      <Field
        name="address"
        label={kind === 'email' ? 'E-mail' : 'Address'}
        error={errors.address}
        hint={kind === 'email' ? 'A mailbox of your team.' : 'https only. It gets alert.opened and alert.resolved.'}
      >
        {(wiring) => (
          <Input
            {...wiring}
            name="address"
            type={kind === 'email' ? 'email' : 'url'}
            required
            maxLength={500}
            autoComplete="off"
            placeholder={kind === 'email' ? 'oncall@example.com' : 'https://hooks.example.com/watchword'}
            defaultValue={typed?.address ?? ''}
            key={`${kind} ${typed?.address ?? ''}`}
          />
        )}
      </Field>
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      <SubmitButton>Add the destination</SubmitButton>
    </form>
  );
}
