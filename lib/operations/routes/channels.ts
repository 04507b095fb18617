import type { z } from 'zod';
import type { channelsAnswer, channelsQuery } from '@/lib/contract/routes';
import { blindIndex } from '@/lib/crypto/blind-index';
import { type ChannelWait, waitByChannel } from '@/lib/db/analytics/wait-by-channel';
import { database } from '@/lib/db/client';
import { rememberedUnreachable } from '@/lib/db/reachability';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { orderedSteps } from '@/lib/domain/routing/plan';
import { newUuid } from '@/lib/ids';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { planFor, policyOf, recipientOf, requireSteps, requireUseCase } from '@/lib/operations/routes/plan-for';

/** Fewer deliveries than this say nothing about a wait (product: under n = 30 a sample is low). */
const SAMPLE_MIN = 30;
const DAY_MS = 86_400_000;
/** Waits change slowly; one look per country and minute is enough for a hint beside a button. */
const CACHE_MS = 60_000;
const CACHE_MAX = 300;

const holder = globalThis as { watchwordWaits?: Map<string, { at: number; waits: ChannelWait[] }> };

/**
 * channels.list: the channels to offer this number, in order, and whether to offer them at all. One that the number is remembered as not on comes last, as
 * an issue would pass over it.
 */
export async function listChannels(
  actor: Actor,
  input: z.output<typeof channelsQuery>,
): Promise<z.output<typeof channelsAnswer>> {
  permit(actor, 'channels:read');
  const configuration = await currentConfiguration();
  const recipient = recipientOf(input.to);
  const policy = policyOf(configuration, input.use_case);
  const app = actor.kind === 'api_key' ? (configuration.apps.get(actor.appId) ?? null) : null;
  requireUseCase(app, policy.useCase);
  const plan = planFor(configuration, {
    country: recipient.country,
    policy,
    channel: null,
    hasMailAddress: input.email !== undefined,
    locale: null,
    app,
    draw: 0,
  });
  requireSteps(plan, null, recipient.country);
  const [waits, unreachable] = await Promise.all([
    waitsOf(recipient.country),
    rememberedUnreachable(database(), blindIndex('number', recipient.e164)),
  ]);
  // Behind the others and not left out: what is remembered may be over, and a person knows.
  const channels = orderedSteps(plan).map(({ channel }) => channel);
  const inOrder = [
    ...channels.filter((channel) => !unreachable.has(channel)),
    ...channels.filter((channel) => unreachable.has(channel)),
  ];
  return {
    country: recipient.country,
    mode: plan.mode === 'user_choice' ? 'user_choice' : 'automatic',
    channels: inOrder.map((channel) => {
      const wait = waits.find((row) => row.channel === channel);
      const isEnough = wait !== undefined && wait.n >= SAMPLE_MIN;
      return {
        channel,
        wait_seconds_p50: isEnough ? tenths(wait.p50_seconds) : null,
        wait_seconds_p90: isEnough ? tenths(wait.p90_seconds) : null,
        sample_size: wait?.n ?? 0,
      };
    }),
  };
}

/** A hint beside a button has no use for more, and binary fractions show as 7.467900000000002. */
const tenths = (seconds: number | null) => (seconds === null ? null : Math.round(seconds * 10) / 10);

async function waitsOf(country: string): Promise<ChannelWait[]> {
  holder.watchwordWaits ??= new Map();
  const known = holder.watchwordWaits.get(country);
  if (known && Date.now() - known.at < CACHE_MS) return known.waits;
  const waits = await waitByChannel(database(), country, newUuid(Date.now() - DAY_MS));
  if (holder.watchwordWaits.size >= CACHE_MAX) holder.watchwordWaits.clear();
  holder.watchwordWaits.set(country, { at: Date.now(), waits });
  return waits;
}
