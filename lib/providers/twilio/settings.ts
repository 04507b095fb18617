import { z } from 'zod';

const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'A number with its plus sign, e.g. +15550100200');
const alphanumeric = z.string().regex(/^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/, 'At most 11 letters and digits');
const shortCode = z.string().regex(/^\d{3,8}$/, 'A short code of 3 to 8 digits');

/** `sms_from` and `messaging_service_sid` are two ways to name the SMS sender: exactly one. */
export const twilioSettings = z
  .strictObject({
    account_sid: z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'AC and 32 hex digits'),
    sms_from: z
      .union([phone, shortCode, alphanumeric], { error: 'A number, a short code or a sender name' })
      .optional(),
    messaging_service_sid: z
      .string()
      .regex(/^MG[0-9a-fA-F]{32}$/, 'MG and 32 hex digits')
      .optional(),
    whatsapp_from: phone.optional(),
  })
  .refine((settings) => (settings.sms_from === undefined) !== (settings.messaging_service_sid === undefined), {
    path: ['sms_from'],
    error: 'Give either sms_from or messaging_service_sid',
  });

/** The primary token: Twilio signs callbacks with it even when requests are made with API keys. */
export const twilioCredentials = z.strictObject({
  auth_token: z.string().regex(/^[\x21-\x7e]{1,256}$/, 'Printable characters without spaces'),
});
