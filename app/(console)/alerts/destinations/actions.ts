'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { destinationInput } from '@/lib/contract/alerts';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { isUuid } from '@/lib/domain/uuid';
import { addDestination } from '@/lib/operations/alerts/destinations/add';
import { removeDestination } from '@/lib/operations/alerts/destinations/remove';
import { switchDestination } from '@/lib/operations/alerts/destinations/switch';
import { testDestination } from '@/lib/operations/alerts/destinations/test';
import { textOf, trimmedOf } from '../../../form-text';

export type DestinationState = {
  typed: { kind: string; name: string; address: string } | null;
  errors: { name?: string; address?: string };
  message: string | null;
  /** Shown once, in this answer alone. */
  made: { name: string; secret: string | null } | null;
};

/** Adds a mailbox or a webhook. */
export async function addAlertDestination(_previous: DestinationState, form: FormData): Promise<DestinationState> {
  const user = await requireUser('alerts:manage');
  const typed = {
    kind: trimmedOf(form, 'kind', 10),
    name: trimmedOf(form, 'name', 80),
    address: trimmedOf(form, 'address', 600),
  };
  const parsed = destinationInput.safeParse(typed);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => [String(path[0]), message]);
    return { typed, errors: Object.fromEntries(errors.toReversed()), message: null, made: null };
  }
  try {
    const { secret } = await addDestination(user, parsed.data);
    revalidatePath('/alerts/destinations');
    return { typed: null, errors: {}, message: null, made: { name: parsed.data.name, secret } };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    const said = wordsOf(error);
    return error.param === 'address'
      ? { typed, errors: { address: said }, message: null, made: null }
      : { typed, errors: {}, message: said, made: null };
  }
}

/** Tests, switches or removes a destination; one that is gone already is not missed, and of one that has to stay the page says why. */
export async function changeDestination(form: FormData): Promise<void> {
  const user = await requireUser('alerts:manage');
  const id = textOf(form, 'destination', 64);
  const change = textOf(form, 'change', 20);
  if (isUuid(id)) {
    await act(user, id, change).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      if (error.code !== 'not_found' && error.param !== 'destination') throw error;
    });
  }
  redirect('/alerts/destinations');
}

async function act(user: Awaited<ReturnType<typeof requireUser>>, id: string, change: string): Promise<void> {
  switch (change) {
    case 'test':
      return testDestination(user, { id });
    case 'on':
      return switchDestination(user, { id, enabled: true });
    case 'off':
      return switchDestination(user, { id, enabled: false });
    case 'remove':
      return removeDestination(user, { id });
  }
}
