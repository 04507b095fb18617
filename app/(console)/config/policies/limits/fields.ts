import type { Entity, LimitsEntity } from '@/lib/domain/configuration/entities';
import type { SEND_LIMIT_BOUNDS } from '@/lib/domain/verification/limits';
import { numberOf } from '../fields';

export type LimitField = keyof typeof SEND_LIMIT_BOUNDS;
export type LimitFields = Record<LimitField, string>;

export const typedLimits = (limits: LimitsEntity): LimitFields => ({
  numberPer10Minutes: String(limits.numberPer10Minutes),
  numberPerDay: String(limits.numberPerDay),
  prefixPerHour: String(limits.prefixPerHour),
  ipPerHour: String(limits.ipPerHour),
});

export const limitsOf = (fields: LimitFields): Entity =>
  Object.fromEntries(Object.entries(fields).map(([field, typed]) => [field, numberOf(typed) ?? typed]));
