'use client';

import { useActionState } from 'react';
import { SecretBox } from '@/components/console/secret-box';
import { Button, buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Select } from '@/components/ui/select';
import type { Role } from '@/lib/domain/actor';
import { changePerson, type PersonState } from './actions';
import { ROLE_WORDS } from './role-words';

const idle: PersonState = { kind: 'idle', message: null, link: null };

/** Everything that can be changed about one person. Each button says which of it; all work without a script. */
export function PersonForm({
  person,
  isSelf,
  roles,
}: {
  person: { id: string; name: string; role: Role; isDisabled: boolean; hasSecondFactor: boolean };
  isSelf: boolean;
  roles: Role[];
}) {
  const [{ kind, message, link }, submit, isPending] = useActionState(changePerson, idle);
  return (
    <form action={submit} className="flex flex-col gap-3">
      <input type="hidden" name="user" value={person.id} />
      <div className="flex flex-wrap items-end gap-3">
        <Field name="person-role" label={`Role of ${person.name}`} className="w-48">
          {(wiring) => (
            <Select key={person.role} {...wiring} name="role" defaultValue={person.role}>
              {roles.map((role) => (
                <option key={role} value={role}>
                  {ROLE_WORDS[role].title}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" name="change" value="role" isBusy={isPending}>
          Change the role
        </Button>
        <span className="flex flex-wrap gap-2 sm:ml-auto">
          {isSelf || person.isDisabled ? null : (
            <Button type="submit" name="change" value="reset_password">
              Reset the password
            </Button>
          )}
          {person.hasSecondFactor && !isSelf ? (
            <Button type="submit" name="change" value="reset_second_factor" tone="danger">
              Reset the second factor
            </Button>
          ) : null}
          {person.isDisabled ? (
            <Button type="submit" name="change" value="enable">
              Enable
            </Button>
          ) : (
            <details className="open:w-full">
              <summary
                className={classNames(buttonStyle({ tone: 'danger' }), 'list-none [&::-webkit-details-marker]:hidden')}
              >
                Disable…
              </summary>
              <span className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-3 text-sm">
                {isSelf ? 'You are' : `${person.name} is`} signed out everywhere at once.
                <Button type="submit" name="change" value="disable" tone="danger">
                  Disable {person.name}
                </Button>
              </span>
            </details>
          )}
        </span>
      </div>
      {isSelf ? (
        <p className="text-ink-3 text-xs">This is you: what you take away here, you may not be able to give back.</p>
      ) : null}
      {link ? (
        <SecretBox title={`The link for a new password of ${person.name}`} value={link}>
          Hand it over yourself: it is not sent, and not shown again. It is good for one new password, for a day; the
          old one counts until then.
        </SecretBox>
      ) : null}
      {message ? <FormMessage tone={kind === 'done' ? 'good' : 'bad'}>{message}</FormMessage> : null}
    </form>
  );
}
