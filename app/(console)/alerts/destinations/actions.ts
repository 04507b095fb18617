'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { destinationInput } from '@/lib/contract/alerts';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import {
  addDestination,
  removeDestination,
  switchDestination,
  testDestination,
} from '@/lib/operations/alerts/destinations';

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
  const text = (name: string, max: number) =>
    String(form.get(name) ?? '')
      .trim()
      .slice(0, max);
  const typed = { kind: text('kind', 10), name: text('name', 80), address: text('address', 600) };
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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tests, switches or removes a destination; one that is gone already is not missed. */
export async function changeDestination(form: FormData): Promise<void> {
  const user = await requireUser('alerts:manage');
  const id = String(form.get('destination') ?? '');
  const change = String(form.get('change') ?? '');
  if (UUID.test(id)) {
    await act(user, id, change).catch((error: unknown) => {
      if (!isRefusal(error) || error.code !== 'not_found') throw error;
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
