'use server';

import { revalidatePath } from 'next/cache';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { clientAddress } from '@/lib/auth/client-address';
import { renewSession, requireUser } from '@/lib/auth/session';
import { isRefusal, type Refusal, wordsOf } from '@/lib/domain/errors';
import { changePassword } from '@/lib/operations/account/change-password';
import { confirmSecondFactor } from '@/lib/operations/account/confirm-second-factor';
import { proposeSecondFactor } from '@/lib/operations/account/propose-second-factor';
import { renewRecoveryCodes } from '@/lib/operations/account/renew-recovery-codes';
import { turnOffSecondFactor } from '@/lib/operations/account/turn-off-second-factor';
import { textOf } from '../../form-text';

type Errors = { password?: string; new_password?: string; code?: string };
export type PasswordState = { kind: 'idle' | 'refused' | 'done'; errors: Errors; message: string | null };

/** A new password. Every other session ends; this browser gets a new one. */
export async function submitPassword(_previous: PasswordState, form: FormData): Promise<PasswordState> {
  const user = await requireUser('account:manage');
  const text = (name: string) => textOf(form, name, 1_000);
  let userId: string;
  try {
    const address = clientAddress(await headers());
    const change = { password: text('password'), newPassword: text('new_password'), address };
    ({ userId } = await changePassword(user, change));
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', ...explain(error) };
  }
  if (!(await renewSession(userId))) redirect('/sign-in');
  return { kind: 'done', errors: {}, message: null };
}

export type FactorState = {
  kind: 'idle' | 'refused' | 'done';
  errors: Errors;
  message: string | null;
  /** Shown in this one answer and nowhere else. */
  recoveryCodes: string[] | null;
};

/** Everything about one's second factor; the button that was pressed says what. */
export async function submitSecondFactor(_previous: FactorState, form: FormData): Promise<FactorState> {
  const user = await requireUser('account:manage');
  const text = (name: string) => textOf(form, name, 1_000);
  const given = { password: text('password'), code: text('code'), address: clientAddress(await headers()) };
  const done = (recoveryCodes: string[] | null, message: string | null = null): FactorState => {
    revalidatePath('/account');
    return { kind: 'done', errors: {}, message, recoveryCodes };
  };
  try {
    switch (text('do')) {
      case 'propose':
        await proposeSecondFactor(user);
        return done(null);
      case 'confirm':
        return done((await confirmSecondFactor(user, given)).recoveryCodes, 'Your second factor is on.');
      case 'renew':
        return done(
          (await renewRecoveryCodes(user, given)).recoveryCodes,
          'The old recovery codes are worth nothing now.',
        );
      case 'off':
        await turnOffSecondFactor(user, given);
        return done(null, 'Your second factor is off.');
      default:
        return { kind: 'idle', errors: {}, message: null, recoveryCodes: null };
    }
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', ...explain(error), recoveryCodes: null };
  }
}

/** A refusal beside the field that it is about. */
function explain(error: Refusal): { errors: Errors; message: string | null } {
  const { param, retryAfterSeconds } = error;
  if (retryAfterSeconds) {
    return { errors: {}, message: `Too many tries. Wait ${Math.ceil(retryAfterSeconds / 60)} min and try again.` };
  }
  const said = wordsOf(error);
  if (param === 'password' || param === 'new_password' || param === 'code')
    return { errors: { [param]: said }, message: null };
  return { errors: {}, message: said };
}
