'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { clientAddress } from '@/lib/auth/client-address';
import { keepSession, sessionIdOfRequest } from '@/lib/auth/session';
import { signIn } from '@/lib/auth/sign-in';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { acceptance, acceptInvite } from '@/lib/operations/users/accept-invite';
import { textOf } from '../../../form-text';

type Fields = { name?: string; password?: string };
export type AcceptState = { typed: { name?: string }; errors: Fields; message: string | null };

/** Makes the account that the link is for, or sets its new password, and signs its person in. */
export async function submitAcceptance(_previous: AcceptState, form: FormData): Promise<AcceptState> {
  // Whoever calls it without our page may give anything.
  if (!(form instanceof FormData)) return { typed: {}, errors: {}, message: 'The form cannot be read.' };
  const text = (name: string) => textOf(form, name, 1_000);
  // A reset asks for no name.
  const typed = form.has('name') ? { name: text('name') } : {};
  const parsed = acceptance.safeParse({ ...typed, token: text('token'), password: text('password') });
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => [String(path[0]), message]);
    return { typed, errors: Object.fromEntries(errors.toReversed()), message: null };
  }
  let email: string;
  try {
    ({ email } = await acceptInvite({ kind: 'system', what: 'invitation' }, parsed.data));
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { typed, errors: {}, message: wordsOf(error) };
  }
  const { password } = parsed.data;
  const from = { address: clientAddress(await headers()), replaces: await sessionIdOfRequest() };
  const result = await signIn({ email, password, ...from });
  if (result.kind !== 'signed_in') redirect('/sign-in');
  await keepSession(result);
  redirect('/overview');
}
