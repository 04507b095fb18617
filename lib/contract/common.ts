import { z } from 'zod';
import { isMailAddress, MAIL_ADDRESS_LENGTH_MAX } from '@/lib/domain/mail/address';

/** Text without NUL and without halves of surrogate pairs: what Postgres can store and every reader can show. */
export const cleanText = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[^\0\p{Surrogate}]*$/u, 'must not contain NUL or unpaired surrogates');

export const isoTime = z.iso
  .datetime({ offset: true })
  .meta({ description: 'ISO 8601, UTC in answers', example: '2026-11-22T12:00:00.000Z' });
export const countryCode = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .meta({ description: 'ISO 3166-1 alpha-2', example: 'BR' });
export const localeTag = z
  .string()
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?$/)
  .meta({ description: 'Language, optionally with region', example: 'pt_BR' });
/**
 * A language as a phone or a browser says it (BCP 47: `es-419`, `zh-Hant-TW`, `ca-ES-valencia`). Nobody is refused a code for it: what no text speaks falls
 * back to the app's language.
 */
export const wishedLocale = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$/)
  .meta({ description: 'Language as BCP 47 says it; the nearest text there is goes out', example: 'pt-BR' });
export const useCaseName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,49}$/)
  .meta({ example: 'login' });
export const mailAddress = z
  .string()
  .max(MAIL_ADDRESS_LENGTH_MAX)
  .refine(isMailAddress, 'must be one plain e-mail address');

/** The one error shape. */
export const errorBody = z
  .object({
    error: z.object({
      type: z.string(),
      code: z.string(),
      message: z.string(),
      param: z.string().nullable(),
      doc_url: z.string(),
      request_id: z.string(),
      retry_after: z.int().optional().meta({ description: 'Seconds; where trying again later helps' }),
    }),
  })
  .meta({ id: 'Error', description: 'Every refusal has this shape.' });

/** A whole number in a query, in plain digits: `0x10`, `1e1` and ` 5` are mistakes. */
export const queryNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );

/** Cursor pages: newest first; `starting_after` is the last id of the page before. */
export const PAGE_LIMIT = { default: 20, max: 100 } as const;
export const pageQuery = z.object({
  limit: queryNumber(1, PAGE_LIMIT.max).default(PAGE_LIMIT.default),
  starting_after: z.string().max(64).optional().meta({ description: '`next_after` of the page before' }),
});
