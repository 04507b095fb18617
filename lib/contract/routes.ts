import { z } from 'zod';
import { countryCode, isoTime, mailAddress, useCaseName, wishedLocale } from '@/lib/contract/common';
import { CHANNELS } from '@/lib/domain/channel';

const channel = z.enum(CHANNELS);
const to = z.string().max(20).meta({ description: 'E.164 with the plus sign', example: '+5511987654321' });

const email = mailAddress.optional().meta({
  description: 'The address of the same person, if there is one: without it channel email is left out. Not kept.',
  example: 'person@example.com',
});

export const channelsQuery = z.strictObject({ to, email, use_case: useCaseName.default('login') });

/** What to offer a user: in `automatic` mode show nothing, in `user_choice` show these buttons in this order. */
export const channelsAnswer = z
  .object({
    country: countryCode,
    mode: z.enum(['automatic', 'user_choice']),
    channels: z.array(
      z.object({
        channel,
        wait_seconds_p50: z.number().nullable().meta({
          description: 'Seconds to a tenth: median of the last 24 h in this country; null under 30 deliveries',
        }),
        wait_seconds_p90: z.number().nullable(),
        sample_size: z.int(),
      }),
    ),
  })
  .meta({ id: 'Channels' });

export const explainBody = z
  .strictObject({
    to,
    email,
    use_case: useCaseName.default('login'),
    channel: channel.optional(),
    locale: wishedLocale.optional(),
  })
  .meta({ id: 'ExplainRoute' });

/** A dry run: what would happen for this number and use case, and why. Nothing is sent or counted. */
export const explainAnswer = z
  .object({
    country: countryCode,
    to_masked: z.string(),
    would_send: z.boolean().meta({
      description:
        'Whether the route and its caps for the day let a code go out. Send limits of the number, its prefix and the address, and a code that is on its way already, are not looked at.',
    }),
    refusal: z.string().nullable(),
    mode: z.enum(['automatic', 'user_choice', 'blocked']),
    steps: z.array(
      z.object({
        channel,
        provider: z.string(),
        connection: z.string(),
        template: z.string(),
        locale: z.string(),
        price_micros: z.int(),
        currency: z.literal('USD'),
        starts_after_seconds: z.int().nullable().meta({
          description: '0 for the first that leaves; null when only a failure starts it, or when it is passed over',
        }),
      }),
    ),
    skipped: z.array(z.object({ channel, connection: z.string().nullable(), why: z.string() })),
    starts_at_step: z
      .int()
      .meta({ description: 'Later than 0 when the number is remembered as not on the first channel' }),
    fallback_on_failed: z.boolean(),
    fallback_after_seconds: z.int().nullable(),
    inherited_from: z.record(z.string(), z.string()),
    override: z.object({ until: isoTime, reason: z.string() }).nullable().meta({
      description: 'Somebody put the fallback first for a while; null: the steps are in the order of the route',
    }),
    policy: z.object({ use_case: z.string(), lifetime_seconds: z.int(), code_length: z.int(), checks_max: z.int() }),
  })
  .meta({ id: 'RouteExplanation' });
