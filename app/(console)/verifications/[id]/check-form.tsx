'use client';

import { useActionState } from 'react';
import { money } from '@/components/console/format';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { VerificationResource } from '@/lib/contract/verifications';
import type { CheckOutcome } from '@/lib/domain/verification/states';
import { type CheckState, submitCheck } from './actions';

const idle: CheckState = { kind: 'idle' };

const SAID: Record<CheckOutcome, string> = {
  approved: 'Right code. Approved.',
  mismatch: 'Wrong code.',
  expired: 'The code has expired.',
  locked: 'Every check was used. Locked.',
  closed: 'This verification has ended.',
};

/** Types the code for the person who holds the phone; counts like any other check. */
export function CheckForm({
  id,
  isTest,
  checksRemaining,
  transaction,
  binds,
}: {
  id: string;
  isTest: boolean;
  checksRemaining: number;
  transaction: VerificationResource['transaction'];
  /** The code approves this transaction and no other. */
  binds: boolean;
}) {
  const [state, submit] = useActionState(submitCheck, idle);
  return (
    <Panel>
      <PanelHeading
        title="Check a code"
        hint={`${checksRemaining} ${checksRemaining === 1 ? 'check' : 'checks'} left`}
      />
      <form action={submit} className="flex flex-col gap-3 p-4">
        <input type="hidden" name="id" value={id} />
        {binds && transaction ? (
          <>
            <input type="hidden" name="transaction" value={JSON.stringify(transaction)} />
            <p className="text-ink-2 text-sm">
              Approves{' '}
              <span className="num font-medium text-ink">{money(transaction.amount, transaction.currency)}</span> to{' '}
              <span className="break-words font-medium text-ink">{transaction.payee}</span>, and nothing else.
            </p>
          </>
        ) : null}
        <Field
          name="code"
          label="Code from the phone"
          error={state.kind === 'invalid' ? state.message : undefined}
          hint={isTest ? 'In test mode the code is all zeros.' : undefined}
        >
          {(wiring) => (
            <span className="flex gap-2">
              <Input
                {...wiring}
                name="code"
                autoComplete="one-time-code"
                pattern="[0-9A-Za-z \-]*"
                maxLength={40}
                autoCapitalize="characters"
                spellCheck={false}
                required
                placeholder="••••••"
                className="num uppercase tracking-[0.3em] placeholder:tracking-[0.3em]"
              />
              <SubmitButton>Check</SubmitButton>
            </span>
          )}
        </Field>
        {state.kind === 'checked' && state.outcome !== 'approved' ? (
          <FormMessage tone="warn">
            {SAID[state.outcome]}
            {state.outcome === 'mismatch' ? ` ${state.checksRemaining} left.` : ''}
          </FormMessage>
        ) : null}
      </form>
    </Panel>
  );
}
