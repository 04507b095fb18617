'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { clientAddress } from '@/lib/auth/client-address';
import { keepSession, sessionIdOfRequest } from '@/lib/auth/session';
import { signIn } from '@/lib/auth/sign-in';

export type SignInState =
  | { kind: 'idle' | 'refused'; email: string }
  | { kind: 'throttled'; email: string; minutes: number };

export async function submitSignIn(_previous: SignInState, form: FormData): Promise<SignInState> {
  const text = (name: string) => String(form.get(name) ?? '').slice(0, 1000);
  const email = text('email');
  const result = await signIn({
    email,
    password: text('password'),
    address: clientAddress(await headers()),
    replaces: await sessionIdOfRequest(),
  });
  if (result.kind === 'throttled')
    return { kind: 'throttled', email, minutes: Math.ceil(result.retryAfterSeconds / 60) };
  if (result.kind === 'refused') return { kind: 'refused', email };

  await keepSession(result);
  redirect(ownPath(text('next')));
}

/** Only a path of this console: never another host, which `//host` and `/\host` would be. */
function ownPath(next: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(next) ? next : '/verifications';
}
