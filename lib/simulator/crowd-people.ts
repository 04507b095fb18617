import type { CountryCode } from 'libphonenumber-js/max';
import { getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { type CrowdCountry, crowdAt } from '@/lib/simulator/crowd-countries';
import { hasPersonality } from '@/lib/simulator/personalities';
import { type Random, weighted } from '@/lib/simulator/random';

/** What somebody will do with a code. */
export type Fate = 'enters' | 'mistypes_first' | 'ignores' | 'enters_late' | 'asks_again' | 'cancels';

export type Person = {
  to: string;
  country: string;
  locale: string;
  ip: string;
  deviceId: string;
  userAgent: string;
};

/** One wish to be verified. `channel` is set when the person chose it. */
export type Errand = {
  person: Person;
  useCase: string;
  channel: 'sms' | null;
  fate: Fate;
  transaction: { amount: number; currency: string; payee: string } | null;
};

const USE_CASES = [
  ['login', 60],
  ['registration', 14],
  ['payment', 9],
  ['password_reset', 7],
  ['profile_change', 4],
  ['withdrawal', 3],
  ['account_recovery', 2],
  ['abnormal_activity', 1],
] as const;

const FATES: readonly (readonly [Fate, number])[] = [
  ['enters', 85],
  ['mistypes_first', 6],
  ['ignores', 5.5],
  ['enters_late', 1],
  ['asks_again', 1.5],
  ['cancels', 1],
];

const USER_AGENTS = [
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; SM-A556B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
];

const PAYEES = ['Acme Shop', 'Harbour Air', 'Corner Pharmacy', 'Metro Cards', 'Green Grocer'];
const CURRENCY: Record<string, string> = {
  IN: 'INR',
  BR: 'BRL',
  ID: 'IDR',
  MX: 'MXN',
  GB: 'GBP',
  US: 'USD',
  DE: 'EUR',
  ES: 'EUR',
};

/** People who were here before come back; so many are remembered. */
const REGULARS_MAX = 4000;
const COMES_BACK = 0.25;

/** Draws who comes next and why. */
export class People {
  readonly #random: Random;
  #regulars: Person[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  next(now: Date): Errand {
    const returning = this.#random() < COMES_BACK ? this.#pick(this.#regulars) : undefined;
    const person = returning ?? this.#stranger(now);
    const useCase = weighted(this.#random, USE_CASES);
    const isMoney = useCase === 'payment' || useCase === 'withdrawal';
    return {
      person,
      useCase: returning ? 'login' : useCase,
      channel: this.#random() < 0.04 ? 'sms' : null,
      fate: weighted(this.#random, FATES),
      transaction: isMoney && !returning ? this.#transaction(person.country) : null,
    };
  }

  #stranger(now: Date): Person {
    const random = this.#random;
    const place = weighted(random, crowdAt(now).shares);
    const person = {
      to: mobileNumber(place.country, random),
      country: place.country,
      locale: random() < 0.86 ? place.language : 'en',
      ip: address(place, random),
      deviceId: `dev_${digits(random, 12)}`,
      userAgent: this.#pick(USER_AGENTS) ?? '',
    };
    if (this.#regulars.length < REGULARS_MAX) this.#regulars.push(person);
    else this.#regulars[Math.floor(random() * REGULARS_MAX)] = person;
    return person;
  }

  #transaction(country: string): Errand['transaction'] {
    const units = Math.round(4 + 180 * this.#random() ** 2);
    return {
      amount: units * 1_000_000,
      currency: CURRENCY[country] ?? 'USD',
      payee: this.#pick(PAYEES) ?? 'Acme Shop',
    };
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }
}

/**
 * A valid mobile number of the country (E.164): libphonenumber's example with its last seven or six digits drawn anew.
 * Never one whose last four digits mean a fixed behaviour. Throws for a country without an example.
 */
export function mobileNumber(country: string, random: Random): string {
  const example = getExampleNumber(country as CountryCode, examples);
  if (!example) throw new Error(`No example number for ${country}`);
  for (let attempt = 0; attempt < 200; attempt++) {
    const drawn = attempt < 100 ? 7 : 6;
    const kept = example.number.slice(0, -drawn);
    const number = kept + digits(random, drawn);
    const parsed = parsePhoneNumberFromString(number);
    if (parsed?.isValid() && parsed.country === country && !hasPersonality(number)) return number;
  }
  return example.number;
}

/** Nine in ten have IPv4; IPv6 comes from the range kept for documentation, one /64 per person. */
function address(place: CrowdCountry, random: Random): string {
  const byte = () => Math.floor(random() * 256);
  const network = place.networks[Math.floor(random() * place.networks.length)];
  if (network === undefined || random() < 0.1) {
    const group = () => Math.floor(random() * 65_536).toString(16);
    return `2001:db8:${group()}:${group()}::${1 + Math.floor(random() * 4000).toString(16)}`;
  }
  return `${network}.${byte()}.${1 + Math.floor(random() * 254)}`;
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}
