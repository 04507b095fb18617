import { z } from 'zod';
import { localeTag, useCaseName } from '@/lib/contract/common';

// What an authentication template may choose (Meta, "Authentication templates"): its sentences are WhatsApp's.

export const TEMPLATE_TTL_SECONDS = { min: 30, max: 900 } as const;
export const TEMPLATE_MINUTES = { min: 1, max: 90 } as const;
/** Languages of one submission; Meta allows 200 calls an hour to an account without a registered number. */
export const LANGUAGES_MAX = 71;

const buttonText = z.string().trim().min(1).max(25, 'At most 25 characters');
const androidApp = z.strictObject({
  packageName: z
    .string()
    .max(224)
    .regex(/^[A-Za-z][\w]*(\.[A-Za-z][\w]*)+$/, 'A package name with at least two parts, like com.example.app'),
  signatureHash: z.string().regex(/^[A-Za-z0-9+/=]{11}$/, 'Exactly 11 characters'),
});
const apps = z.array(androidApp).min(1, 'At least one app').max(5, 'At most 5 apps');

export const templateButton = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('copy_code'), text: buttonText.optional() }),
  z.strictObject({
    kind: z.literal('one_tap'),
    text: buttonText.optional(),
    autofillText: buttonText.optional(),
    apps,
  }),
  z.strictObject({
    kind: z.literal('zero_tap'),
    text: buttonText.optional(),
    autofillText: buttonText.optional(),
    apps,
    termsAccepted: z.literal(true, { error: 'WhatsApp asks for this' }),
  }),
]);

export const templateOptions = z.strictObject({
  addSecurityRecommendation: z.boolean(),
  codeExpirationMinutes: z.int('Whole minutes').min(TEMPLATE_MINUTES.min).max(TEMPLATE_MINUTES.max).nullable(),
  ttlSeconds: z.int('Whole seconds').min(TEMPLATE_TTL_SECONDS.min).max(TEMPLATE_TTL_SECONDS.max).nullable(),
  button: templateButton,
});

export const newTemplates = z.strictObject({
  connectionId: z.string().max(64),
  name: z.string().regex(/^[a-z][a-z0-9_]{0,511}$/, 'Lower-case letters, digits and underscores'),
  useCase: useCaseName.nullable(),
  languages: z
    .array(localeTag)
    .min(1, 'At least one language')
    .max(LANGUAGES_MAX)
    .refine((list) => new Set(list).size === list.length, 'A language stands there twice'),
  options: templateOptions,
});
export type NewTemplates = z.infer<typeof newTemplates>;
