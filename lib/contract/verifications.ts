import { z } from 'zod';
import {
  cleanText,
  countryCode,
  isoTime,
  mailAddress,
  pageQuery,
  useCaseName,
  wishedLocale,
} from '@/lib/contract/common';
import { CHANNELS } from '@/lib/domain/channel';
import { MESSAGE_STATES, RECEIPT_STATUSES } from '@/lib/domain/message/states';
import { CODE_LENGTH } from '@/lib/domain/verification/limits';
import { CHECK_OUTCOMES, VERIFICATION_STATUSES } from '@/lib/domain/verification/states';

const channel = z.enum(CHANNELS);
const METADATA_KEYS_MAX = 20;

/** Who the end user is, as far as the app knows. `ip` counts towards the send limits; none of it is ever required. */
export const clientInfo = z
  .strictObject({
    ip: z.union([z.ipv4(), z.ipv6()]).optional().meta({ description: "The end user's address as the app sees it." }),
    user_agent: cleanText(1, 500).optional(),
    device_id: cleanText(1, 200).optional(),
    country: countryCode.optional(),
  })
  .meta({ id: 'Client' });

/** What is being approved, where money moves. */
export const transactionInfo = z
  .strictObject({
    amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({ description: 'Micros of the currency' }),
    currency: z.string().regex(/^[A-Z]{3}$/),
    payee: cleanText(1, 100).optional(),
  })
  .meta({ id: 'Transaction' });

export const metadata = z
  .record(cleanText(1, 40), cleanText(0, 500))
  .refine((value) => Object.keys(value).length <= METADATA_KEYS_MAX, `at most ${METADATA_KEYS_MAX} keys`)
  .meta({ maxProperties: METADATA_KEYS_MAX });

export const issueBody = z
  .strictObject({
    to: z.string().max(20).meta({ description: 'E.164 with the plus sign', example: '+5511987654321' }),
    email: mailAddress.optional().meta({
      description: 'The address of the same person. Used for steps on channel email only, and never shown.',
      example: 'person@example.com',
    }),
    use_case: useCaseName.default('login').meta({ description: 'Decides lifetime, length and text of the code' }),
    channel: channel
      .optional()
      .meta({ description: "The user's own choice: honoured, and never left for another channel silently." }),
    locale: wishedLocale.optional(),
    client: clientInfo.optional(),
    reference: cleanText(1, 200).optional().meta({ description: "The caller's own id for this." }),
    metadata: metadata.optional().meta({ description: 'Up to 20 keys with texts, given back as they are' }),
    transaction: transactionInfo.optional(),
    app_hash: z
      .string()
      .regex(/^[A-Za-z0-9+/=]{11}$/)
      .optional()
      .meta({ description: 'Android SMS Retriever hash, 11 characters' }),
  })
  .meta({ id: 'IssueVerification' });
export type IssueBody = z.output<typeof issueBody>;

/** Between 4 and 10 letters and digits of ASCII, with any spaces and hyphens between them. */
const CODE_TYPED = /^[ -]*(?:[0-9A-Za-z][ -]*){4,10}$/;
const CODE_TYPED_MAX = 40;

export const checkBody = z
  .strictObject({
    code: z
      .string()
      .max(CODE_TYPED_MAX)
      .regex(CODE_TYPED, `must be ${CODE_LENGTH.min} to ${CODE_LENGTH.max} letters and digits`)
      .meta({
        description: 'As it was typed: small letters, spaces and hyphens do not matter.',
        example: '482915',
      }),
    transaction: transactionInfo.optional().meta({
      description:
        'What is being approved: another one than was issued for is a mismatch. Required, with its payee, where the use case binds a transaction. Says nothing where none was given at issue.',
    }),
  })
  .meta({ id: 'CheckVerification' });

export const resendBody = z
  .strictObject({
    channel: channel.optional().meta({
      description:
        'The user’s own choice, one of `switch_to` or the current one: nothing falls back from it by itself. Left out, the code goes out on the current one.',
    }),
  })
  .meta({ id: 'ResendVerification' });

export const cancelBody = z.strictObject({});

/** A verification as every answer shows it. The code is never part of it. */
export const verification = z
  .object({
    id: z.string().meta({ example: 'vrf_0199f2c0a1b27c3d8e4f5a6b7c8d9e0f' }),
    object: z.literal('verification'),
    status: z.enum(VERIFICATION_STATUSES),
    end_reason: z
      .string()
      .nullable()
      .meta({ description: 'Why it ended so; null while it is pending, and when it was approved' }),
    to_masked: z.string().meta({ example: '+55 ••••••••• 21' }),
    country: countryCode,
    use_case: z.string(),
    locale: z.string(),
    channel: channel.nullable().meta({ description: 'The channel of the newest message' }),
    route: z.array(channel).meta({ description: 'The ordered channels frozen at issue' }),
    switch_to: z
      .array(channel)
      .meta({ description: 'Channels the user may choose for a resend; none once it has ended' }),
    next_fallback_at: isoTime.nullable().meta({
      description: 'When the next channel takes over by itself unless something is delivered; null: nothing is due',
    }),
    created_at: isoTime,
    expires_at: isoTime,
    resend_after: isoTime.meta({ description: 'Not before this may it be sent again' }),
    ended_at: isoTime.nullable(),
    approved_at: isoTime.nullable(),
    checks_remaining: z.int().meta({ description: 'Guesses that are left' }),
    resends_remaining: z.int(),
    livemode: z.boolean().meta({ description: 'false: made with a test key, nothing is sent' }),
    reference: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    transaction: transactionInfo.nullable(),
  })
  .meta({ id: 'Verification' });
