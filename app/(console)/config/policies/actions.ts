'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { limitsEntity, policyEntity } from '@/lib/contract/configuration';
import type { Entity, LimitsEntity, PolicyEntity } from '@/lib/domain/configuration/entities';
import { entityKey, isSame, withDraft } from '@/lib/domain/configuration/entities';
import type { Finding } from '@/lib/domain/configuration/lint';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { SEND_LIMIT_BOUNDS } from '@/lib/domain/verification/limits';
import { readDraft } from '@/lib/operations/configuration/read-draft';
import { addPolicy } from '@/lib/operations/policies/add';
import { installPack } from '@/lib/operations/policies/install-pack';
import { judgePolicy } from '@/lib/operations/policies/judge';
import { removePolicy } from '@/lib/operations/policies/remove';
import { textOf } from '../../../form-text';
import { saveEdits } from '../draft-actions';
import {
  errorsOf,
  type FieldErrors,
  fieldsOf,
  NUMBERS,
  type PolicyField,
  type PolicyFields,
  policyOf,
  readFields,
} from './fields';
import { type LimitField, type LimitFields, limitsOf, typedLimits } from './limits/fields';

const text = (form: FormData, name: string) => textOf(form, name, 2_000);

export type PolicyState = {
  kind: 'idle' | 'taken' | 'refused';
  typed: PolicyFields | null;
  errors: FieldErrors<PolicyField>;
  message: string | null;
};

/**
 * Takes what a person changed in the form over into their draft. Only the fields that differ from what the form was made
 * with: a field that somebody else published meanwhile is not set back by a form that still shows the old value.
 */
export async function savePolicy(_previous: PolicyState, form: FormData): Promise<PolicyState> {
  const user = await requireUser('config:write');
  const key = entityKey('policies', text(form, 'useCase'));
  const typed = readFields(form);
  const refused = (errors: FieldErrors<PolicyField>, message: string | null = null): PolicyState => ({
    kind: 'refused',
    typed,
    errors,
    message,
  });
  const { live, draft } = await readDraft(user);
  const now = withDraft(live, draft)[key];
  if (!now) return refused({}, 'This use case no longer exists.');
  const merged = merge(now, policyOf(typed, now.pack as string | null), text(form, 'was'));
  const parsed = policyEntity.safeParse(merged);
  if (!parsed.success) return refused(errorsOf<PolicyField>(parsed.error.issues, NUMBERS));
  const result = await saveEdits([{ entity: key, field: null, value: parsed.data }]);
  if (result.kind === 'refused') return refused({}, result.problems[0]?.message ?? 'It could not be kept.');
  return { kind: 'taken', typed: fieldsOf(parsed.data), errors: {}, message: null };
}

/** What is there now, with the fields that the person changed since the form was made. */
function merge(now: Entity, wanted: Entity, was: string): Entity {
  let before: Entity = now;
  try {
    before = JSON.parse(was) as Entity;
  } catch {
    // A form without its past: everything in it is meant.
    return wanted;
  }
  const changed = Object.entries(wanted).filter(([field, value]) => !isSame(value, before[field]));
  return { ...now, ...Object.fromEntries(changed) };
}

export type Judgement = { errors: FieldErrors<PolicyField>; findings: Finding[] };

/** What the draft's schema and the lint say about a policy as it is being typed. Nothing is kept. */
export async function judgeTyped(useCase: string, fields: PolicyFields): Promise<Judgement> {
  const user = await requireUser('config:read');
  const { live, draft } = await readDraft(user);
  const entities = withDraft(live, draft);
  const now = entities[entityKey('policies', String(useCase).slice(0, 60))];
  const parsed = policyEntity.safeParse(policyOf(fields, (now?.pack ?? null) as string | null));
  if (!parsed.success) return { errors: errorsOf<PolicyField>(parsed.error.issues, NUMBERS), findings: [] };
  const policy = parsed.data satisfies PolicyEntity;
  return { errors: {}, findings: await judgePolicy(user, { useCase, policy, entities }) };
}

export type AddState = { name: string; error: string | null };

/** Adds a use case to the draft and opens it. */
export async function addUseCase(_previous: AddState, form: FormData): Promise<AddState> {
  const user = await requireUser('config:write');
  const name = text(form, 'name');
  let useCase: string;
  try {
    useCase = await addPolicy(user, { name });
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { name, error: wordsOf(error) };
  }
  revalidatePath('/config', 'layout');
  redirect(`/config/policies/${useCase}`);
}

export type ActState = { message: string | null };

/** Takes a use case out of what the draft makes live. */
export async function removeUseCase(_previous: ActState, form: FormData): Promise<ActState> {
  const user = await requireUser('config:write');
  try {
    await removePolicy(user, { useCase: text(form, 'useCase') });
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { message: wordsOf(error) };
  }
  revalidatePath('/config', 'layout');
  redirect('/config/policies');
}

/** Puts what is missing of a pack into the draft. */
export async function install(_previous: ActState, form: FormData): Promise<ActState> {
  const user = await requireUser('config:write');
  let added: number;
  try {
    added = await installPack(user, { pack: text(form, 'pack') });
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { message: wordsOf(error) };
  }
  revalidatePath('/config', 'layout');
  return {
    message: added === 0 ? 'Everything was there already.' : `${added} use cases are in your draft.`,
  };
}

export type LimitsState = {
  kind: 'idle' | 'taken' | 'refused';
  typed: LimitFields | null;
  errors: FieldErrors<LimitField>;
  message: string | null;
};

/** Takes the send limits over into the person's draft, field by field like a policy. */
export async function saveLimits(_previous: LimitsState, form: FormData): Promise<LimitsState> {
  const user = await requireUser('config:write');
  const typed = Object.fromEntries(
    Object.keys(SEND_LIMIT_BOUNDS).map((field) => [field, text(form, field).slice(0, 20)]),
  ) as LimitFields;
  const refused = (errors: FieldErrors<LimitField>, message: string | null = null): LimitsState => ({
    kind: 'refused',
    typed,
    errors,
    message,
  });
  const { live, draft } = await readDraft(user);
  const now = withDraft(live, draft)['limits/global'] as LimitsEntity;
  const parsed = limitsEntity.safeParse(merge(now, limitsOf(typed), text(form, 'was')));
  if (!parsed.success) return refused(errorsOf<LimitField>(parsed.error.issues, SEND_LIMIT_BOUNDS));
  const result = await saveEdits([{ entity: 'limits/global', field: null, value: parsed.data }]);
  if (result.kind === 'refused') return refused({}, result.problems[0]?.message ?? 'It could not be kept.');
  return { kind: 'taken', typed: typedLimits(parsed.data), errors: {}, message: null };
}
