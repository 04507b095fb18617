import { OVERRIDE_MINUTES, type RouteOverride } from '@/lib/domain/routing/override';
import { newUuid } from '@/lib/ids';
import { logNormalMs, type Random, shareOf } from '@/lib/simulator/random';
import type { Mishap, Trouble } from './carriers';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What went wrong, when and where. Times are milliseconds since 1970. */
export type Incident = {
  name: string;
  about: string;
  from: number;
  to: number;
  country: string | null;
  trouble: Trouble;
};

/** In UTC: six in the evening in São Paulo, from when on people there send the most. Earlier, an hour holds too few messages for a judgement. */
const BRAZIL_EVENING_HOUR = 21;

/** The troubles of the last 60 days, told from the present backwards and always at the same hours of the day. */
export function incidentsBefore(now: number): {
  outage: Incident;
  slowSms: Incident;
  token: Incident;
  all: readonly Incident[];
} {
  const midnight = Math.floor(now / DAY) * DAY;
  const outage = brazilianOutage(midnight - 9 * DAY + BRAZIL_EVENING_HOUR * HOUR);
  const slowSms = slowRoute(midnight - 22 * DAY + HOUR);
  const token = rejectedToken(midnight - 5 * DAY + 14 * HOUR);
  return { outage, slowSms, token, all: [outage, slowSms, token] };
}

/** Five hours in which WhatsApp hardly works in Brazil: it begins with silence, peaks, and fades. */
function brazilianOutage(from: number): Incident {
  const to = from + 5 * HOUR;
  return {
    name: 'outage',
    about: 'WhatsApp in Brazil fails and falls silent for five hours; SMS takes over',
    from,
    to,
    country: 'BR',
    trouble: ({ channel, country, at }, random) => {
      if (channel !== 'whatsapp' || country !== 'BR' || at < from || at >= to) return null;
      const share = at < from + 20 * MINUTE ? 0.45 : at < to - 40 * MINUTE ? 0.94 : 0.35;
      return random() < share ? outageMishap(random) : null;
    },
  };
}

function outageMishap(random: Random): Mishap {
  const chance = random();
  if (chance < 0.48) return { kind: 'held', holdMs: null };
  if (chance < 0.72) return { kind: 'refused', code: 131016 };
  if (chance < 0.84) return { kind: 'no_answer' };
  // The rest comes through late, when the SMS is long there: paid twice.
  return { kind: 'held', holdMs: logNormalMs(random, 110_000, 420_000) };
}

/** What somebody did about it: SMS first, for the two hours that the console proposes. A new id each time: call it once. */
export function overrideBefore(now: number): RouteOverride & { from: number } {
  const from = incidentsBefore(now).outage.from + 105 * MINUTE;
  const until = new Date(from + OVERRIDE_MINUTES.default * MINUTE);
  const reason = 'WhatsApp hardly works in Brazil; SMS first until Meta says more';
  return { id: newUuid(from), country: 'BR', from, until, reason };
}

/** A day, nine to eleven in Manila, on which SMS to the Philippines takes a detour. At night there are too few to tell. */
function slowRoute(from: number): Incident {
  const to = from + 14 * HOUR;
  return {
    name: 'slow-sms',
    about: 'SMS to the Philippines takes minutes for a day',
    from,
    to,
    country: 'PH',
    trouble: ({ channel, country, at }, random) => {
      if (channel !== 'sms' || country !== 'PH' || at < from || at >= to) return null;
      return { kind: 'slow', factor: 4 + 9 * random() };
    },
  };
}

/** Twenty minutes in which Meta does not take our access token: our own fault, and an alert. */
function rejectedToken(from: number): Incident {
  const to = from + 20 * MINUTE;
  const words = 'Error validating access token: The session has been invalidated because the password was changed.';
  return {
    name: 'token',
    about: 'Meta rejects our access token for twenty minutes',
    from,
    to,
    country: null,
    trouble: ({ channel, at }) =>
      channel === 'whatsapp' && at >= from && at < to ? { kind: 'refused', code: 190, words } : null,
  };
}

/** A burst of SMS to one range of numbers that nobody reads: three hours, one country, dear to send to. */
export const PUMPING = {
  country: 'UZ',
  hours: 3,
  perHour: 125,
  /** More of the same from a range so narrow that the limit per prefix stops most of it. */
  narrowPerHour: 180,
  daysAgo: 14,
  hourOfDay: 2,
  entersShare: 0.015,
} as const;

export function pumpingSpan(now: number): { from: number; to: number } {
  const from = Math.floor(now / DAY) * DAY - PUMPING.daysAgo * DAY + PUMPING.hourOfDay * HOUR;
  return { from, to: from + PUMPING.hours * HOUR };
}

/** From three blocks of ten thousand. */
export function narrowNumber(random: Random): string {
  const block = 64 + Math.floor(random() * 3);
  return `+998912${block}${String(Math.floor(random() * 10_000)).padStart(4, '0')}`;
}

/** Neighbouring numbers: 24 blocks of ten thousand, so that the limit of 20 per block and hour is never met. */
export function pumpedNumber(random: Random): string {
  const block = 40 + Math.floor(random() * 24);
  const last = Math.floor(random() * 10_000);
  return `+998912${block}${String(last).padStart(4, '0')}`;
}

/** A mild tide over the days, the same for every run. */
export function tide(day: number): number {
  return 0.94 + 0.12 * shareOf(`tide ${day}`);
}
