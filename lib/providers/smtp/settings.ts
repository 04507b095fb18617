import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { isMailAddress } from '@/lib/domain/mail/address';

const PEM_LENGTH_MAX = 16_384;
const printable = z.string().regex(/^[\x20-\x7e]{1,256}$/, 'Printable characters');

/**
 * Where the server is stands in the connection's address: `smtp://host:587`, or `smtps://host:465` for TLS from the first
 * byte. `tls` is `required` unless it says `none`, which is heeded only for a server on this machine. `ca_certificate` is for
 * servers whose certificate nobody but the house knows.
 */
export const smtpSettings = z.strictObject({
  from: z.string().refine(isMailAddress, 'An e-mail address, e.g. code@example.com'),
  from_name: z
    .string()
    .regex(/^[^\p{Cc}<>"]{1,70}$/u, 'At most 70 characters, without quotes or angle brackets')
    .optional(),
  tls: z.enum(['required', 'none'], { error: 'required or none' }).default('required'),
  ca_certificate: z
    .string()
    .max(PEM_LENGTH_MAX, 'Too long for a certificate')
    .transform((entered) => entered.replaceAll('\\n', '\n'))
    .refine(isCertificate, 'A certificate in PEM form')
    .optional(),
});

/** Both are always needed: a server that takes mail from anybody is not one to send codes through. */
export const smtpCredentials = z.strictObject({ username: printable, password: printable });

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca !== undefined;
  } catch {
    return false;
  }
}
