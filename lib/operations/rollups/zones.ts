import { zoneOfCountry } from '@/lib/domain/phone/country-zones';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
let zones: string | null = null;

/** Country → time zone of most of its people, as JSON for Postgres. Of every pair of letters that has a zone other than UTC. */
export function zonesOfCountries(): string {
  zones ??= JSON.stringify(
    Object.fromEntries(
      LETTERS.flatMap((a) => LETTERS.map((b) => `${a}${b}`))
        .map((country) => [country, zoneOfCountry(country)])
        .filter(([, zone]) => zone !== 'UTC'),
    ),
  );
  return zones;
}
