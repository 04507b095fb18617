import type { Channel } from '@/lib/domain/channel';
import { FAILURE_REASONS, type FailureReason } from '@/lib/domain/message/reasons';

/** Reasons that somebody on our side has to repair. */
export type OurReason = {
  [R in FailureReason]: (typeof FAILURE_REASONS)[R]['group'] extends 'ours' ? R : never;
}[FailureReason];
export const OUR_REASONS = Object.keys(FAILURE_REASONS).filter(
  (reason): reason is OurReason => FAILURE_REASONS[reason as FailureReason].group === 'ours',
);

/** With these nothing can be expected to be sent over the connection; with the others some messages can. */
export const STOPS_ALL: ReadonlySet<OurReason> = new Set(['credentials_rejected', 'account_restricted']);

/** Messages of one kind that failed by our own fault in a window. */
export type Fault = {
  connectionId: string;
  appId: string;
  country: string;
  channel: Channel;
  reason: OurReason;
  template: string;
  locale: string;
  n: number;
  /** When the newest of them was handed over. */
  lastAt: Date;
  /** How long ago the newest of them failed. */
  quietSeconds: number;
  /** Uuids of verifications, newest first. */
  samples: readonly string[];
};

/** When a connection last took a message of a template, language and country. */
export type Carried = Pick<Fault, 'connectionId' | 'template' | 'locale' | 'country'> & { at: Date };

/**
 * A fault that has not come again for so long has ended, where the same was carried since. Not sooner: what fails now and then, and what a
 * provider takes first and fails by a receipt, would open and end with every message.
 */
export const FAULT_QUIET_SECONDS = 300;

/** What of some faults goes on: all but what has been quiet and was carried since. A template's end is shown by that template, a country's by that country. */
export function goingOn(faults: readonly Fault[], carried: readonly Carried[]): Fault[] {
  return faults.filter(
    (fault) =>
      fault.quietSeconds < FAULT_QUIET_SECONDS || !carried.some((one) => one.at > fault.lastAt && isSame(fault, one)),
  );
}

function isSame(fault: Fault, one: Carried): boolean {
  if (fault.connectionId !== one.connectionId) return false;
  if (fault.reason === 'template_unavailable') return fault.template === one.template && fault.locale === one.locale;
  return fault.reason !== 'country_not_allowed' || fault.country === one.country;
}
