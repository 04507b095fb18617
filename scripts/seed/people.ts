import type { Channel } from '@/lib/domain/channel';
import type { CountryRoute } from '@/lib/domain/routing/country-route';
import { profileOf } from '@/lib/simulator/country-profiles';
import type { CrowdCountry } from '@/lib/simulator/crowd-countries';
import { mobileNumber } from '@/lib/simulator/crowd-people';
import { logNormalMs, type Random, shareOf, weighted } from '@/lib/simulator/random';
import { phoneIn } from './author';
import type { Conduct } from './life';
import type { Phone } from './rows';

/** A customer of one of the two apps. */
export type Person = {
  phone: Phone;
  /** 0 is the bank, 1 the courier. */
  app: 0 | 1;
  locale: string | null;
  client: Record<string, string> | null;
  hasWhatsApp: boolean;
  /** No new request before this moment: one code at a time. */
  freeAt: number;
  requestsOfDay: { day: number; count: number };
};

const DAY_MS = 86_400_000;
const PER_DAY_MAX = 4;
/** Share of requests that come from somebody new. */
const NEWCOMERS = 0.42;
const BANK_SHARE = 0.62;

const USER_AGENTS = [
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; SM-A556B) Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36',
] as const;

const USE_CASES: readonly [
  bank: readonly (readonly [string, number])[],
  courier: readonly (readonly [string, number])[],
] = [
  [
    ['login', 58],
    ['payment', 17],
    ['password_reset', 6],
    ['profile_change', 5],
    ['withdrawal', 5],
    ['registration', 4],
    ['abnormal_activity', 3],
    ['account_recovery', 2],
  ],
  [
    ['login', 62],
    ['registration', 14],
    ['profile_change', 9],
    ['password_reset', 7],
    ['payment', 5],
    ['account_recovery', 3],
  ],
];

