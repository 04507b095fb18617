import { z } from 'zod';
import { cleanText, localeTag, useCaseName } from '@/lib/contract/common';
import { CHANNELS } from '@/lib/domain/channel';
import type { EntityKind, Json } from '@/lib/domain/configuration/entities';
import { isUuid } from '@/lib/domain/uuid';
import {
  CHECKS,
  CODE_LENGTH,
  FALLBACK_AFTER_SECONDS,
  LIFETIME_SECONDS,
  RESEND_COOLDOWN_SECONDS,
  RESENDS,
  SEND_LIMIT_BOUNDS,
} from '@/lib/domain/verification/limits';

// What can be steered, field by field. The console's forms, CSV import and the draft parse with these.

/** Ten dollars a message: above it, somebody has mixed up micros and cents. */
const PRICE_MICROS_MAX = 10_000_000;
const channel = z.enum(CHANNELS);
const within = ({ min, max }: { min: number; max: number }) => z.int().min(min).max(max);
const micros = z.int().min(0).max(PRICE_MICROS_MAX);
const day = z.iso.date();

export const fallbackAfterSeconds = z
  .int('A whole number of seconds')
  .refine(
    (seconds) => seconds === 0 || (seconds >= FALLBACK_AFTER_SECONDS.min && seconds <= FALLBACK_AFTER_SECONDS.max),
    `0 (off), or ${FALLBACK_AFTER_SECONDS.min} to ${FALLBACK_AFTER_SECONDS.max} seconds`,
  );

const routeChannel = z.strictObject({
  channel,
  enabled: z.boolean(),
  connections: z
    .array(z.strictObject({ id: z.uuid(), weight: z.int('A whole number').min(0).max(1000) }))
    .max(10, 'At most 10 connections of one channel')
    .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'A connection stands here twice'),
});

/** What one scope says; null inherits. */
export const routeEntity = z.strictObject({
  parent: z
    .string()
    .regex(/^(global|region:[a-z]{2,20})$/)
    .nullable(),
  mode: z.enum(['automatic', 'user_choice', 'blocked']).nullable(),
  channels: z
    .array(routeChannel)
    .min(1, 'At least one channel; block the country instead of emptying its route')
    .max(CHANNELS.length)
    .refine((list) => new Set(list.map((entry) => entry.channel)).size === list.length, 'A channel stands here twice')
    .nullable(),
  fallbackOnFailed: z.boolean().nullable(),
  fallbackAfterSeconds: fallbackAfterSeconds.nullable(),
  defaultLocale: localeTag.nullable(),
  prices: z.partialRecord(channel, micros).nullable(),
  priceChanges: z
    .array(z.strictObject({ channel, micros, from: day }))
    .max(40, 'At most 40 price changes')
    .nullable(),
  sendsPerDayMax: z.int().min(0).max(100_000_000).nullable(),
  /** Micros of a US dollar. */
  spendPerDayMaxMicros: z.int().min(0).max(1_000_000_000_000).nullable(),
  coverage: z.enum(['high', 'general', 'low', 'blocked']).nullable(),
  coverageSource: cleanText(0, 300).nullable(),
});

export const policyEntity = z
  .strictObject({
    name: cleanText(1, 60),
    lifetimeSeconds: z.int('A whole number of seconds').min(LIFETIME_SECONDS.min).max(LIFETIME_SECONDS.max),
    codeLength: within(CODE_LENGTH),
    checksMax: within(CHECKS),
    resendCooldownSeconds: within(RESEND_COOLDOWN_SECONDS),
    resendsMax: within(RESENDS),
    codeMode: z.enum(['same_code', 'code_per_message']),
    resendCode: z.enum(['same_code', 'new_code']),
    channels: z
      .array(channel)
      .max(CHANNELS.length)
      .refine((list) => new Set(list).size === list.length, 'A channel stands here twice'),
    alphabet: z.enum(['digits', 'letters_and_digits']),
    bindsTransaction: z.boolean(),
    pack: z
      .string()
      .regex(/^[a-z_]{2,30}$/)
      .nullable(),
  })
  .refine((policy) => policy.resendCooldownSeconds < policy.lifetimeSeconds, {
    path: ['resendCooldownSeconds'],
    message: 'Shorter than the lifetime, or nobody could resend',
  });

export const textEntity = z
  .strictObject({
    channel: z.enum(['sms', 'email']),
    useCase: useCaseName.nullable(),
    locale: localeTag,
    text: cleanText(1, 1_000).refine((text) => text.includes('{code}'), 'The text needs {code}'),
    subject: cleanText(1, 150)
      .refine((text) => !/[\r\n]/.test(text), 'One line')
      .nullable(),
    dltTemplateId: z
      .string()
      .regex(/^\d{10,25}$/, '10 to 25 digits')
      .nullable(),
  })
  .refine((text) => (text.channel === 'email') === (text.subject !== null), {
    path: ['subject'],
    message: 'E-mail has a subject, SMS has none',
  });

export const limitsEntity = z
  .strictObject({
    numberPer10Minutes: within(SEND_LIMIT_BOUNDS.numberPer10Minutes),
    numberPerDay: within(SEND_LIMIT_BOUNDS.numberPerDay),
    prefixPerHour: within(SEND_LIMIT_BOUNDS.prefixPerHour),
    ipPerHour: within(SEND_LIMIT_BOUNDS.ipPerHour),
  })
  .refine((limits) => limits.numberPerDay >= limits.numberPer10Minutes, {
    path: ['numberPerDay'],
    message: 'A day allows at least what 10 minutes allow',
  });

export const ENTITY_SCHEMAS = {
  routes: routeEntity,
  policies: policyEntity,
  texts: textEntity,
  limits: limitsEntity,
} as const satisfies Record<EntityKind, z.ZodType>;

const ENTITY_IDS: Record<EntityKind, (id: string) => boolean> = {
  routes: (id) => /^(global|region:[a-z]{2,20}|country:[A-Z]{2})$/.test(id),
  policies: (id) => /^[a-z][a-z0-9_]{0,49}$/.test(id),
  texts: isUuid,
  limits: (id) => id === 'global',
};
/** Whether an entity of this kind may have this id. */
export const isEntityId = (kind: EntityKind, id: string): boolean => ENTITY_IDS[kind](id);

/** A draft touches at most this many entities: every country, every text of a few packs, and room. */
export const DRAFT_ENTITIES_MAX = 1_000;

/**
 * One wish: a field of an entity (`field` named), or a whole entity (`field` null; value null deletes it).
 */
export const configurationEdit = z.strictObject({
  entity: z.string().max(120),
  field: z.string().max(60).nullable(),
  value: z.json(),
});
export const configurationEdits = z.array(configurationEdit).min(1).max(2_000);
export type ConfigurationEdit = Omit<z.infer<typeof configurationEdit>, 'value'> & { value: Json };

export const publishNote = cleanText(1, 500);
