'use client';

import { startTransition, useActionState, useState } from 'react';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { CHANNELS } from '@/lib/domain/channel';
import type { Entities } from '@/lib/domain/configuration/entities';
import type { Finding } from '@/lib/domain/configuration/lint';
import type { ResponseTimes } from '@/lib/domain/policy/consequences';
import { type PolicyState, savePolicy } from '../actions';
import { NUMBERS, type NumberField, numberOf, type PolicyField, type PolicyFields } from '../fields';
import { useJudgement } from '../use-judgement';
import { lifetimeWords } from '../words';
import { Consequences } from './consequences';

const idle: PolicyState = { kind: 'idle', typed: null, errors: {}, message: null };

const CHOICES = {
  alphabet: { digits: 'Digits', letters_and_digits: 'Letters and digits' },
  codeMode: { same_code: 'The same code', code_per_message: 'A code of its own' },
  resendCode: { same_code: 'The same code', new_code: 'A new code' },
} as const;

/** Every rule of one use case, and beside it what they come to. Saving puts it into the draft. */
export function PolicyForm({
  useCase,
  was,
  start,
  live,
  mayWrite,
  numberPerDay,
  times,
  findings,
  entities,
}: {
  useCase: string;
  /** The entity that the form was made from, so that only what the person changed is taken. */
  was: string;
  start: PolicyFields;
  /** What is published; null where nothing is yet. */
  live: PolicyFields | null;
  mayWrite: boolean;
  numberPerDay: number;
  times: ResponseTimes | null;
  findings: Finding[];
  entities: Entities;
}) {
  const [state, submit, isSaving] = useActionState(savePolicy, idle);
  const [fields, setFields] = useState(state.typed ?? start);
  const [seen, setSeen] = useState(state);
  if (seen !== state) {
    // What was kept may hold what somebody else changed meanwhile.
    setSeen(state);
    if (state.kind === 'taken' && state.typed) setFields(state.typed);
  }
  const judgement = useJudgement(useCase, fields, { errors: state.errors, findings });
  const set = (change: Partial<PolicyFields>) => setFields((before) => ({ ...before, ...change }));
  // What the server said of an earlier try is no word about what was typed since.
  const isAsSent = JSON.stringify(fields) === JSON.stringify(state.typed);
  const errorOf = (field: PolicyField) => judgement.errors[field] ?? (isAsSent ? state.errors[field] : undefined);
  const isChanged = JSON.stringify(fields) !== JSON.stringify(start);

  const number = (field: NumberField, label: string, unit: string, hint: string) => (
    <Field
      name={field}
      label={label}
      error={errorOf(field)}
      hint={<Hint said={hint} live={liveWords(field, live, fields)} />}
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
            min={NUMBERS[field].min}
            max={NUMBERS[field].max}
            value={fields[field]}
            onChange={(event) => set({ [field]: event.target.value })}
            className="num max-w-28"
          />
          <span className="text-ink-3 text-sm">{unit}</span>
        </span>
      )}
    </Field>
  );
  const choice = (field: keyof typeof CHOICES, label: string, hint: string) => (
    <Field
      name={field}
      label={label}
      error={errorOf(field)}
      hint={<Hint said={hint} live={liveWords(field, live, fields)} />}
    >
      {(wiring) => (
        <Select
          {...wiring}
          name={field}
          value={fields[field]}
          onChange={(event) => set({ [field]: event.target.value })}
          className="max-w-60"
        >
          {Object.entries(CHOICES[field]).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );

  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
      <form
        action={submit}
        onSubmit={(event) => {
          // An action on the form would set its selects back to what the page came with.
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          startTransition(() => submit(form));
        }}
      >
        <input type="hidden" name="useCase" value={useCase} />
        <input type="hidden" name="was" value={was} />
        <fieldset disabled={!mayWrite} className="flex flex-col gap-6">
          <legend className="sr-only">Rules of this use case</legend>
          <Panel>
            <PanelHeading title="Life and guesses" />
            <div className="grid gap-5 p-5 sm:grid-cols-2">
              <Field
                name="name"
                label="Name"
                error={errorOf('name')}
                hint={<Hint said="For people; callers use the identifier." live={liveWords('name', live, fields)} />}
                className="sm:col-span-2"
              >
                {(wiring) => (
                  <Input
                    {...wiring}
                    name="name"
                    required
                    maxLength={60}
                    autoComplete="off"
                    value={fields.name}
                    onChange={(event) => set({ name: event.target.value })}
                    className="max-w-80"
                  />
                )}
              </Field>
              {number(
                'lifetimeSeconds',
                'Lifetime',
                lifetimeUnit(fields.lifetimeSeconds),
                '60 to 3,600 s. Login 60–300, payment 600.',
              )}
              {number('checksMax', 'Checks', 'guesses per code', 'After the last wrong one the code is locked.')}
              {number('codeLength', 'Code length', 'characters', 'Below 6 a code is guessed too easily.')}
              {choice('alphabet', 'Drawn from', 'Letters leave out 0, O, 1, I and L. Case does not matter in a check.')}
            </div>
          </Panel>

          <Panel>
            <PanelHeading title="Sending again" />
            <div className="grid gap-5 p-5 sm:grid-cols-2">
              {number('resendsMax', 'Resends', 'per code', 'On top of fallbacks, which follow the country’s route.')}
              {number(
                'resendCooldownSeconds',
                'Cooldown',
                's between two',
                'Asking earlier is refused with the time to wait.',
              )}
              {choice('resendCode', 'A resend carries', 'A new code makes the older message worthless.')}
              {choice('codeMode', 'A fallback carries', 'A code of its own tells exactly which channel converted.')}
            </div>
          </Panel>

          <Panel>
            <PanelHeading title="Channels and transaction" />
            <div className="flex flex-col gap-5 p-5">
              <fieldset>
                <legend className="mb-1.5 font-medium text-sm">Channels that may carry it</legend>
                <div className="flex flex-wrap gap-x-5 gap-y-2">
                  {CHANNELS.filter((channel) => channel !== 'voice' || fields.channels.includes(channel)).map(
                    (channel) => (
                      <Checkbox
                        key={channel}
                        name="channels"
                        value={channel}
                        label={CHANNEL_WORDS[channel]}
                        checked={fields.channels.includes(channel)}
                        onChange={(event) =>
                          set({
                            channels: event.target.checked
                              ? [...fields.channels, channel]
                              : fields.channels.filter((other) => other !== channel),
                          })
                        }
                      />
                    ),
                  )}
                </div>
                <p className="mt-1.5 text-ink-3 text-xs">
                  <Hint
                    said="None chosen: every channel of the country’s route."
                    live={liveWords('channels', live, fields)}
                  />
                </p>
                {errorOf('channels') ? <p className="mt-1 text-bad text-xs">{errorOf('channels')}</p> : null}
              </fieldset>
              <div>
                <Checkbox
                  name="bindsTransaction"
                  value="on"
                  label={<span className="font-medium">The code approves a transaction</span>}
                  checked={fields.bindsTransaction}
                  onChange={(event) => set({ bindsTransaction: event.target.checked })}
                  aria-describedby="bindsTransaction-hint"
                />
                <p id="bindsTransaction-hint" className="mt-1 pl-6 text-ink-3 text-xs">
                  <Hint
                    said="Callers name amount, currency and payee when they ask for the code and again when they check it. A check with others is a wrong code."
                    live={liveWords('bindsTransaction', live, fields)}
                  />
                </p>
              </div>
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
          {state.kind === 'refused' && !state.message && isAsSent ? (
            <FormMessage tone="bad">Nothing was kept: look at the marked fields.</FormMessage>
          ) : null}
          {state.kind === 'taken' && !isChanged ? (
            <FormMessage tone="good">In your draft. Nothing is live before you publish.</FormMessage>
          ) : null}
        </div>
      </form>
      <Consequences
        fields={fields}
        numberPerDay={numberPerDay}
        times={times}
        findings={judgement.findings}
        isStale={judgement.isStale}
        hasErrors={Object.keys(judgement.errors).length > 0}
        entities={entities}
        onFix={
          mayWrite
            ? (field, value) => {
                if (field in NUMBERS) set({ [field]: String(value) });
              }
            : null
        }
      />
    </div>
  );
}

function Hint({ said, live }: { said: string; live: string | null }) {
  return (
    <>
      {said}
      {live === null ? null : <span className="text-accent"> Live: {live}.</span>}
    </>
  );
}

const lifetimeUnit = (typed: string): string => {
  const seconds = numberOf(typed);
  return seconds === null || seconds < 60 || seconds % 60 !== 0 ? 's' : `s = ${lifetimeWords(seconds)}`;
};

/** What is published, where the form says something else. */
function liveWords(field: PolicyField, live: PolicyFields | null, fields: PolicyFields): string | null {
  if (!live || JSON.stringify(live[field]) === JSON.stringify(fields[field])) return null;
  const value = live[field];
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    return value.length === 0
      ? 'all'
      : value.map((name) => CHANNEL_WORDS[name as keyof typeof CHANNEL_WORDS]).join(', ');
  }
  if (field in CHOICES) {
    const words: Readonly<Record<string, string>> = CHOICES[field as keyof typeof CHOICES];
    return (words[value] ?? value).toLowerCase();
  }
  return field.endsWith('Seconds') ? lifetimeWords(Number(value)) : value;
}
