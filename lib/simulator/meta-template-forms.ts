import { z } from 'zod';
import type { MetaTemplate } from '@/lib/simulator/meta-template-store';
import { asObject } from '@/lib/simulator/replies';
import { TEMPLATE_LANGUAGES } from '@/lib/simulator/whatsapp-texts';

/** Meta's rules for the one button of an authentication template. */
const buttonInput = z.object({
  type: z.literal('OTP'),
  otp_type: z.enum(['COPY_CODE', 'ONE_TAP', 'ZERO_TAP']),
  text: z.string().max(25).optional(),
  autofill_text: z.string().max(25).optional(),
  zero_tap_terms_accepted: z.boolean().optional(),
  supported_apps: z
    .array(
      z.object({
        package_name: z
          .string()
          .regex(/^[\w]+(\.[\w]+)+$/)
          .max(224),
        signature_hash: z.string().regex(/^[A-Za-z0-9+/=]{11}$/),
      }),
    )
    .max(5)
    .default([]),
});
const bodyInput = z.strictObject({ type: z.literal('BODY'), add_security_recommendation: z.boolean().optional() });
const footerInput = z.strictObject({
  type: z.literal('FOOTER'),
  code_expiration_minutes: z.number().int().min(1).max(90),
});
const buttonsInput = z.strictObject({ type: z.literal('BUTTONS'), buttons: z.tuple([buttonInput]) });
const componentsInput = z
  .array(z.discriminatedUnion('type', [bodyInput, footerInput, buttonsInput]))
  .refine(
    (list) => list.some((part) => part.type === 'BODY') && list.some((part) => part.type === 'BUTTONS'),
    'BODY and BUTTONS are required',
  );
const nameInput = z.string().regex(/^[a-z0-9_]{1,512}$/);
const ttlInput = z.union([z.literal(-1), z.number().int().min(30).max(900)]);
const languageInput = z
  .string()
  .refine((language) => TEMPLATE_LANGUAGES.includes(language), 'language is not supported');
const categoryInput = z
  .string()
  .refine((category) => category.toUpperCase() === 'AUTHENTICATION', 'category must be AUTHENTICATION');

export const createInput = z.object({
  name: nameInput,
  language: languageInput,
  category: categoryInput,
  message_send_ttl_seconds: ttlInput.optional(),
  components: componentsInput,
});
export const upsertInput = z.object({
  name: nameInput,
  languages: z.array(languageInput).min(1).max(TEMPLATE_LANGUAGES.length),
  category: categoryInput,
  message_send_ttl_seconds: ttlInput.optional(),
  components: componentsInput,
});
export const editInput = z.object({
  message_send_ttl_seconds: ttlInput.optional(),
  components: componentsInput.optional(),
});

export type TemplateComponents = z.output<typeof componentsInput>;

export function partsOf(
  components: TemplateComponents,
): Omit<MetaTemplate, 'id' | 'wabaId' | 'name' | 'language' | 'status' | 'ttlSeconds'> {
  const body = components.find((part) => part.type === 'BODY');
  const footer = components.find((part) => part.type === 'FOOTER');
  const button = components.find((part) => part.type === 'BUTTONS')?.buttons[0];
  return {
    isSecured: body?.add_security_recommendation ?? false,
    expirationMinutes: footer?.code_expiration_minutes ?? null,
    otpType: button?.otp_type ?? 'COPY_CODE',
    buttonText: button?.text ?? null,
    autofillText: button?.autofill_text ?? null,
    supportedApps: button?.supported_apps ?? [],
  };
}

export function buttonFault(components: TemplateComponents): string | null {
  const button = components.find((part) => part.type === 'BUTTONS')?.buttons[0];
  if (!button || button.otp_type === 'COPY_CODE') return null;
  if (button.supported_apps.length === 0) return 'supported_apps is required for one-tap and zero-tap buttons.';
  if (button.otp_type === 'ZERO_TAP' && !button.zero_tap_terms_accepted) return 'zero_tap_terms_accepted must be true.';
  return null;
}

/** Meta takes component types in either case. */
export function upperCaseTypes(body: Record<string, unknown> | null): unknown {
  const upper = (value: unknown): unknown => {
    const part = asObject(value);
    if (!part || typeof part.type !== 'string') return value;
    const buttons = Array.isArray(part.buttons) ? { buttons: part.buttons.map(upper) } : {};
    return {
      ...part,
      ...buttons,
      type: part.type.toUpperCase(),
      ...(typeof part.otp_type === 'string' ? { otp_type: part.otp_type.toUpperCase() } : {}),
    };
  };
  return body && Array.isArray(body.components) ? { ...body, components: body.components.map(upper) } : body;
}