/** Everybody who ever asked for a code, by country. */
export class People {
  readonly #random: Random;
  readonly #byCountry = new Map<string, Person[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Somebody of this place who is free at this moment, and whether they are new. */
  next(place: CrowdCountry, at: number): { person: Person; isNew: boolean } {
    const known = this.#byCountry.get(place.country) ?? [];
    for (let tries = 0; tries < 4 && this.#random() >= NEWCOMERS; tries += 1) {
      const person = known[Math.floor(this.#random() * known.length)];
      if (person && mayAsk(person, at)) return { person, isNew: false };
    }
    const person = this.#newcomer(place);
    known.push(person);
    this.#byCountry.set(place.country, known);
    return { person, isNew: true };
  }

  #newcomer(place: CrowdCountry): Person {
    const random = this.#random;
    const phone = servedPhone(place.country, random);
    const chance = random();
    const device = Math.floor(random() * 2 ** 40).toString(16);
    const userAgent = USER_AGENTS[Math.floor(random() * USER_AGENTS.length)] ?? USER_AGENTS[0];
    return {
      phone,
      app: random() < BANK_SHARE ? 0 : 1,
      locale: chance < 0.84 ? place.language : chance < 0.95 ? 'en' : null,
      client: random() < 0.9 ? { user_agent: userAgent, device_id: `dev_${device}` } : null,
      // The simulator decides by the same share, so what the person believes is what will happen.
      hasWhatsApp: shareOf(`whatsapp ${phone.to}`) >= profileOf(phone.country).notOnWhatsApp,
      freeAt: 0,
      requestsOfDay: { day: 0, count: 0 },
    };
  }
}

/** A mobile phone that the API serves: a few numbers that libphonenumber calls valid are toll-free or premium. */
function servedPhone(country: string, random: Random): Phone {
  for (let tries = 0; tries < 20; tries += 1) {
    const phone = phoneIn(mobileNumber(country, random));
    if (phone) return phone;
  }
  throw new Error(`no number found for ${country}`);
}

function mayAsk(person: Person, at: number): boolean {
  const { day, count } = person.requestsOfDay;
  return at >= person.freeAt && (day !== Math.floor(at / DAY_MS) || count < PER_DAY_MAX);
}

/** Remembers that the person asked, until `freeAt` at the earliest for the next time. */
export function noteRequest(person: Person, at: number, freeAt: number): void {
  const day = Math.floor(at / DAY_MS);
  person.requestsOfDay = { day, count: person.requestsOfDay.day === day ? person.requestsOfDay.count + 1 : 1 };
  person.freeAt = freeAt;
}

export function drawUseCase(person: Person, isNew: boolean, random: Random): string {
  // An app that is years old: most people who are new to these 60 days have an account.
  if (isNew && random() < 0.22) return 'registration';
  return weighted(random, USE_CASES[person.app]);
}

/** The channel that the person picks: buttons in `user_choice` countries, a small link elsewhere. */
export function choiceOf(person: Person, route: CountryRoute, random: Random): Channel | null {
  const channels = route.channels.filter(({ enabled }) => enabled).map(({ channel }) => channel);
  if (channels.length < 2) return null;
  if (route.mode !== 'user_choice') return random() < 0.03 ? 'sms' : null;
  if (random() < 0.12) return null;
  const likesWhatsApp = person.hasWhatsApp ? random() < 0.74 : random() < 0.02;
  return likesWhatsApp ? 'whatsapp' : 'sms';
}

const PAUSE_MS: Record<string, readonly [median: number, p95: number]> = {
  payment: [7_200, 30_000],
  withdrawal: [7_800, 32_000],
  registration: [10_500, 52_000],
  account_recovery: [13_000, 75_000],
  password_reset: [12_000, 70_000],
};
const USUAL_PAUSE_MS = [8_400, 38_000] as const;

type Fate =
  | 'enters'
  | 'mistypes'
  | 'mistypes_twice'
  | 'ignores'
  | 'comes_late'
  | 'overlooks'
  | 'cancels'
  | 'guesses'
  | 'renews';
/** Percent. How many lose interest belongs to the country and to the use case; whoever registers leaves most often. */
function fatesOf(country: string, useCase: string): readonly (readonly [Fate, number])[] {
  const ignores =
    (2 + 6 * shareOf(`patience ${country}`)) * (useCase === 'registration' ? 1.9 : useCase === 'payment' ? 0.7 : 1);
  const slips = 4 + 4.5 * shareOf(`slips ${country}`);
  return [
    ['enters', 100 - ignores - slips - 5.5],
    ['mistypes', slips],
    ['mistypes_twice', 0.9],
    ['ignores', ignores],
    ['comes_late', 1.2],
    ['overlooks', 1.3],
    ['cancels', 0.8],
    ['guesses', 0.2],
    ['renews', 1.1],
  ];
}

/** What a person in this country does this time. `choices`: channels they may switch to when nothing comes. */
export function conductOf(country: string, useCase: string, choices: readonly Channel[], random: Random): Conduct {
  const [median, p95] = PAUSE_MS[useCase] ?? USUAL_PAUSE_MS;
  const pause = () => 1_500 + logNormalMs(random, median - 1_500, p95);
  const right = () => ({ afterMs: pause(), isRight: true });
  const wrong = () => ({ afterMs: pause(), isRight: false });
  const again = () => ({ afterMs: 3_000 + logNormalMs(random, 7_000, 24_000), isRight: true });
  const conduct: Conduct = {
    guesses: [right()],
    seesMessage: 1,
    resends: impatience(choices, random),
    cancelsAfterMs: null,
    renewsAfterMs: null,
  };
  switch (weighted(random, fatesOf(country, useCase))) {
    case 'enters':
      return conduct;
    case 'mistypes':
      return { ...conduct, guesses: [wrong(), again()] };
    case 'mistypes_twice':
      return { ...conduct, guesses: [wrong(), { ...again(), isRight: false }, again()] };
    case 'ignores':
      return { ...conduct, guesses: [] };
    case 'comes_late':
      return { ...conduct, guesses: [{ afterMs: logNormalMs(random, 260_000, 900_000), isRight: true }] };
    case 'overlooks':
      return { ...conduct, seesMessage: 2, resends: [{ afterMs: pause(), switchTo: null, onlyWhenEmpty: false }] };
    case 'cancels':
      return { ...conduct, guesses: [], cancelsAfterMs: 8_000 + logNormalMs(random, 15_000, 70_000) };
    case 'guesses':
      return { ...conduct, guesses: Array.from({ length: 8 }, wrong) };
    case 'renews':
      return { ...conduct, guesses: [], resends: [], renewsAfterMs: 62_000 + logNormalMs(random, 25_000, 110_000) };
  }
}

/** What somebody does who sees nothing: two in three ask again when they may, and some take another channel. */
function impatience(choices: readonly Channel[], random: Random): Conduct['resends'] {
  if (random() >= 0.66) return [];
  const other = choices[Math.floor(random() * choices.length)] ?? null;
  const first = {
    afterMs: logNormalMs(random, 6_000, 60_000),
    switchTo: random() < 0.35 ? other : null,
    onlyWhenEmpty: true,
  };
  const second = {
    afterMs: logNormalMs(random, 9_000, 60_000),
    switchTo: random() < 0.6 ? other : null,
    onlyWhenEmpty: true,
  };
  return random() < 0.5 ? [first] : [first, second];
}
