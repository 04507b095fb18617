'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { overrideInput, snoozeInput } from '@/lib/contract/alerts';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { snoozeAlert } from '@/lib/operations/alerts/snooze';
import { endOverride } from '@/lib/operations/overrides/end';
import { startOverride } from '@/lib/operations/overrides/start';
import { trimmedOf } from '../../form-text';

/** Only a path of our own is gone back to. */
function back(form: FormData): string {
  const path = trimmedOf(form, 'back', 200);
  return /^\/(alerts|config\/countries)(\/[\w-]+)?$/.test(path) ? path : '/alerts';
}

/** Snoozes an alert, or ends its snooze. One that has resolved meanwhile is shown as such. */
export async function snooze(form: FormData): Promise<void> {
  const user = await requireUser('alerts:manage');
  const parsed = snoozeInput.safeParse({
    alertId: trimmedOf(form, 'alert', 64),
    length: trimmedOf(form, 'length', 20),
  });
  if (parsed.success) {
    await snoozeAlert(user, parsed.data).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
    });
  }
  redirect(back(form));
}

export type OverrideState = {
  kind: 'idle' | 'done' | 'refused';
  message: string | null;
  reason: string;
  minutes: string;
};

/** Puts the fallback first for a while. */
export async function putFallbackFirst(_previous: OverrideState, form: FormData): Promise<OverrideState> {
  const user = await requireUser('alerts:manage');
  const typed = { reason: trimmedOf(form, 'reason', 200), minutes: trimmedOf(form, 'minutes', 5) };
  const parsed = overrideInput.safeParse({
    countries: trimmedOf(form, 'countries', 1_000)
      .split(',')
      .filter((country) => country !== ''),
    connectionId: trimmedOf(form, 'connection', 64) || null,
    minutes: Number(typed.minutes),
    reason: typed.reason,
    alertId: trimmedOf(form, 'alert', 64) || null,
  });
  const refused = (message: string): OverrideState => ({ kind: 'refused', message, ...typed });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refused(
      issue?.path[0] === 'reason'
        ? 'Say why, in a few words: whoever is on call next will read it.'
        : (issue?.message ?? 'This cannot be started.'),
    );
  }
  try {
    const started = await startOverride(user, parsed.data);
    revalidatePath('/', 'layout');
    const where = started.length === 1 ? 'here' : `in ${started.length} countries`;
    return { kind: 'done', message: `The next code ${where} goes out over the fallback. It ends by itself.`, ...typed };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return refused(wordsOf(error));
  }
}

/** Ends an override early. */
export async function endFallbackFirst(form: FormData): Promise<void> {
  const user = await requireUser('alerts:manage');
  const countries = trimmedOf(form, 'countries', 1_000)
    .split(',')
    .filter((country) => /^[A-Z]{2}$/.test(country));
  await endOverride(user, { countries });
  redirect(back(form));
}