export type VerificationResource = z.output<typeof verification>;

export const checkResult = z
  .object({ outcome: z.enum(CHECK_OUTCOMES), checks_remaining: z.int(), verification })
  .meta({ id: 'CheckResult', description: 'Every decided outcome is 200; a wrong code is an answer, not an error.' });

const receipt = z.object({
  status: z.enum(RECEIPT_STATUSES),
  at: isoTime.meta({ description: "The provider's clock" }),
  received_at: isoTime,
  decision: z.enum(['moved', 'stale']).nullable(),
  reason: z.string().nullable(),
  provider_code: z.string().nullable(),
});

const message = z
  .object({
    id: z.string(),
    step: z.int(),
    cause: z.enum(['issue', 'fallback', 'resend']),
    channel,
    provider: z.string(),
    connection: z.string().nullable(),
    template: z.string(),
    locale: z.string(),
    state: z.enum(MESSAGE_STATES),
    reason: z.string().nullable(),
    provider_code: z.string().nullable(),
    detail: z.string().nullable(),
    provider_message_id: z.string().nullable(),
    submitted_at: isoTime,
    answered_at: isoTime.nullable(),
    sent_at: isoTime.nullable(),
    delivered_at: isoTime.nullable(),
    read_at: isoTime.nullable(),
    failed_at: isoTime.nullable(),
    segments: z.int(),
    cost_micros: z.int(),
    price_micros: z.int(),
    currency: z.literal('USD'),
    receipts: z.array(receipt),
  })
  .meta({ id: 'Message' });
export type MessageResource = z.output<typeof message>;

/** Why the route is what it is: one line of the decision trace. */
export const decision = z.object({
  at: isoTime,
  kind: z.string().meta({ description: 'route, skipped, fallback, no_fallback, resend, undeliverable, ended …' }),
  detail: z.record(z.string(), z.unknown()).meta({
    description:
      'What it rests on, by kind. `fallback`: `cause` and the new `message_id`. `fallback` after a failure and `undeliverable`: `failed_message_id`, with the `reason` and `provider_code` of that failure where they are known.',
  }),
});

export const verificationLife = verification
  .extend({
    messages: z.array(message),
    checks: z.array(z.object({ at: isoTime, outcome: z.enum(CHECK_OUTCOMES), number: z.int().nullable() })),
    decisions: z.array(decision),
  })
  .meta({ id: 'VerificationLife', description: 'One verification with its messages, receipts, checks and decisions.' });
export type VerificationLife = z.output<typeof verificationLife>;

const many = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .union([z.array(z.string()), z.string()])
    .transform((value) => (Array.isArray(value) ? value : value.split(',')).filter((part) => part !== ''))
    .pipe(z.array(item).min(1).max(20));

/** Filters of the list; the console's URL and the API's query are the same. */
export const listQuery = pageQuery
  .extend({
    status: many(z.enum(VERIFICATION_STATUSES))
      .optional()
      .meta({ description: `Separated by commas, of: ${VERIFICATION_STATUSES.join(', ')}` }),
    channel: many(channel).optional().meta({ description: 'Any message on one of these channels' }),
    country: many(countryCode).optional().meta({ description: 'Separated by commas' }),
    use_case: many(useCaseName).optional().meta({ description: 'Separated by commas' }),
    reference: cleanText(1, 200).optional().meta({ description: "The caller's own id, exactly" }),
    to: z.string().max(20).optional().meta({ description: 'Full E.164 number; found by keyed hash' }),
    created_after: isoTime.optional(),
    created_before: isoTime.optional(),
  })
  .meta({ id: 'VerificationFilters' });
export type ListQuery = z.output<typeof listQuery>;

/** A row of the list: the verification and the trail its messages took. */
export const verificationSummary = verification
  .extend({
    trail: z.array(
      z.object({ channel, cause: z.string(), state: z.enum(MESSAGE_STATES), reason: z.string().nullable() }),
    ),
    seconds_to_deliver: z.number().nullable().meta({ description: 'First delivered − first submitted' }),
    cost_micros: z.int(),
    checks_used: z.int(),
    app: z.object({ id: z.string(), name: z.string() }),
  })
  .meta({ id: 'VerificationSummary' });
export type VerificationSummary = z.output<typeof verificationSummary>;

export const verificationPage = z
  .object({
    object: z.literal('list'),
    data: z.array(verificationSummary),
    has_more: z.boolean(),
    next_after: z.string().nullable().meta({
      description:
        'Give it as `starting_after` to go on. A page under a rare filter may hold fewer verifications than the limit, or none, and still not be the last. Null on the last page.',
    }),
  })
  .meta({ id: 'VerificationPage' });
