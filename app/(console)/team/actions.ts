'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { ROLES, type Role } from '@/lib/domain/actor';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { isUuid } from '@/lib/domain/uuid';
import { changeAccess } from '@/lib/operations/users/change-access';
import { inviteUser, newInvite } from '@/lib/operations/users/invite';
import { resetPassword } from '@/lib/operations/users/reset-password';
import { resetSecondFactor } from '@/lib/operations/users/reset-second-factor';
import { withdrawInvite } from '@/lib/operations/users/withdraw-invite';
import { textOf } from '../../form-text';

export type InviteState = {
  typed: { email: string; role: string } | null;
  errors: { email?: string; role?: string };
  message: string | null;
  made: { email: string; link: string } | null;
};

/** Opens an invitation. Its link is in this one answer and nowhere else. */
export async function invite(_previous: InviteState, form: FormData): Promise<InviteState> {
  const user = await requireUser('users:manage');
  const text = (name: string) => textOf(form, name, 300);
  const typed = { email: text('email'), role: text('role') };
  const parsed = newInvite.safeParse(typed);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => [String(path[0]), message]);
    return { typed, errors: Object.fromEntries(errors.toReversed()), message: null, made: null };
  }
  try {
    const { email, link } = await inviteUser(user, parsed.data);
    revalidatePath('/team');
    return { typed: null, errors: {}, message: null, made: { email, link } };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    const detail = wordsOf(error);
    return error.param === 'email'
      ? { typed, errors: { email: detail }, message: null, made: null }
      : { typed, errors: {}, message: detail, made: null };
  }
}

export type PersonState = {
  kind: 'idle' | 'done' | 'refused';
  message: string | null;
  /** Resets the password. In this one answer and nowhere else. */
  link: string | null;
};

/** Role, access, password or second factor of one person. */
export async function changePerson(_previous: PersonState, form: FormData): Promise<PersonState> {
  const user = await requireUser('users:manage');
  const userId = textOf(form, 'user', 64);
  if (!isUuid(userId)) return { kind: 'refused', message: 'No such person.', link: null };
  const what = textOf(form, 'change', 20);
  try {
    const done: PersonState =
      what === 'reset_password'
        ? { kind: 'done', message: null, link: (await resetPassword(user, { userId })).link }
        : { kind: 'done', message: await change(user, userId, what, textOf(form, 'role', 20)), link: null };
    revalidatePath('/team');
    return done;
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', message: wordsOf(error), link: null };
  }
}

async function change(
  user: Awaited<ReturnType<typeof requireUser>>,
  userId: string,
  what: string,
  role: string,
): Promise<string> {
  switch (what) {
    case 'disable':
      await changeAccess(user, { userId, isDisabled: true });
      return 'Disabled. Their next request asks them to sign in, and they cannot.';
    case 'enable':
      await changeAccess(user, { userId, isDisabled: false });
      return 'Enabled. They may sign in again.';
    case 'reset_second_factor':
      await resetSecondFactor(user, { userId });
      return 'The second factor is off, and they were signed out everywhere.';
    default: {
      const wanted = ROLES.find((known) => known === role) satisfies Role | undefined;
      if (!wanted) return 'Nothing was changed.';
      await changeAccess(user, { userId, role: wanted });
      return `Now ${wanted}. It counts from their next request on.`;
    }
  }
}

/** Ends the link of an invitation or of a reset. */
export async function withdraw(form: FormData): Promise<void> {
  const user = await requireUser('users:manage');
  const inviteId = textOf(form, 'invite', 64);
  if (isUuid(inviteId)) {
    await withdrawInvite(user, { inviteId }).catch((error: unknown) => {
      // Used or withdrawn meanwhile: the list says so.
      if (!isRefusal(error) || error.code !== 'not_found') throw error;
    });
  }
  redirect('/team');
}
