'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { clientAddress } from '@/lib/auth/client-address';
import { ownPath } from '@/lib/auth/own-path';
import { keepSession, sessionIdOfRequest } from '@/lib/auth/session';
import { finishSignIn, signIn } from '@/lib/auth/sign-in';
import { textOf } from '../../form-text';

export type SignInState =
  | { kind: 'idle' | 'refused' | 'expired' | 'busy'; email: string }
  | { kind: 'throttled'; email: string; minutes: number }
  /** The password was right; the code is asked for, `problem` says what was wrong with the last one. */
  | { kind: 'second_factor'; email: string; ticket: string; problem: 'wrong' | number | null };

/** Both steps of a sign-in. A form that brings a ticket is in the second one. */
export async function submitSignIn(_previous: SignInState, form: FormData): Promise<SignInState> {
  // Whoever calls it without our page may give anything.
  if (!(form instanceof FormData)) return { kind: 'refused', email: '' };
  const text = (name: string) => textOf(form, name, 1_000);
  const email = text('email');
  const from = { address: clientAddress(await headers()), replaces: await sessionIdOfRequest() };
  const ticket = text('ticket');
  const result = ticket
    ? await finishSignIn({ ticket, code: text('code'), ...from })
    : await signIn({ email, password: text('password'), ...from });

  switch (result.kind) {
    case 'signed_in':
      await keepSession(result);
      return redirect(ownPath(text('next')));
    case 'second_factor':
      return { kind: 'second_factor', email, ticket: result.ticket, problem: null };
    case 'throttled': {
      const minutes = Math.ceil(result.retryAfterSeconds / 60);
      return ticket
        ? { kind: 'second_factor', email, ticket, problem: minutes }
        : { kind: 'throttled', email, minutes };
    }
    case 'refused':
      return ticket ? { kind: 'second_factor', email, ticket, problem: 'wrong' } : { kind: 'refused', email };
    case 'expired':
    case 'busy':
      return { kind: result.kind, email };
  }
}
