'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { type AlertRuleInput, alertKind, alertRuleInput } from '@/lib/contract/alerts';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { putRule } from '@/lib/operations/alerts/rules/put';
import { removeRule } from '@/lib/operations/alerts/rules/remove';
import { textOf, trimmedOf } from '../../../form-text';
import { type RuleFields, THRESHOLDS } from './fields';

export type RuleState = {
  typed: RuleFields | null;
  /** By the name of the field in the form. */
  errors: Readonly<Record<string, string>>;
  message: string | null;
};

const FIELD_OF: Readonly<Record<string, string>> = {
  windowMinutes: 'window_minutes',
  minimumVolume: 'minimum_volume',
  appId: 'app',
  connectionId: 'connection',
};

/** Adds a rule or changes one. */
export async function saveRule(_previous: RuleState, form: FormData): Promise<RuleState> {
  const user = await requireUser('alerts:manage');
  const text = (name: string) => trimmedOf(form, name, 100);
  const typed: RuleFields = {
    name: text('name'),
    window_minutes: text('window_minutes'),
    minimum_volume: text('minimum_volume'),
    first: text('first'),
    second: text('second'),
    app: text('app'),
    country: text('country').toUpperCase(),
    channel: text('channel'),
    connection: text('connection'),
  };
  const kind = alertKind.safeParse(text('kind'));
  if (!kind.success) return { typed, errors: {}, message: 'No such kind of rule.' };
  const fields = THRESHOLDS[kind.data];
  const number = (value: string) => (value === '' ? null : Number(value.replace(',', '.')));
  const thresholds = Object.fromEntries(
    fields.map(({ name, scale }, at) => {
      const value = number(at === 0 ? typed.first : typed.second);
      return [name, value === null ? null : scale >= 1_000 ? Math.round(value * scale) : value * scale];
    }),
  );
  const id = text('rule');
  const parsed = alertRuleInput.safeParse({
    ...(id === '' ? {} : { id }),
    kind: kind.data,
    name: typed.name,
    windowMinutes: Number(typed.window_minutes),
    minimumVolume: Number(typed.minimum_volume),
    thresholds,
    appId: typed.app || null,
    country: typed.country || null,
    channel: typed.channel || null,
    connectionId: typed.connection || null,
    enabled: form.get('enabled') === 'on',
    destinations: form.getAll('destinations').map(String).slice(0, 20),
  });
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }): [string, string] => {
      if (path[0] !== 'thresholds') return [FIELD_OF[String(path[0])] ?? String(path[0]), message];
      return [fields.findIndex(({ name }) => name === path[1]) === 1 ? 'second' : 'first', message];
    });
    return { typed, errors: Object.fromEntries(errors.toReversed()), message: null };
  }
  try {
    await putRule(user, parsed.data satisfies AlertRuleInput);
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    const said = wordsOf(error);
    const field = error.param ? (FIELD_OF[error.param] ?? error.param) : null;
    return field ? { typed, errors: { [field]: said }, message: null } : { typed, errors: {}, message: said };
  }
  revalidatePath('/alerts', 'layout');
  redirect('/alerts/rules');
}

/** Removes a rule; one that is gone already is not missed. */
export async function removeAlertRule(form: FormData): Promise<void> {
  const user = await requireUser('alerts:manage');
  await removeRule(user, textOf(form, 'rule', 64)).catch((error: unknown) => {
    if (!isRefusal(error) || error.code !== 'not_found') throw error;
  });
  redirect('/alerts/rules');
}
