'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { clientAddress } from '@/lib/auth/client-address';
import { keepSession } from '@/lib/auth/session';
import { forgetSetupToken, isSetupToken } from '@/lib/auth/setup-token';
import { signIn } from '@/lib/auth/sign-in';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { newUser } from '@/lib/operations/users/create';
import { createFirstOwner } from '@/lib/operations/users/create-first-owner';
import { textOf } from '../../form-text';

type Fields = { token?: string; name?: string; email?: string; password?: string };
export type SetupState = { kind: 'idle' | 'invalid'; typed: Fields; errors: Fields; message: string | null };

export async function submitSetup(_previous: SetupState, form: FormData): Promise<SetupState> {
  // Whoever calls it without our page may give anything.
  if (!(form instanceof FormData))
    return { kind: 'invalid', typed: {}, errors: {}, message: 'The form cannot be read.' };
  const text = (name: string) => textOf(form, name, 1_000);
  const typed = { token: text('token'), name: text('name'), email: text('email') };
  const invalid = (errors: Fields, message: string | null = null): SetupState => ({
    kind: 'invalid',
    typed,
    errors,
    message,
  });

  const parsed = newUser.omit({ role: true }).safeParse({ ...typed, password: text('password') });
  const errors: Fields = parsed.success
    ? {}
    : Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0]), issue.message]));
  if (!(await isSetupToken(typed.token))) errors.token = 'This is not the token that the server made.';
  if (!parsed.success || errors.token) return invalid(errors);

  try {
    await createFirstOwner({ kind: 'system', what: 'setup' }, parsed.data);
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    if (error.code === 'setup_closed') redirect('/sign-in');
    return invalid({}, wordsOf(error));
  }
  await forgetSetupToken();
  const result = await signIn({ ...parsed.data, address: clientAddress(await headers()), replaces: null });
  if (result.kind !== 'signed_in') redirect('/sign-in');
  await keepSession(result);
  redirect('/sandbox');
}
