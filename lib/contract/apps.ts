import { z } from 'zod';
import { cleanText, localeTag, useCaseName } from '@/lib/contract/common';
import { NETWORKS_MAX, networkText, parseNetwork } from '@/lib/domain/abuse/address-list';
import { SCOPES } from '@/lib/domain/actor';

// Apps and their keys, as the console's forms and the command line write them.

/** Active keys of one app, and apps of one installation: both are read whole by every process. */
export const KEYS_MAX = 50;
export const APPS_MAX = 500;
export const KEY_LIFETIME_DAYS = { min: 1, max: 3650 } as const;

const network = z
  .string()
  .trim()
  .max(60)
  .transform((text, context) => {
    const parsed = parseNetwork(text);
    if (parsed) return networkText(parsed);
    context.addIssue({
      code: 'custom',
      message: `${text.slice(0, 60)} is no address and no block like 203.0.113.0/24`,
    });
    return z.NEVER;
  });

const unique = <T>(list: readonly T[]) => [...new Set(list)];

/** What can be said about an app. Empty lists allow everything. */
export const appSettings = z.strictObject({
  name: cleanText(1, 80).trim().min(1, 'Enter a name'),
  brand: cleanText(1, 40).trim().min(1, 'Enter the name that people read in the message'),
  defaultLocale: localeTag.nullable().default(null),
  webDomain: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'A domain like shop.example.com')
    .nullable()
    .default(null),
  allowedUseCases: z.array(useCaseName).max(100).transform(unique).default([]),
  allowedNetworks: z.array(network).max(NETWORKS_MAX, `At most ${NETWORKS_MAX} blocks`).transform(unique).default([]),
});
export type AppSettings = z.output<typeof appSettings>;

/** What a new key is made of. Without days it does not expire. */
export const newKey = z.strictObject({
  name: cleanText(1, 80).trim().min(1, 'Enter a name'),
  livemode: z.boolean(),
  scopes: z.array(z.enum(SCOPES)).min(1, 'Choose at least one').max(SCOPES.length).transform(unique),
  lifetimeDays: z
    .int('A whole number of days')
    .min(KEY_LIFETIME_DAYS.min, `From ${KEY_LIFETIME_DAYS.min} day`)
    .max(KEY_LIFETIME_DAYS.max, `At most ${KEY_LIFETIME_DAYS.max} days`)
    .nullable(),
});

export const KEY_STATES = ['active', 'ending', 'expired', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];
