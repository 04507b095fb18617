import { z } from 'zod';

const graphId = z.string().regex(/^\d{1,32}$/, 'Digits only, as Meta shows the id');
const secret = z.string().regex(/^[\x21-\x7e]{1,1024}$/, 'Printable characters without spaces');

/**
 * `waba_id` is the WhatsApp Business Account that owns the templates. Versions live about two years; v25.0 (2026-02-18)
 * is served until 2028-07-29 (developers.facebook.com/docs/graph-api/changelog).
 */
export const metaSettings = z.strictObject({
  phone_number_id: graphId,
  waba_id: graphId,
  api_version: z
    .string()
    .regex(/^v\d{1,3}\.\d{1,2}$/, 'A Graph API version such as v25.0')
    .default('v25.0'),
});

/** `app_secret` signs callbacks; `verify_token` is free text chosen by us for the subscription handshake. */
export const metaCredentials = z.strictObject({
  access_token: secret,
  app_secret: secret,
  verify_token: secret,
});
