'use client';

import { startTransition, useActionState, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SEND_LIMIT_BOUNDS } from '@/lib/domain/verification/limits';
import { type LimitsState, saveLimits } from '../actions';
import { numberOf } from '../fields';
import type { LimitField, LimitFields } from './fields';

const idle: LimitsState = { kind: 'idle', typed: null, errors: {}, message: null };

const ABOUT: Readonly<Record<LimitField, { label: string; unit: string; hint: string }>> = {
  numberPer10Minutes: {
    label: 'Per number, in 10 minutes',
    unit: 'codes',
    hint: 'Protects a person from being bombed. A resend counts like a new code.',
  },
  numberPerDay: { label: 'Per number, in a day', unit: 'codes', hint: 'At least what 10 minutes allow.' },
  prefixPerHour: {
    label: 'Per prefix, in an hour',
    unit: 'codes that nobody entered',
    hint: 'A prefix is a number without its last four digits. An approval gives one back, so real people hardly meet it; a pumped range does.',
  },
  ipPerHour: {
    label: 'Per address of the end user, in an hour',
    unit: 'codes',
    hint: 'Counts only where the app sends client.ip; an IPv6 /64 is one address. Mobile carriers put many people behind one.',
  },
};

/** The send limits of the installation. Saving puts them into the draft. */
export function LimitsForm({
  was,
  start,
  live,
  mayWrite,
}: {
  was: string;
  start: LimitFields;
  live: LimitFields;
  mayWrite: boolean;
}) {
  const [state, submit, isSaving] = useActionState(saveLimits, idle);
  const [fields, setFields] = useState(state.typed ?? start);
  const [seen, setSeen] = useState(state);
  if (seen !== state) {
    // What was kept may hold what somebody else changed meanwhile.
    setSeen(state);
    if (state.kind === 'taken' && state.typed) setFields(state.typed);
  }
  const [edited, setEdited] = useState<ReadonlySet<string>>(new Set());
  const isChanged = JSON.stringify(fields) !== JSON.stringify(start);
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
      <form
        action={submit}
        onSubmit={(event) => {
          event.preventDefault();
          setEdited(new Set());
          const form = new FormData(event.currentTarget);
          startTransition(() => submit(form));
        }}
      >
        <input type="hidden" name="was" value={was} />
        <fieldset disabled={!mayWrite}>
          <legend className="sr-only">Send limits</legend>
          <Panel>
            <div className="grid gap-5 p-5 sm:grid-cols-2">
              {(Object.keys(ABOUT) as LimitField[]).map((field) => (
                <Field
                  key={field}
                  name={field}
                  label={ABOUT[field].label}
                  error={edited.has(field) ? undefined : state.errors[field]}
                  hint={
                    <>
                      {ABOUT[field].hint}
                      {live[field] === fields[field] ? null : (
                        <span className="text-accent"> Live: {live[field]}.</span>
                      )}
                    </>
                  }
                >
                  {(wiring) => (
                    <span className="flex items-center gap-2">
                      <Input
                        {...wiring}
                        name={field}
                        type="number"
                        inputMode="numeric"
                        required
                        step={1}
                        min={SEND_LIMIT_BOUNDS[field].min}
                        max={SEND_LIMIT_BOUNDS[field].max}
                        value={fields[field]}
                        onChange={(event) => {
                          setFields({ ...fields, [field]: event.target.value });
                          setEdited(new Set([...edited, field]));
                        }}
                        className="num max-w-28"
                      />
                      <span className="text-ink-3 text-sm">{ABOUT[field].unit}</span>
                    </span>
                  )}
                </Field>
              ))}
            </div>
          </Panel>
        </fieldset>
        <div className="mt-4 flex min-h-10 flex-wrap items-center gap-3">
          {mayWrite ? (
            <Button type="submit" tone="primary" size="large" isBusy={isSaving}>
              Save to draft
            </Button>
          ) : (
            <p className="text-ink-3 text-sm">Your role may look, not change.</p>
          )}
          {state.message ? <FormMessage tone="bad">{state.message}</FormMessage> : null}
          {state.kind === 'taken' && !isChanged ? (
            <FormMessage tone="good">In your draft. Nothing is live before you publish.</FormMessage>
          ) : null}
        </div>
      </form>
      <Panel>
        <PanelHeading title="What this comes to" hint="as you type" />
        <ul className="divide-y divide-line text-ink-2 text-sm">
          {sentences(fields).map((sentence) => (
            <li key={sentence} className="px-4 py-3">
              {sentence}
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function sentences(fields: LimitFields): string[] {
  const [short, day, prefix, address] = (
    ['numberPer10Minutes', 'numberPerDay', 'prefixPerHour', 'ipPerHour'] as const
  ).map((field) => numberOf(fields[field]));
  const said: string[] = [];
  if (short && day) {
    said.push(
      day < short
        ? 'A day would allow less than 10 minutes do: that cannot be.'
        : `One phone receives at most ${day} codes a day, ${short} of them in a row. Somebody who types slowly and asks for every resend needs about 4.`,
    );
  }
  if (prefix) {
    said.push(
      `A range of 10,000 numbers gets at most ${prefix} codes an hour that nobody enters: ${(prefix * 24).toLocaleString('en')} a day is the most that pumping it can cost.`,
    );
  }
  if (address) {
    said.push(
      `Behind one address ${address === 1 ? 'one code goes' : `${address} codes go`} out an hour. A shop, a school or a mobile carrier may need more.`,
    );
  }
  return said;
}
