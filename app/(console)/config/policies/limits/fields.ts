import type { Entity, LimitsEntity } from '@/lib/domain/configuration/entities';
import { numberOf } from '../fields';

/** Whole numbers with the bounds that the draft's schema has. */
export const LIMITS = {
  numberPer10Minutes: { min: 1, max: 100 },
  numberPerDay: { min: 1, max: 1_000 },
  prefixPerHour: { min: 1, max: 100_000 },
  ipPerHour: { min: 1, max: 100_000 },
} as const;
export type LimitField = keyof typeof LIMITS;
export type LimitFields = Record<LimitField, string>;

export const typedLimits = (limits: LimitsEntity): LimitFields => ({
  numberPer10Minutes: String(limits.numberPer10Minutes),
  numberPerDay: String(limits.numberPerDay),
  prefixPerHour: String(limits.prefixPerHour),
  ipPerHour: String(limits.ipPerHour),
});

export const limitsOf = (fields: LimitFields): Entity =>
  Object.fromEntries(Object.entries(fields).map(([field, typed]) => [field, numberOf(typed) ?? typed]));
