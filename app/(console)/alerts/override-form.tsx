'use client';

import { Shuffle } from 'lucide-react';
import { useActionState, useId } from 'react';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { OVERRIDE_MINUTES } from '@/lib/domain/routing/override';
import { type OverrideState, putFallbackFirst } from './actions';

const LENGTHS: [minutes: number, words: string][] = [
  [15, '15 minutes'],
  [30, '30 minutes'],
  [60, '1 hour'],
  [120, '2 hours'],
  [240, '4 hours'],
  [480, '8 hours'],
  [1_440, '24 hours'],
];

/** Puts the fallback first for a while, in countries or wherever a connection carries messages. It ends by itself. */
export function OverrideForm({
  countries,
  connection = null,
  alert = null,
  reason,
}: {
  countries: readonly string[];
  connection?: string | null;
  alert?: string | null;
  reason: string;
}) {
  const id = useId();
  const idle: OverrideState = { kind: 'idle', message: null, reason, minutes: String(OVERRIDE_MINUTES.default) };
  const [state, submit] = useActionState(putFallbackFirst, idle);
  return (
    <form action={submit} className="flex flex-col gap-3">
      <input type="hidden" name="countries" value={countries.join(',')} />
      <input type="hidden" name="connection" value={connection ?? ''} />
      <input type="hidden" name="alert" value={alert ?? ''} />
      <div className="flex flex-wrap items-end gap-3">
        <Field name={`${id}-minutes`} label="For" className="w-32">
          {(wiring) => (
            <Select {...wiring} name="minutes" defaultValue={state.minutes} key={state.minutes}>
              {LENGTHS.map(([minutes, words]) => (
                <option key={minutes} value={minutes}>
                  {words}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field name={`${id}-reason`} label="Why" className="min-w-48 flex-1">
          {(wiring) => (
            <Input
              {...wiring}
              name="reason"
              required
              minLength={3}
              maxLength={200}
              autoComplete="off"
              defaultValue={state.reason}
              key={state.reason}
              placeholder="WhatsApp is down in Brazil"
            />
          )}
        </Field>
        <SubmitButton tone="secondary">
          <Shuffle aria-hidden="true" className="size-3.5" />
          Fallback first
        </SubmitButton>
      </div>
      {state.message ? <FormMessage tone={state.kind === 'done' ? 'good' : 'bad'}>{state.message}</FormMessage> : null}
    </form>
  );
}
