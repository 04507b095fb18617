'use client';

import Link from 'next/link';
import { useActionState } from 'react';
import { SecretBox } from '@/components/console/secret-box';
import { buttonStyle } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Select } from '@/components/ui/select';
import { SubmitButton } from '@/components/ui/submit-button';
import { type RotateState, replaceKey } from '../actions';

const idle: RotateState = { message: null, secret: null };
const HOUR = 3_600;
const OVERLAPS: [seconds: number, words: string][] = [
  [0, 'not at all'],
  [HOUR, '1 hour'],
  [24 * HOUR, '24 hours'],
  [7 * 24 * HOUR, '7 days'],
  [30 * 24 * HOUR, '30 days'],
];

/** A new key in place of an old one; how long the old one works on is the person's choice. */
export function RotateForm({
  app,
  apiKey,
  name,
  back,
  isActive,
}: {
  app: string;
  apiKey: string;
  name: string;
  back: string;
  isActive: boolean;
}) {
  const [{ message, secret }, submit] = useActionState(replaceKey, idle);
  if (secret) {
    return (
      <div className="flex max-w-2xl flex-col items-start gap-3">
        <SecretBox title={`The new key of ${name}`} value={secret} />
        <Link href={back} scroll={false} className={buttonStyle({ size: 'small' })}>
          I have copied it
        </Link>
      </div>
    );
  }
  if (!isActive) return <p className="text-ink-3 text-sm">This key was rotated before, or it has ended.</p>;
  return (
    <form action={submit} className="flex flex-wrap items-end gap-x-4 gap-y-3">
      <input type="hidden" name="app" value={app} />
      <input type="hidden" name="key" value={apiKey} />
      <Field name="overlap" label={`The old key of ${name} works on for`} className="w-64">
        {(wiring) => (
          <Select {...wiring} name="overlap" defaultValue={String(24 * HOUR)} autoFocus>
            {OVERLAPS.map(([seconds, words]) => (
              <option key={seconds} value={seconds}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <span className="flex gap-2">
        <SubmitButton>Rotate</SubmitButton>
        <Link href={back} scroll={false} className={buttonStyle({ tone: 'quiet' })}>
          Leave it
        </Link>
      </span>
      {message ? (
        <FormMessage tone="bad" className="w-full">
          {message}
        </FormMessage>
      ) : null}
    </form>
  );
}
