import { z } from 'zod';

const secret = z.string().regex(/^[\x21-\x7e]{1,512}$/, 'Printable characters without spaces');

/** WhatsApp needs its number and the account that owns the templates; SMS goes without a sender name where a country wants none. */
export const ycloudSettings = z
  .strictObject({
    whatsapp_from: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'A number with its plus sign, e.g. +15550100200')
      .optional(),
    waba_id: z
      .string()
      .regex(/^\d{1,32}$/, 'Digits only, as Meta shows the id')
      .optional(),
    sms_sender_id: z
      .string()
      .regex(/^(?:\+?\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/, 'A number, a short code or a sender name')
      .optional()
      .describe('Left empty, YCloud chooses a sender'),
  })
  .refine((settings) => (settings.whatsapp_from === undefined) === (settings.waba_id === undefined), {
    path: ['waba_id'],
    error: 'Give whatsapp_from and waba_id together',
  });

/**
 * `webhook_secret` belongs to the webhook endpoint, which can only be made once our connection has its address: it may
 * come later, by rotation. Until then no callback is believed.
 */
export const ycloudCredentials = z.strictObject({
  api_key: secret,
  webhook_secret: secret
    .optional()
    .describe('Shown by YCloud when the webhook endpoint is made; until it is given, no callback is believed'),
});
