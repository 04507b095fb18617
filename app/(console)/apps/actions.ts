'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import type { z } from 'zod';
import { requireUser } from '@/lib/auth/session';
import { appSettings, newKey } from '@/lib/contract/apps';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { changeApp } from '@/lib/operations/apps/change';
import { createApp } from '@/lib/operations/apps/create';
import { createKey } from '@/lib/operations/keys/create';
import { revokeKey } from '@/lib/operations/keys/revoke';
import { rotateKey } from '@/lib/operations/keys/rotate';
import { textOf } from '../../form-text';

export type AppFields = {
  name: string;
  brand: string;
  defaultLocale: string;
  webDomain: string;
  allowedUseCases: string[];
  allowedNetworks: string;
};
export type AppState = {
  kind: 'idle' | 'refused' | 'saved';
  /** Null: nothing was typed that is not saved. */
  typed: AppFields | null;
  errors: Partial<Record<keyof AppFields, string>>;
  message: string | null;
};

/** Every text that has a least length here has the least one. */
const isEmptyText = (issue: z.core.$ZodIssue) => issue.code === 'too_small' && issue.origin === 'string';

/** Makes an app, or changes the one whose id the form brings. */
export async function saveApp(_previous: AppState, form: FormData): Promise<AppState> {
  const user = await requireUser('apps:manage');
  const text = (name: string, max = 300) => textOf(form, name, max);
  const typed: AppFields = {
    name: text('name'),
    brand: text('brand'),
    defaultLocale: text('defaultLocale'),
    webDomain: text('webDomain'),
    allowedUseCases: form.getAll('allowedUseCases').map(String).slice(0, 200),
    allowedNetworks: text('allowedNetworks', 10_000),
  };
  const settings = {
    name: typed.name.trim(),
    brand: typed.brand.trim(),
    defaultLocale: typed.defaultLocale.trim() || null,
    webDomain: typed.webDomain.trim() || null,
    allowedUseCases: typed.allowedUseCases,
    allowedNetworks: typed.allowedNetworks.split(/[\s,]+/).filter(Boolean),
  };
  const parsed = appSettings.safeParse(settings);
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue): [string, string] => {
      const field = String(issue.path[0]);
      if (field === 'defaultLocale') return [field, 'A language like en, or with a region like pt_BR'];
      return [field, isEmptyText(issue) ? 'This is needed' : issue.message];
    });
    return { kind: 'refused', typed, errors: Object.fromEntries(errors.toReversed()), message: null };
  }

  const id = text('id');
  let made = id;
  try {
    if (id) await changeApp(user, { appId: id, edits: Number(text('edits')), settings });
    else made = (await createApp(user, settings)).id;
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    const message =
      error.code === 'configuration_conflict'
        ? 'Somebody changed this app since you opened it. What you typed is kept here; load the page again to see theirs.'
        : wordsOf(error);
    return { kind: 'refused', typed, errors: {}, message };
  }
  if (!id) redirect(`/apps/${made}`);
  revalidatePath(`/apps/${id}`);
  return { kind: 'saved', typed: null, errors: {}, message: null };
}

export type NewKeyState = {
  kind: 'idle' | 'refused' | 'made';
  typed: { name: string; mode: string; scopes: string[]; days: string } | null;
  errors: { name?: string; scopes?: string; lifetimeDays?: string };
  message: string | null;
  secret: string | null;
};

/** Makes a key. Its secret is in this one answer and nowhere else. */
export async function addKey(_previous: NewKeyState, form: FormData): Promise<NewKeyState> {
  const user = await requireUser('keys:manage');
  const text = (name: string) => textOf(form, name, 300);
  const typed = {
    name: text('name'),
    mode: text('mode'),
    scopes: form.getAll('scopes').map(String).slice(0, 20),
    days: text('days').trim(),
  };
  const parsed = newKey.safeParse({
    name: typed.name.trim(),
    livemode: typed.mode === 'live',
    scopes: typed.scopes,
    lifetimeDays: typed.days === '' ? null : Number(typed.days),
  });
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => {
      const field = String(issue.path[0]);
      if (field === 'lifetimeDays') return [field, 'A whole number of days, from 1 to 3650'];
      return [field, isEmptyText(issue) ? 'This is needed' : issue.message];
    });
    return { kind: 'refused', typed, errors: Object.fromEntries(errors.toReversed()), message: null, secret: null };
  }
  const appId = text('app');
  try {
    const { name, livemode, scopes, lifetimeDays } = parsed.data;
    const { secret } = await createKey(user, { appId, name, livemode, scopes, lifetimeDays });
    revalidatePath(`/apps/${appId}`);
    return { kind: 'made', typed: null, errors: {}, message: null, secret };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', typed, errors: {}, message: wordsOf(error), secret: null };
  }
}

export type RotateState = { message: string | null; secret: string | null };

/** Replaces a key by a new one; the old one works on for the overlap. */
export async function replaceKey(_previous: RotateState, form: FormData): Promise<RotateState> {
  const user = await requireUser('keys:manage');
  const overlapSeconds = Number(form.get('overlap') ?? 0);
  try {
    const { secret } = await rotateKey(user, { keyId: textOf(form, 'key', 64), overlapSeconds });
    revalidatePath(`/apps/${textOf(form, 'app', 64)}`);
    return { message: null, secret };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { message: wordsOf(error), secret: null };
  }
}

/** Ends a key for good. */
export async function endKey(form: FormData): Promise<void> {
  const user = await requireUser('keys:manage');
  const app = textOf(form, 'app', 64);
  try {
    await revokeKey(user, { keyId: textOf(form, 'key', 64) });
  } catch (error: unknown) {
    // Ended already, by somebody else: the list says so.
    if (!isRefusal(error) || error.code !== 'not_found') throw error;
  }
  redirect(/^app_[0-9a-f]{32}$/.test(app) ? `/apps/${app}?done=revoked` : '/apps');
}
