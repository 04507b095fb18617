'use client';

import { useActionState } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { classNames } from '@/components/ui/class-names';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { controlStyle, Input } from '@/components/ui/input';
import { SubmitButton } from '@/components/ui/submit-button';
import { NETWORKS_MAX } from '@/lib/domain/abuse/address-list';
import { type AppFields, type AppState, saveApp } from './actions';

const idle: AppState = { kind: 'idle', typed: null, errors: {}, message: null };
const EMPTY: AppFields = {
  name: '',
  brand: '',
  defaultLocale: '',
  webDomain: '',
  allowedUseCases: [],
  allowedNetworks: '',
};

/** What an app is and what it may ask for. Without `saved` it makes a new one. */
export function AppForm({
  saved,
  useCases,
  isReadOnly = false,
}: {
  saved?: AppFields & { id: string; edits: number };
  useCases: { id: string; name: string }[];
  isReadOnly?: boolean;
}) {
  const [{ kind, typed, errors, message }, submit] = useActionState(saveApp, idle);
  const shown = typed ?? saved ?? EMPTY;
  // A use case that is gone stays in the list, or saving would open the app to everything without a word.
  const gone = shown.allowedUseCases.filter((id) => !useCases.some((known) => known.id === id));
  const choices = [...useCases, ...gone.map((id) => ({ id, name: `${id} (no policy any more)` }))];

  return (
    <form action={submit}>
      <fieldset disabled={isReadOnly} className="flex flex-col gap-5 p-4">
        <input type="hidden" name="id" value={saved?.id ?? ''} />
        <input type="hidden" name="edits" value={saved?.edits ?? 0} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field name="name" label="Name" error={errors.name} hint="For you and your team.">
            {(wiring) => <Input {...wiring} name="name" required maxLength={80} defaultValue={shown.name} />}
          </Field>
          <Field name="brand" label="Brand" error={errors.brand} hint="What people read in the message.">
            {(wiring) => <Input {...wiring} name="brand" required maxLength={40} defaultValue={shown.brand} />}
          </Field>
          <Field
            name="defaultLocale"
            label="Language"
            optional
            error={errors.defaultLocale}
            hint="Where a request brings none. Empty: the country's."
          >
            {(wiring) => (
              <Input
                {...wiring}
                name="defaultLocale"
                placeholder="pt_BR"
                defaultValue={shown.defaultLocale}
                className="num"
              />
            )}
          </Field>
          <Field
            name="webDomain"
            label="WebOTP domain"
            optional
            error={errors.webDomain}
            hint="Browsers fill the code in on this domain."
          >
            {(wiring) => (
              <Input
                {...wiring}
                name="webDomain"
                placeholder="shop.example.com"
                defaultValue={shown.webDomain}
                className="num"
              />
            )}
          </Field>
        </div>

        <fieldset aria-describedby="allowedUseCases-hint">
          <legend className="font-medium text-sm">Allowed use cases</legend>
          <p id="allowedUseCases-hint" className="mt-0.5 mb-2 text-ink-3 text-xs">
            None ticked: all of them. Others are refused with <code className="num">use_case_not_allowed</code>.
          </p>
          <div className="grid gap-x-4 gap-y-1 sm:grid-cols-2 xl:grid-cols-3">
            {choices.map(({ id, name }) => (
              <Checkbox
                key={`${id}${shown.allowedUseCases.includes(id)}`}
                name="allowedUseCases"
                value={id}
                defaultChecked={shown.allowedUseCases.includes(id)}
                label={name}
              />
            ))}
          </div>
          {errors.allowedUseCases ? <p className="mt-1 text-bad text-xs">{errors.allowedUseCases}</p> : null}
        </fieldset>

        <Field
          name="allowedNetworks"
          label="Allowed addresses"
          optional
          error={errors.allowedNetworks}
          hint={`Of the servers that call the API, one address or CIDR block a line, at most ${NETWORKS_MAX}. Empty: from anywhere.`}
        >
          {(wiring) => (
            <textarea
              {...wiring}
              name="allowedNetworks"
              rows={4}
              spellCheck={false}
              placeholder={'203.0.113.0/24\n2001:db8::/32'}
              defaultValue={shown.allowedNetworks}
              className={classNames(controlStyle, 'num py-1.5')}
            />
          )}
        </Field>

        {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
        {kind === 'saved' ? (
          <FormMessage tone="good">Saved. Every process works with it within a second.</FormMessage>
        ) : null}
        {isReadOnly ? null : (
          <div>
            <SubmitButton>{saved ? 'Save' : 'Create the app'}</SubmitButton>
          </div>
        )}
      </fieldset>
    </form>
  );
}
