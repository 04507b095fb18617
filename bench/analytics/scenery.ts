import { createHash } from 'node:crypto';
import { newUuid } from '@/lib/ids';
import { PLACES } from '../../scripts/seed/places';
import { awakeByOffset, WEEKDAY } from '../../scripts/seed/traffic';

/** Chosen once and for all: the same numbers at any size, so that sizes can be compared. */
export const unit = (...key: (string | number)[]): number =>
  createHash('sha256').update(key.join('/')).digest().readUInt32BE() / 2 ** 32;

export type SceneApp = { id: string; name: string; brand: string; share: number; useCases: readonly number[] };

export const USE_CASES = [
  'login',
  'registration',
  'payment',
  'withdrawal',
  'profile_change',
  'password_reset',
  'account_recovery',
  'abnormal_activity',
] as const;
export const USE_CASE_WEIGHTS = [46, 18, 14, 5, 4, 8, 3, 2];

const APPS = 50;
/** The third has 15 %: the one app of the panels. The others fall off as their rank grows. */
const BIGGEST = [0.22, 0.18, 0.15] as const;
export const PANEL_APP = 2;

/** Fifty apps, a few of them big; made shortly before the first day. */
export function sceneApps(sinceMs: number): SceneApp[] {
  const tail = Array.from({ length: APPS - BIGGEST.length }, (_, n) => 1 / (n + 3));
  const tailSum = tail.reduce((sum, weight) => sum + weight, 0);
  const left = 1 - BIGGEST.reduce((sum, share) => sum + share, 0);
  return Array.from({ length: APPS }, (_, n) => ({
    id: newUuid(sinceMs + 1_000 + n),
    name: `Bench app ${String(n + 1).padStart(2, '0')}`,
    brand: `Brand ${n + 1}`,
    share: BIGGEST[n] ?? (left * (tail[n - BIGGEST.length] ?? 0)) / tailSum,
    // An app has its own mix: a shop pays, a game signs in.
    useCases: cumulative(USE_CASE_WEIGHTS.map((weight, u) => weight * (0.25 + 1.5 * unit('use case', n, u)))),
  }));
}

/** Running sums of shares, beginning with 0: bounds for `width_bucket`, which then answers 1 to n. */
function cumulative(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let before = 0;
  return weights.map((weight) => {
    const from = before / sum;
    before += weight;
    return from;
  });
}

/**
 * Which apps the people of each country use, as bounds for `width_bucket`. The five biggest are everywhere, the others at home
 * in a few countries; shares are fitted so that each app still has its own of the whole.
 */
export function appsByCountry(apps: readonly SceneApp[]): { country: string; bounds: number[] }[] {
  const places = PLACES.map(({ country, weight }) => ({ country, weight: weight / totalWeight() }));
  const reach = places.map(({ country }) =>
    apps.map((_, n) => (n < 5 || unit('home', n, country) < 0.12 ? 1 : unit('abroad', n, country) < 0.2 ? 0.03 : 0)),
  );
  const factor = apps.map(({ share }) => share);
  for (let pass = 0; pass < 60; pass += 1) {
    const got = apps.map(() => 0);
    places.forEach(({ weight }, c) => {
      const row = (reach[c] ?? []).map((at, n) => at * (factor[n] ?? 0));
      const sum = row.reduce((total, part) => total + part, 0);
      row.forEach((part, n) => {
        got[n] = (got[n] ?? 0) + (weight * part) / sum;
      });
    });
    apps.forEach(({ share }, n) => {
      factor[n] = ((factor[n] ?? 0) * share) / Math.max(1e-9, got[n] ?? 0);
    });
  }
  return places.map(({ country }, c) => ({
    country,
    bounds: cumulative((reach[c] ?? []).map((at, n) => at * (factor[n] ?? 0))),
  }));
}

const totalWeight = () => PLACES.reduce((sum, { weight }) => sum + weight, 0);

const HOUR_MS = 3_600_000;
/** How much busier the last day is than the first. */
const GROWTH = 1.6;

