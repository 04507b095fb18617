import type { Channel } from '@/lib/domain/channel';
import { mobileNumber } from '@/lib/simulator/crowd-people';
import type { Random } from '@/lib/simulator/random';
import { type Author, type Errand, phoneOf } from './author';
import type { Mishap, Trouble } from './carriers';
import type { Conduct } from './life';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const PASSIVE: Conduct = { guesses: [], seesMessage: 1, resends: [], cancelsAfterMs: null, renewsAfterMs: null };
const RIGHT = { afterMs: 9 * SECOND, isRight: true };
const WRONG = { afterMs: 7 * SECOND, isRight: false };
const ENTERS: Conduct = { ...PASSIVE, guesses: [RIGHT] };

/** What befalls each channel; a channel left out delivers promptly. */
const befalling =
  (mishaps: Partial<Record<Channel, Mishap>>): Trouble =>
  ({ channel }) =>
    mishaps[channel as Channel] ?? { kind: 'prompt' };

const OFF_WHATSAPP: Mishap = { kind: 'fails', fault: 'not_on_whatsapp', afterMs: 900 };
const SILENT: Mishap = { kind: 'held', holdMs: null };

type Sample = {
  about: string;
  country: string;
  useCase?: string;
  channel?: Channel;
  isTest?: boolean;
  conduct: Conduct;
  mishaps?: Partial<Record<Channel, Mishap>>;
};

/** One of everything that a verification can come to. Countries and use cases vary so that every filter finds something. */
const SAMPLES: readonly Sample[] = [
  { about: 'approved by WhatsApp', country: 'BR', conduct: ENTERS },
  { about: 'approved by WhatsApp', country: 'IN', useCase: 'registration', conduct: ENTERS },
  { about: 'approved by WhatsApp', country: 'ID', useCase: 'payment', conduct: ENTERS },
  { about: 'approved by WhatsApp', country: 'DE', useCase: 'profile_change', conduct: ENTERS },
  { about: 'wrong, then right', country: 'MX', conduct: { ...PASSIVE, guesses: [WRONG, RIGHT] } },
  { about: 'wrong twice, then right', country: 'CO', conduct: { ...PASSIVE, guesses: [WRONG, WRONG, RIGHT] } },
  { about: 'not on WhatsApp, SMS at once', country: 'BR', conduct: ENTERS, mishaps: { whatsapp: OFF_WHATSAPP } },
  {
    about: 'not on WhatsApp, SMS at once',
    country: 'NG',
    useCase: 'payment',
    conduct: ENTERS,
    mishaps: { whatsapp: OFF_WHATSAPP },
  },
  { about: 'silence, SMS after the timer', country: 'ID', conduct: ENTERS, mishaps: { whatsapp: SILENT } },
  {
    about: 'silence, SMS after the timer',
    country: 'GB',
    useCase: 'password_reset',
    conduct: ENTERS,
    mishaps: { whatsapp: SILENT },
  },
  {
    about: 'WhatsApp arrives after the SMS went out',
    country: 'IN',
    conduct: { ...PASSIVE, guesses: [{ afterMs: 35 * SECOND, isRight: true }] },
    mishaps: { whatsapp: { kind: 'held', holdMs: 48 * SECOND } },
  },
  {
    about: 'our token is rejected',
    country: 'BR',
    conduct: ENTERS,
    mishaps: { whatsapp: { kind: 'refused', code: 190, words: 'Error validating access token' } },
  },
  { about: 'Meta is down', country: 'CO', conduct: ENTERS, mishaps: { whatsapp: { kind: 'refused', code: 131016 } } },
  { about: 'Meta never answers', country: 'MX', conduct: ENTERS, mishaps: { whatsapp: { kind: 'no_answer' } } },
  { about: 'locked', country: 'NG', conduct: { ...PASSIVE, guesses: Array.from({ length: 6 }, () => WRONG) } },
  {
    about: 'locked',
    country: 'IN',
    useCase: 'withdrawal',
    conduct: { ...PASSIVE, guesses: Array.from({ length: 5 }, () => WRONG) },
  },
  { about: 'delivered and ignored', country: 'BR', conduct: PASSIVE },
  { about: 'delivered and ignored', country: 'FR', useCase: 'registration', conduct: PASSIVE },
  {
    about: 'right, but too late',
    country: 'DE',
    conduct: { ...PASSIVE, guesses: [{ afterMs: 6 * MINUTE, isRight: true }] },
  },
  { about: 'nothing ever arrives', country: 'PK', conduct: PASSIVE, mishaps: { whatsapp: SILENT, sms: SILENT } },
  { about: 'canceled by the app', country: 'ES', conduct: { ...PASSIVE, cancelsAfterMs: 25 * SECOND } },
  {
    about: 'canceled by the app',
    country: 'IT',
    useCase: 'payment',
    conduct: { ...PASSIVE, cancelsAfterMs: 40 * SECOND },
  },
  { about: 'superseded by a new request', country: 'TR', conduct: { ...PASSIVE, renewsAfterMs: 90 * SECOND } },
  {
    about: 'every channel fails',
    country: 'NG',
    conduct: PASSIVE,
    mishaps: { whatsapp: OFF_WHATSAPP, sms: { kind: 'fails', fault: 'unreachable', afterMs: 3_000 } },
  },
  {
    about: 'every channel fails',
    country: 'EG',
    useCase: 'account_recovery',
    conduct: PASSIVE,
    mishaps: { whatsapp: OFF_WHATSAPP, sms: { kind: 'fails', fault: 'filtered', afterMs: 2_500 } },
  },
  { about: 'chose SMS', country: 'US', channel: 'sms', conduct: ENTERS },
  { about: 'chose WhatsApp', country: 'US', channel: 'whatsapp', conduct: ENTERS },
  {
    about: 'chose WhatsApp without having it',
    country: 'CA',
    channel: 'whatsapp',
    conduct: PASSIVE,
    mishaps: { whatsapp: OFF_WHATSAPP },
  },
  {
    about: 'asked again',
    country: 'AR',
    conduct: { ...ENTERS, seesMessage: 2, resends: [{ afterMs: 5 * SECOND, switchTo: null, onlyWhenEmpty: false }] },
  },
  {
    about: 'asked again by SMS',
    country: 'PE',
    conduct: { ...ENTERS, seesMessage: 2, resends: [{ afterMs: 8 * SECOND, switchTo: 'sms', onlyWhenEmpty: false }] },
    mishaps: { whatsapp: SILENT },
  },
  {
    about: 'SMS first, undelivered, then WhatsApp',
    country: 'VN',
    conduct: ENTERS,
    mishaps: { sms: { kind: 'fails', fault: 'unreachable', afterMs: 3_000 } },
  },
  { about: 'SMS only', country: 'CN', conduct: ENTERS },
  { about: 'unusual activity', country: 'ZA', useCase: 'abnormal_activity', conduct: ENTERS },
  { about: 'test key, approved', country: 'BR', isTest: true, conduct: ENTERS },
  { about: 'test key, expired', country: 'GB', isTest: true, conduct: PASSIVE },
];

