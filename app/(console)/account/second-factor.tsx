'use client';

import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useActionState } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { type FactorState, submitSecondFactor } from './actions';

const idle: FactorState = { kind: 'idle', errors: {}, message: null, recoveryCodes: null };
type Pending = { secret: string; uri: string; picture: { size: number; path: string } };

/** One form for the whole life of a second factor: off, shown and not yet confirmed, on. */
export function SecondFactor({
  isOn,
  recoveryCodesLeft,
  pending,
}: {
  isOn: boolean;
  recoveryCodesLeft: number;
  pending: Pending | null;
}) {
  const [state, submit, isPending] = useActionState(submitSecondFactor, idle);
  return (
    <form action={submit} className="flex flex-col gap-4 p-4">
      {state.recoveryCodes ? <RecoveryCodes codes={state.recoveryCodes} /> : null}
      {state.message ? <FormMessage tone={state.kind === 'done' ? 'good' : 'bad'}>{state.message}</FormMessage> : null}
      {isOn ? (
        <On state={state} isPending={isPending} left={recoveryCodesLeft} />
      ) : pending ? (
        <Confirm state={state} isPending={isPending} pending={pending} />
      ) : (
        <>
          <p className="flex gap-3 text-ink-2 text-sm">
            <ShieldOff aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ink-3" />
            Your password is all it takes to sign in as you. With a second factor it takes your phone as well.
          </p>
          <div>
            <Button type="submit" name="do" value="propose" tone="primary" isBusy={isPending}>
              Turn it on
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

function Confirm({ state, isPending, pending }: { state: FactorState; isPending: boolean; pending: Pending }) {
  const { size, path } = pending.picture;
  return (
    <>
      <ol className="flex list-decimal flex-col gap-4 pl-5 text-sm marker:text-ink-3">
        <li>
          Scan this with an authenticator app, or type the key into it.
          <div className="mt-3 flex flex-wrap items-start gap-4">
            {/* Dark on light in both themes: many scanners read nothing else. */}
            <svg
              role="img"
              aria-label="QR code of the key"
              viewBox={`0 0 ${size} ${size}`}
              shapeRendering="crispEdges"
              className="size-44 rounded-control border border-line bg-raised dark:bg-ink"
            >
              <path d={path} className="fill-ink dark:fill-paper" />
            </svg>
            <div className="min-w-0">
              <p className="text-ink-3 text-xs">Key</p>
              <p className="flex items-center gap-1">
                <code className="num select-all break-all text-sm">
                  {pending.secret.replace(/(.{4})(?!$)/g, '$1 ')}
                </code>
                <CopyButton value={pending.secret} label="Copy the key" />
              </p>
              <p className="mt-2 max-w-[32ch] text-ink-3 text-xs">
                Time-based, six digits, 30 seconds. It asks for nothing until you confirm it below.
              </p>
            </div>
          </div>
        </li>
        <li>Enter the code it shows now, and your password.</li>
      </ol>
      <Proof state={state} codeHint="Six digits" />
      <div className="flex gap-2">
        <Button type="submit" name="do" value="confirm" tone="primary" isBusy={isPending}>
          Confirm
        </Button>
        <Button type="submit" name="do" value="propose" tone="quiet" formNoValidate>
          Show another key
        </Button>
      </div>
    </>
  );
}

function On({ state, isPending, left }: { state: FactorState; isPending: boolean; left: number }) {
  return (
    <>
      <p className="flex gap-3 text-ink-2 text-sm">
        <ShieldCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-good" />
        <span>
          Signing in asks for a code of your authenticator app.{' '}
          <span className={left <= 2 ? 'font-medium text-warn' : undefined}>
            {left} of 10 recovery codes {left === 1 ? 'is' : 'are'} left.
          </span>
        </span>
      </p>
      <Proof state={state} codeHint="Six digits, or a recovery code" />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" name="do" value="renew" isBusy={isPending}>
          New recovery codes
        </Button>
        <Button type="submit" name="do" value="off" tone="danger">
          Turn it off
        </Button>
      </div>
    </>
  );
}

function Proof({ state, codeHint }: { state: FactorState; codeHint: string }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field name="factor-code" label="Code" error={state.errors.code} hint={codeHint}>
        {(wiring) => (
          <Input
            {...wiring}
            name="code"
            required
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            className="num"
          />
        )}
      </Field>
      <Field name="factor-password" label="Your password" error={state.errors.password}>
        {(wiring) => <Input {...wiring} name="password" type="password" required autoComplete="current-password" />}
      </Field>
    </div>
  );
}

function RecoveryCodes({ codes }: { codes: string[] }) {
  return (
    <section aria-label="Recovery codes" className="rounded-control bg-warn-soft p-3">
      <p className="text-sm text-warn">
        Keep these where your phone is not. Each signs you in once without it. They are not shown again.
      </p>
      <ul className="num mt-3 grid grid-cols-1 gap-x-6 gap-y-1 text-ink text-sm min-[420px]:grid-cols-2">
        {codes.map((code) => (
          <li key={code} className="whitespace-nowrap">
            {code}
          </li>
        ))}
      </ul>
      <div className="mt-2">
        <CopyButton value={codes.join('\n')} label="Copy all recovery codes">
          Copy all
        </CopyButton>
      </div>
    </section>
  );
}