/** What goes wrong in one hour in one country: added shares of silent WhatsApp and failed SMS, and how much slower all is. */
type Trouble = { whatsappSilent: number; smsFailed: number; slow: number };
const CALM: Trouble = { whatsappSilent: 0, smsFailed: 0, slow: 1 };

function troubleOf(country: string, hoursAgo: number): Trouble {
  if (country === 'BR' && hoursAgo >= 480 && hoursAgo < 487) return { ...CALM, whatsappSilent: 0.55 };
  if (country === 'NG' && hoursAgo >= 1_060 && hoursAgo < 1_090) return { ...CALM, smsFailed: 0.4 };
  if (hoursAgo >= 1_500 && hoursAgo < 1_504) return { ...CALM, slow: 6 };
  if (country === 'DE' && hoursAgo >= 30 && hoursAgo < 34) return { ...CALM, whatsappSilent: 0.35, slow: 3 };
  return CALM;
}

/** One country in one hour: `n` verifications, numbered from `first` on. `lengthMs` is less than an hour where the hour is cut. */
export type Slot = Trouble & {
  day: number;
  startMs: number;
  lengthMs: number;
  country: string;
  first: number;
  n: number;
};

/**
 * How many verifications fall into each hour of each country: people asleep at four and busiest at eight in the evening of
 * their own clock, weekdays, growth. The sum is exactly `total`; what rounding leaves is carried on.
 */
export function slots(total: number, fromMs: number, toMs: number): Slot[] {
  const awake = awakeByOffset();
  const raw: Omit<Slot, 'first' | 'n'>[] = [];
  const weights: number[] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += HOUR_MS) {
    const lengthMs = Math.min(HOUR_MS, toMs - startMs);
    const grown = 1 + ((GROWTH - 1) * (startMs - fromMs)) / (toMs - fromMs);
    for (const { country, weight, utcOffset } of PLACES) {
      const local = new Date(startMs + utcOffset * HOUR_MS);
      const share = (awake[local.getUTCHours()] ?? 1) * (WEEKDAY[local.getUTCDay()] ?? 1);
      const luck = 0.8 + 0.4 * unit('luck', country, Math.floor(startMs / HOUR_MS));
      raw.push({
        day: Math.floor((startMs - fromMs) / (24 * HOUR_MS)),
        startMs,
        lengthMs,
        country,
        ...troubleOf(country, Math.floor((toMs - startMs) / HOUR_MS)),
      });
      weights.push(weight * share * grown * luck * (lengthMs / HOUR_MS));
    }
  }
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let wanted = 0;
  let first = 0;
  return raw.flatMap((slot, at) => {
    wanted += ((weights[at] ?? 0) * total) / sum;
    const n = Math.round(wanted) - first;
    const made = { ...slot, first, n };
    first += n;
    return n > 0 ? [made] : [];
  });
}

/** How one channel through one connection serves one country. Shares of messages; `typicalMs` is the median. */
export type Carriage = { refused: number; failed: number; silent: number; typicalMs: number; spread: number };

export function carriageOf(channel: string, provider: string, country: string): Carriage {
  const draw = (what: string) => unit('carriage', what, channel, provider, country);
  if (channel === 'whatsapp') {
    const isSecond = provider === 'ycloud';
    return {
      refused: 0.01 + 0.05 * draw('refused'),
      failed: 0.005 + 0.02 * draw('failed'),
      silent: 0.02 + 0.06 * draw('silent'),
      typicalMs: (isSecond ? 2_600 : 1_900) + 1_800 * draw('typical'),
      spread: 0.42 + 0.2 * draw('spread'),
    };
  }
  if (channel === 'email') return { refused: 0.002, failed: 0, silent: 0, typicalMs: 6_000, spread: 0.6 };
  return {
    refused: 0.004 + 0.01 * draw('refused'),
    failed: 0.01 + 0.05 * draw('failed'),
    silent: 0.02 + 0.09 * draw('silent'),
    typicalMs: (provider === 'vonage' ? 4_200 : 3_600) + 4_500 * draw('typical'),
    spread: 0.5 + 0.25 * draw('spread'),
  };
}
