'use client';

import Link from 'next/link';
import { useActionState } from 'react';
import { CHANNEL_WORDS } from '@/components/console/words';
import { buttonStyle } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import type { AlertKind } from '@/lib/domain/alerts/rules';
import { CHANNELS } from '@/lib/domain/channel';
import { type RuleState, saveRule } from './actions';
import { type RuleFields, THRESHOLDS } from './fields';

type Choice = { id: string; name: string };
const idle: RuleState = { typed: null, errors: {}, message: null };

/** A rule as it is written: from when on, over which window, at which messages it looks, and who is told. */
export function RuleForm({
  kind,
  rule,
  fields,
  isEnabled,
  chosen,
  apps,
  connections,
  countries,
  destinations,
  mayWrite,
}: {
  kind: AlertKind;
  /** Null: a new one. */
  rule: string | null;
  fields: Partial<RuleFields>;
  isEnabled: boolean;
  chosen: readonly string[];
  apps: Choice[];
  connections: Choice[];
  countries: Choice[];
  destinations: Choice[];
  mayWrite: boolean;
}) {
  const [{ typed, errors, message }, submit] = useActionState(saveRule, idle);
  const shown: Partial<RuleFields> = typed ?? fields;
  const isCounted = kind !== 'template_not_sendable';
  const text = (name: keyof RuleFields, label: string, hint: string | undefined, isOptional = false) => (
    <Field name={name} label={label} hint={hint} error={errors[name]} optional={isOptional}>
      {(wiring) => (
        <Input
          {...wiring}
          name={name}
          inputMode={name === 'name' ? 'text' : 'decimal'}
          required={!isOptional}
          maxLength={80}
          autoComplete="off"
          className={name === 'name' ? '' : 'num'}
          defaultValue={shown[name] ?? ''}
          key={shown[name] ?? ''}
          disabled={!mayWrite}
        />
      )}
    </Field>
  );
  const choice = (name: keyof RuleFields, label: string, all: string, choices: Choice[]) => (
    <Field name={name} label={label} error={errors[name]}>
      {(wiring) => (
        <Select {...wiring} name={name} defaultValue={shown[name] ?? ''} key={shown[name] ?? ''} disabled={!mayWrite}>
          <option value="">{all}</option>
          {choices.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );

  return (
    <form action={submit} className="flex flex-col gap-5 p-4">
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="rule" value={rule ?? ''} />
      {text('name', 'Name', undefined)}
      {THRESHOLDS[kind].length > 0 ? (
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="sr-only">From when on</legend>
          {THRESHOLDS[kind].map(({ name, label, hint, isOptional }, at) => (
            <div key={name}>{text(at === 0 ? 'first' : 'second', label, hint, isOptional)}</div>
          ))}
        </fieldset>
      ) : null}
      {isCounted ? (
        <fieldset className="grid gap-4 sm:grid-cols-2">
          <legend className="sr-only">Over what</legend>
          {text('window_minutes', 'Window, minutes', kind === 'spend' ? '5 to 1440.' : '5 to 120.')}
          {text('minimum_volume', 'At least, messages', 'Fewer say nothing.')}
        </fieldset>
      ) : (
        <>
          <input type="hidden" name="window_minutes" value={shown.window_minutes ?? '60'} />
          <input type="hidden" name="minimum_volume" value="0" />
        </>
      )}
      <fieldset className="grid gap-4 sm:grid-cols-2">
        <legend className="mb-2 font-medium text-sm">Looks at</legend>
        {choice('app', 'App', 'Every app', apps)}
        {choice('country', 'Country', 'Every country', countries)}
        {choice(
          'channel',
          'Channel',
          'Every channel',
          CHANNELS.map((channel) => ({ id: channel, name: CHANNEL_WORDS[channel] })),
        )}
        {choice('connection', 'Connection', 'Every connection', connections)}
      </fieldset>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium text-sm">Tells</legend>
        {destinations.length === 0 ? (
          <p className="text-ink-3 text-sm">
            Nobody yet:{' '}
            <Link href="/alerts/destinations" className="underline">
              add a destination
            </Link>
            .
          </p>
        ) : (
          <>
            {destinations.map(({ id, name }) => (
              <Checkbox
                key={id}
                name="destinations"
                value={id}
                label={name}
                defaultChecked={chosen.includes(id)}
                disabled={!mayWrite}
              />
            ))}
            <p className="text-ink-3 text-xs">None chosen: all of them.</p>
          </>
        )}
        {errors.destinations ? <p className="text-bad text-xs">{errors.destinations}</p> : null}
      </fieldset>
      <Checkbox name="enabled" label="In force" defaultChecked={isEnabled} disabled={!mayWrite} />
      {message ? <FormMessage tone="bad">{message}</FormMessage> : null}
      {mayWrite ? (
        <div className="flex gap-2">
          <SubmitButton>{rule === null ? 'Add the rule' : 'Save the rule'}</SubmitButton>
          <Link href="/alerts/rules" className={buttonStyle({ tone: 'quiet' })}>
            Cancel
          </Link>
        </div>
      ) : null}
    </form>
  );
}
