'use client';

import { useActionState } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { PRICE_RULES } from '@/lib/domain/channel';
import { add, type ConnectionState, edit, endOverlap, rotate, setUse, test } from './actions';

export type FormField = { name: string; label: string; isRequired: boolean; hint: string | null };
const idle: ConnectionState = { typed: {}, errors: {}, message: null, tone: 'note' };
const PRICE_RULE_WORDS = {
  submitted: 'When the provider takes a message',
  delivered: 'When a message is delivered',
  any: 'When either happens',
};

/** What is not secret: name, address, settings, when it charges. */
export function PlainFields({
  fields,
  typed,
  errors,
  known,
}: {
  fields: readonly FormField[];
  typed: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  known: { name: string; baseUrl: string; priceRule: string; settings: Readonly<Record<string, string>> };
}) {
  const value = (name: string, otherwise: string) => typed[name] ?? otherwise;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field name="name" label="Name" error={errors.name} hint="As routes and timelines show it.">
        {(wiring) => (
          <Input
            key={value('name', known.name)}
            {...wiring}
            name="name"
            required
            maxLength={80}
            defaultValue={value('name', known.name)}
          />
        )}
      </Field>
      <Field
        name="base_url"
        label="Address of the API"
        error={errors.base_url}
        hint="The provider’s own, unless you go through a proxy."
      >
        {(wiring) => (
          <Input
            key={value('base_url', known.baseUrl)}
            {...wiring}
            name="base_url"
            className="num"
            defaultValue={value('base_url', known.baseUrl)}
          />
        )}
      </Field>
      {fields.map(({ name, label, isRequired, hint }) => {
        const field = `settings.${name}`;
        const shown = value(field, known.settings[name] ?? '');
        return (
          <Field
            key={name}
            name={field}
            label={label}
            optional={!isRequired}
            hint={hint ?? undefined}
            error={errors[field]}
          >
            {(wiring) => <Input key={shown} {...wiring} name={field} className="num" defaultValue={shown} />}
          </Field>
        );
      })}
      <Field name="price_rule" label="It charges" error={errors.price_rule}>
        {(wiring) => (
          <Select
            key={value('price_rule', known.priceRule)}
            {...wiring}
            name="price_rule"
            defaultValue={value('price_rule', known.priceRule)}
          >
            {PRICE_RULES.map((rule) => (
              <option key={rule} value={rule}>
                {PRICE_RULE_WORDS[rule]}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}

/** Secrets go in and never come back out: not into the page, not after a mistake. */
function SecretFields({
  fields,
  errors,
  idPrefix = '',
}: {
  fields: readonly FormField[];
  errors: Readonly<Record<string, string>>;
  /** Where two forms of one page ask for the same. */
  idPrefix?: string;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {fields.map(({ name, label, isRequired, hint }) => {
        const field = `credentials.${name}`;
        const isLong = name.includes('private_key');
        return (
          <Field
            key={name}
            name={`${idPrefix}${field}`}
            label={label}
            optional={!isRequired}
            hint={hint ?? undefined}
            error={errors[field]}
            className={isLong ? 'sm:col-span-2' : ''}
          >
            {(wiring) =>
              isLong ? (
                <textarea
                  {...wiring}
                  name={field}
                  rows={4}
                  required={isRequired}
                  autoComplete="off"
                  spellCheck={false}
                  className="num w-full rounded-control border border-control bg-raised px-2.5 py-1.5 text-xs"
                />
              ) : (
                <Input
                  {...wiring}
                  name={field}
                  type="password"
                  autoComplete="new-password"
                  required={isRequired}
                  className="num"
                />
              )
            }
          </Field>
        );
      })}
    </div>
  );
}

export function AddForm({
  provider,
  settings,
  credentials,
  defaultBaseUrl,
}: {
  provider: string;
  settings: readonly FormField[];
  credentials: readonly FormField[];
  defaultBaseUrl: string;
}) {
  const [{ typed, errors, message, tone }, submit] = useActionState(add, idle);
  return (
    <form action={submit} className="flex flex-col gap-5 p-4">
      <input type="hidden" name="provider" value={provider} />
      <PlainFields
        fields={settings}
        typed={typed}
        errors={errors}
        known={{ name: '', baseUrl: defaultBaseUrl, priceRule: 'submitted', settings: {} }}
      />
      <fieldset>
        <legend className="mb-3 font-medium text-sm">
          Credentials <span className="font-normal text-ink-3">sealed at once, never shown again</span>
        </legend>
        <SecretFields fields={credentials} errors={errors} />
      </fieldset>
      {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
      <div className="flex justify-end">
        <SubmitButton>Add the connection</SubmitButton>
      </div>
    </form>
  );
}

export function EditForm({
  connection,
  fields,
  credentials,
}: {
  connection: {
    publicId: string;
    name: string;
    baseUrl: string;
    priceRule: string;
    settings: Readonly<Record<string, string>>;
  };
  fields: readonly FormField[];
  credentials: readonly FormField[];
}) {
  const [{ typed, errors, message, tone, asksCredentials }, submit] = useActionState(edit, idle);
  return (
    // Whoever puts the old address back need not enter credentials: the server says what is missing.
    <form action={submit} noValidate={asksCredentials} className="flex flex-col gap-5 p-4">
      <input type="hidden" name="connection" value={connection.publicId} />
      <PlainFields fields={fields} typed={typed} errors={errors} known={connection} />
      {asksCredentials ? (
        <fieldset>
          <legend className="mb-3 font-medium text-sm">
            Credentials for the new address{' '}
            <span className="font-normal text-ink-3">sealed at once, never shown again</span>
          </legend>
          <SecretFields fields={credentials} errors={errors} idPrefix="edit." />
        </fieldset>
      ) : null}
      {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
      <div className="flex justify-end">
        <SubmitButton>Save</SubmitButton>
      </div>
    </form>
  );
}

export function RotateForm({
  connectionId,
  fields,
  hasPrevious,
}: {
  connectionId: string;
  fields: readonly FormField[];
  hasPrevious: boolean;
}) {
  const [{ errors, message, tone }, submit] = useActionState(rotate, idle);
  const [ended, end] = useActionState(endOverlap, idle);
  return (
    <div className="flex flex-col gap-4 p-4">
      <form action={submit} className="flex flex-col gap-4">
        <input type="hidden" name="connection" value={connectionId} />
        <SecretFields fields={fields} errors={errors} />
        {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
        <div className="flex justify-end">
          <SubmitButton tone="secondary">Use these from now on</SubmitButton>
        </div>
      </form>
      {hasPrevious ? (
        <form action={end} className="flex flex-wrap items-center gap-3 border-line border-t pt-4">
          <input type="hidden" name="connection" value={connectionId} />
          <p className="min-w-48 flex-1 text-ink-3 text-sm">
            Callbacks signed with the credentials before are still believed, so that nothing on its way is lost. Once
            the provider signs with the new ones, end this: until then, another rotation keeps those from before and
            lets go of the ones in use.
          </p>
          <SubmitButton tone="danger">Believe only the new ones</SubmitButton>
        </form>
      ) : null}
      {ended.message ? <FormMessage tone={ended.tone}>{ended.message}</FormMessage> : null}
    </div>
  );
}

export function TestForm({ connectionId }: { connectionId: string }) {
  const [{ message, tone }, submit] = useActionState(test, idle);
  return (
    <form action={submit} className="flex flex-col gap-3">
      <input type="hidden" name="connection" value={connectionId} />
      <SubmitButton tone="secondary">Test it</SubmitButton>
      {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
    </form>
  );
}

export function UseForm({
  connectionId,
  isEnabled,
  carried,
}: {
  connectionId: string;
  isEnabled: boolean;
  carried: string;
}) {
  const [{ message, tone }, submit] = useActionState(setUse, idle);
  return (
    <form action={submit} className="flex flex-col gap-3">
      <input type="hidden" name="connection" value={connectionId} />
      <input type="hidden" name="enabled" value={isEnabled ? 'no' : 'yes'} />
      <p className="text-ink-3 text-sm">
        {isEnabled
          ? `It carried ${carried} messages in the last 7 days. Switched off, new codes take another way; what is on its way, and its callbacks, go on.`
          : 'It is switched off: no new code goes through it. Its callbacks are heard.'}
      </p>
      <SubmitButton tone={isEnabled ? 'danger' : 'primary'}>
        {isEnabled ? 'Switch it off' : 'Switch it on'}
      </SubmitButton>
      {message ? <FormMessage tone={tone}>{message}</FormMessage> : null}
    </form>
  );
}
