'use client';

import { useActionState } from 'react';
import { money } from '@/components/console/format';
import { CHANNEL_WORDS, SKIP_WORDS } from '@/components/console/words';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { type ExplainState, explainNumber } from './actions';

type Answer = NonNullable<ExplainState['answer']>;

const isPassedOver = ({ skipped }: Answer, { channel }: Answer['steps'][number]): boolean =>
  skipped.some((each) => each.channel === channel && each.why === 'remembered_not_on_channel');

/** A dry run: what would happen for a number now, step by step, and why each other channel is passed over. */
export function ExplainForm({
  useCases,
  mails,
}: {
  useCases: { id: string; name: string }[];
  /** The country's route has e-mail. */
  mails: boolean;
}) {
  const [{ to, email, useCase, problem, emailProblem, answer }, submit] = useActionState(explainNumber, {
    to: '',
    email: '',
    useCase: 'login',
    problem: null,
    emailProblem: null,
    answer: null,
  });
  return (
    <div className="flex flex-col gap-4 p-4">
      <form action={submit} className="flex flex-col gap-3">
        <Field
          name="to"
          label="Number"
          hint="It is looked at, not kept and not written to."
          error={problem ?? undefined}
        >
          {(wiring) => (
            <Input
              key={to}
              {...wiring}
              name="to"
              type="tel"
              required
              autoComplete="off"
              defaultValue={to}
              className="num"
              placeholder="+55 11 98765 4321"
            />
          )}
        </Field>
        {mails ? (
          <Field name="email" label="E-mail address" optional error={emailProblem ?? undefined}>
            {(wiring) => (
              <Input
                key={email}
                {...wiring}
                name="email"
                type="email"
                autoComplete="off"
                maxLength={254}
                placeholder="person@example.com"
                defaultValue={email}
              />
            )}
          </Field>
        ) : null}
        <Field name="use_case" label="Use case">
          {(wiring) => (
            <Select key={useCase} {...wiring} name="use_case" defaultValue={useCase}>
              {useCases.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <SubmitButton tone="secondary">What would happen?</SubmitButton>
      </form>
      {answer ? (
        <div role="status" className="text-sm">
          {answer.would_send ? null : (
            <FormMessage tone="bad" className="mb-3">
              Nothing would be sent{answer.refusal ? `: ${answer.refusal.replaceAll('_', ' ')}` : ''}.
            </FormMessage>
          )}
          {answer.override ? (
            <FormMessage tone="warn" className="mb-3">
              Fallback first, put in place by hand: {answer.override.reason}
            </FormMessage>
          ) : null}
          <ol className="flex flex-col gap-2">
            {answer.steps.map((step, at) => (
              <li key={`${step.channel} ${step.connection}`} className="flex gap-3">
                <span className="num text-ink-3">{at + 1}</span>
                <span>
                  <span className="font-medium">{CHANNEL_WORDS[step.channel]}</span> through {step.connection}, in{' '}
                  <span className="num">{step.locale}</span>, {money(step.price_micros)}
                  <span className="block text-ink-3 text-xs">
                    {at === answer.starts_at_step
                      ? 'at once'
                      : isPassedOver(answer, step)
                        ? 'passed over'
                        : step.starts_after_seconds === null
                          ? 'when the one before fails'
                          : `after ${step.starts_after_seconds} s of silence${answer.fallback_on_failed ? ', or when the one before fails' : ''}`}
                  </span>
                </span>
              </li>
            ))}
          </ol>
          {answer.skipped.length > 0 ? (
            <ul className="mt-3 flex flex-col gap-1 text-ink-3 text-xs">
              {answer.skipped.map(({ channel, connection, why }) => (
                <li key={`${channel} ${connection} ${why}`}>
                  {CHANNEL_WORDS[channel]}
                  {connection ? ` through ${connection}` : ''}: {SKIP_WORDS[why as keyof typeof SKIP_WORDS] ?? why}
                </li>
              ))}
            </ul>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