const EVERY_MS = 17 * MINUTE;
/** Everything but the last ones has ended by now: the longest default lifetime is ten minutes. */
const LAST_MS_AGO = 20 * MINUTE;

/**
 * A few dozen verifications, one of every kind, over the last half day, and three that are still pending: one delivered,
 * one read, one with a test key.
 */
export function writeSamples(author: Author, appIds: readonly [string, string], random: Random, now: number): number {
  const base = { metadata: null, client: null, locale: null, transaction: null };
  let count = 0;
  const write = (sample: Sample, at: number, errand: Partial<Errand> = {}) => {
    count += 1;
    const useCase = sample.useCase ?? 'login';
    return author.write({
      ...base,
      at,
      phone: phoneOf(mobileNumber(sample.country, random)),
      appId: appIds[count % 4 === 0 ? 1 : 0],
      livemode: !sample.isTest,
      useCase,
      channel: sample.channel ?? null,
      reference: `sample-${count}`,
      transaction: useCase === 'payment' ? { amount: 24_900_000, currency: 'USD', payee: 'Corner Pharmacy' } : null,
      metadata: { about: sample.about },
      conduct: sample.conduct,
      troubles: [befalling(sample.mishaps ?? {})],
      ...errand,
    });
  };

  SAMPLES.forEach((sample, n) => {
    const at = now - LAST_MS_AGO - (SAMPLES.length - 1 - n) * EVERY_MS;
    const phone = phoneOf(mobileNumber(sample.country, random));
    const appId = appIds[n % 3 === 0 ? 1 : 0];
    const { life } = write(sample, at, { phone, appId });
    if (life.supersededAt !== null) {
      write({ ...sample, about: 'the new request', conduct: ENTERS }, life.supersededAt, { phone, appId });
    }
  });
  const pending = { country: 'BR', useCase: 'payment', conduct: PASSIVE };
  write({ ...pending, about: 'delivered, waiting for the code' }, now - 20 * SECOND);
  write({ ...pending, about: 'waiting for the code', country: 'MX' }, now - 50 * SECOND);
  write({ ...pending, about: 'test key, waiting for 000000', isTest: true }, now - 30 * SECOND);
  return count;
}
