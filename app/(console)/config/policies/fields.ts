import { CHANNELS } from '@/lib/domain/channel';
import type { Entity, PolicyEntity } from '@/lib/domain/configuration/entities';
import {
  CHECKS,
  CODE_LENGTH,
  LIFETIME_SECONDS,
  RESEND_COOLDOWN_SECONDS,
  RESENDS,
} from '@/lib/domain/verification/limits';
import { textOf } from '../../../form-text';

/** A policy as a form holds it: text as it was typed. */
export type PolicyFields = {
  name: string;
  lifetimeSeconds: string;
  codeLength: string;
  alphabet: string;
  checksMax: string;
  resendCooldownSeconds: string;
  resendsMax: string;
  codeMode: string;
  resendCode: string;
  channels: string[];
  bindsTransaction: boolean;
};
export type PolicyField = keyof PolicyFields;
export type FieldErrors<Field extends string> = Partial<Record<Field, string>>;

/** Whole numbers of a policy, with the bounds that the draft's schema has. */
export const NUMBERS = {
  lifetimeSeconds: LIFETIME_SECONDS,
  codeLength: CODE_LENGTH,
  checksMax: CHECKS,
  resendCooldownSeconds: RESEND_COOLDOWN_SECONDS,
  resendsMax: RESENDS,
} as const satisfies Partial<Record<PolicyField, { min: number; max: number }>>;
export type NumberField = keyof typeof NUMBERS;

export const fieldsOf = (policy: PolicyEntity): PolicyFields => ({
  name: policy.name,
  lifetimeSeconds: String(policy.lifetimeSeconds),
  codeLength: String(policy.codeLength),
  alphabet: policy.alphabet,
  checksMax: String(policy.checksMax),
  resendCooldownSeconds: String(policy.resendCooldownSeconds),
  resendsMax: String(policy.resendsMax),
  codeMode: policy.codeMode,
  resendCode: policy.resendCode,
  channels: [...policy.channels],
  bindsTransaction: policy.bindsTransaction,
});

/** A typed whole number; null when it is none. */
export const numberOf = (typed: string): number | null => (/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : null);

/** What the draft is asked to hold; a field that cannot be read stays as text, and the schema refuses it. */
export const policyOf = (fields: PolicyFields, pack: string | null): Entity => ({
  ...fields,
  name: fields.name.trim(),
  channels: CHANNELS.filter((channel) => fields.channels.includes(channel)),
  ...Object.fromEntries(
    (Object.keys(NUMBERS) as NumberField[]).map((field) => [field, numberOf(fields[field]) ?? fields[field]]),
  ),
  pack,
});

/** Reads what a browser sent. */
export function readFields(form: FormData): PolicyFields {
  const text = (name: PolicyField) => textOf(form, name, 200);
  return {
    name: text('name'),
    lifetimeSeconds: text('lifetimeSeconds'),
    codeLength: text('codeLength'),
    alphabet: text('alphabet'),
    checksMax: text('checksMax'),
    resendCooldownSeconds: text('resendCooldownSeconds'),
    resendsMax: text('resendsMax'),
    codeMode: text('codeMode'),
    resendCode: text('resendCode'),
    channels: form.getAll('channels').map(String).slice(0, CHANNELS.length),
    bindsTransaction: form.get('bindsTransaction') !== null,
  };
}

/** What is wrong, in the words of the form: zod's own are about types. */
export function errorsOf<Field extends string>(
  issues: readonly { path: readonly PropertyKey[]; code: string; message: string }[],
  numbers: Partial<Record<string, { min: number; max: number }>>,
): FieldErrors<Field> {
  const errors: FieldErrors<Field> = {};
  for (const { path, code, message } of issues) {
    const field = String(path[0] ?? '') as Field;
    const bounds = numbers[field];
    const isOfBounds = bounds !== undefined && code !== 'custom';
    errors[field] ??= isOfBounds
      ? `A whole number from ${bounds.min.toLocaleString('en')} to ${bounds.max.toLocaleString('en')}`
      : message;
  }
  return errors;
}
