import { CROWD_COUNTRIES, type CrowdCountry } from '@/lib/simulator/crowd-countries';

/** More places than the live crowd comes from, for a fuller map; weights on the crowd's scale, clocks without summer time. */
const FURTHER: readonly (readonly [country: string, weight: number, language: string, utcOffset: number])[] = [
  ['UZ', 0.3, 'ru', 5],
  ['KZ', 0.3, 'ru', 5],
  ['JO', 0.3, 'ar', 3],
  ['KW', 0.3, 'ar', 3],
  ['DO', 0.3, 'es', -4],
  ['UY', 0.2, 'es', -3],
  ['GT', 0.2, 'es', -6],
  ['SN', 0.2, 'fr', 0],
  ['TZ', 0.3, 'sw', 3],
  ['CH', 0.3, 'de', 1],
  ['SE', 0.3, 'sv', 1],
  ['GR', 0.2, 'el', 2],
];

const BIGGER: Readonly<Record<string, number>> = { BR: 20, PH: 9 };

/** Where the people of the past live. */
export const PLACES: readonly CrowdCountry[] = [
  // Both apps are biggest in Brazil: what goes wrong there is seen in every total. The Philippines, where most codes go by SMS, come next.
  ...CROWD_COUNTRIES.map((place) => ({ ...place, weight: BIGGER[place.country] ?? place.weight })),
  ...FURTHER.map(([country, weight, language, utcOffset]) => ({ country, weight, language, utcOffset, networks: [] })),
];
