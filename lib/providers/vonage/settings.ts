import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { repairPem } from '@/lib/providers/pem';

const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'A number with its plus sign, e.g. +15550100200');
const alphanumeric = z.string().regex(/^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/, 'At most 11 letters and digits');
const shortCode = z.string().regex(/^\d{3,8}$/, 'A short code of 3 to 8 digits');

/** At least one sender, else the connection could carry nothing. */
export const vonageSettings = z
  .strictObject({
    application_id: z
      .string()
      .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'The application’s id, as Vonage shows it'),
    sms_from: z
      .union([phone, shortCode, alphanumeric], { error: 'A number, a short code or a sender name' })
      .optional(),
    whatsapp_from: phone.optional(),
    dlt_entity_id: z
      .string()
      .regex(/^\d{10,25}$/, '10 to 25 digits, as the DLT portal shows it')
      .optional()
      .describe('Your entity id with India’s operators (DLT): handed over with every SMS to India'),
  })
  .refine((settings) => settings.sms_from !== undefined || settings.whatsapp_from !== undefined, {
    path: ['sms_from'],
    error: 'Give sms_from, whatsapp_from or both',
  });

/** Long enough for an RSA key of 8192 bits. */
const PEM_LENGTH_MAX = 8_192;
const KEY_BITS_MIN = 2_048;

/**
 * `private_key` belongs to the application and signs our requests; `signature_secret` belongs to the account and signs
 * Vonage's callbacks.
 */
export const vonageCredentials = z.strictObject({
  private_key: z
    .string()
    .max(PEM_LENGTH_MAX, 'Too long for a private key')
    .transform(repairPem)
    .refine(isRsaKey, 'An RSA private key of at least 2048 bits, in PEM form')
    .describe('The application’s own, as downloaded: -----BEGIN PRIVATE KEY----- …'),
  signature_secret: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/, 'Printable characters without spaces')
    .describe('Of the account, under API settings: it signs the callbacks.'),
});

function isRsaKey(pem: string): boolean {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= KEY_BITS_MIN;
  } catch {
    return false;
  }
}
