import { z } from 'zod';
import { cleanText, countryCode } from '@/lib/contract/common';
import { WEBHOOK_URL_MAX } from '@/lib/domain/alerts/address';
import { ALERT_KINDS, MINIMUM_VOLUME, WINDOW_MINUTES } from '@/lib/domain/alerts/rules';
import { CHANNELS } from '@/lib/domain/channel';
import { OVERRIDE_MINUTES } from '@/lib/domain/routing/override';

const share = z.number().min(0.01, 'At least 1 %').max(1, 'At most 100 %');
const factor = z.number().min(1.1, 'At least 1.1').max(1_000, 'At most 1000').nullable();
const nothing = z.strictObject({});

const common = {
  /** The public id of a rule to change; left out for a new one. */
  id: z.string().max(64).optional(),
  name: cleanText(1, 80),
  windowMinutes: z
    .int('Whole minutes')
    .min(WINDOW_MINUTES.min, `At least ${WINDOW_MINUTES.min}`)
    .max(WINDOW_MINUTES.max, `At most ${WINDOW_MINUTES.max}`),
  minimumVolume: z.int('A whole number').min(MINIMUM_VOLUME.min).max(MINIMUM_VOLUME.max),
  appId: z.uuid().nullable(),
  country: countryCode.nullable(),
  channel: z.enum(CHANNELS).nullable(),
  connectionId: z.uuid().nullable(),
  enabled: z.boolean(),
  destinations: z.array(z.uuid()).max(20),
};

/** A rule as it is written. Bounds keep one evaluation small. */
export const alertRuleInput = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('delivery_drop'),
    thresholds: z.strictObject({ dropPoints: share, dropShare: share }),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('slow_delivery'),
    thresholds: z
      .strictObject({ p90Ms: z.int().min(1_000, 'At least 1 s').max(600_000, 'At most 600 s').nullable(), factor })
      .refine(({ p90Ms, factor: times }) => p90Ms !== null || times !== null, 'Give one of the two'),
  }),
  z.strictObject({ ...common, kind: z.literal('unknown_rate'), thresholds: z.strictObject({ share }) }),
  z.strictObject({
    ...common,
    kind: z.literal('spend'),
    windowMinutes: z.int('Whole minutes').min(WINDOW_MINUTES.min).max(WINDOW_MINUTES.spendMax),
    thresholds: z
      .strictObject({ limitMicros: z.int().min(10_000, 'At least $0.01').max(1e12).nullable(), factor })
      .refine(({ limitMicros, factor: times }) => limitMicros !== null || times !== null, 'Give one of the two'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('template_not_sendable'),
    minimumVolume: z.int().min(0),
    thresholds: nothing,
  }),
  z.strictObject({ ...common, kind: z.literal('webhook_silence'), thresholds: nothing }),
  z.strictObject({ ...common, kind: z.literal('our_fault'), thresholds: nothing }),
]);
export type AlertRuleInput = z.output<typeof alertRuleInput>;

export const alertKind = z.enum(ALERT_KINDS);

/** How long an alert tells nobody: minutes, or until it resolves; `off` ends it. */
export const snoozeInput = z.strictObject({
  alertId: z.string().max(64),
  length: z.enum(['1h', '8h', 'until_resolved', 'off']),
});
export type SnoozeInput = z.output<typeof snoozeInput>;

export const destinationInput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    name: cleanText(1, 80),
    address: z.email('An e-mail address').max(254),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    name: cleanText(1, 80),
    address: cleanText(1, WEBHOOK_URL_MAX),
  }),
]);
export type DestinationInput = z.output<typeof destinationInput>;

/** Puts the fallback first: in countries, or wherever a connection carries messages now. */
export const overrideInput = z
  .strictObject({
    countries: z.array(countryCode).max(260).default([]),
    /** A connection's uuid. */
    connectionId: z.uuid().nullable().default(null),
    minutes: z
      .int('Whole minutes')
      .min(OVERRIDE_MINUTES.min, `At least ${OVERRIDE_MINUTES.min} minutes`)
      .max(OVERRIDE_MINUTES.max, 'At most 24 hours')
      .default(OVERRIDE_MINUTES.default),
    reason: cleanText(3, 200),
    /** The public id of the alert it was started from. */
    alertId: z.string().max(64).nullable().default(null),
  })
  .refine(
    ({ countries, connectionId }) => countries.length > 0 || connectionId !== null,
    'Name countries or a connection',
  );
export type OverrideInput = z.input<typeof overrideInput>;
