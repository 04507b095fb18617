/**
 * Where the pretend users live. Weights, languages and clocks were chosen by us to look like an app that is big in
 * India, Brazil and Indonesia; `networks` are the first two octets of address blocks that (from memory) belong to
 * providers of that country, so that a look-up by address finds it.
 */
export type CrowdCountry = { country: string; weight: number; language: string; utcOffset: number; networks: string[] };

type Row = readonly [country: string, weight: number, language: string, utcOffset: number, networks: string];

const ROWS: readonly Row[] = [
  ['IN', 17, 'hi', 5.5, '49.36 106.192 117.96'],
  ['BR', 13, 'pt-BR', -3, '177.32 189.40 191.32'],
  ['ID', 11, 'id', 7, '114.124 36.72 180.244'],
  ['MX', 7, 'es-MX', -6, '187.190 189.203 201.141'],
  ['CO', 5.5, 'es', -5, '181.48 190.24'],
  ['NG', 5, 'en', 1, '105.112 197.210'],
  ['DE', 4.5, 'de', 1, '84.128 91.0'],
  ['GB', 4, 'en-GB', 0, '86.128 82.0'],
  ['US', 4, 'en-US', -6, '73.0 98.0'],
  ['PK', 2.4, 'en', 5, '39.32 119.152'],
  ['EG', 2.2, 'ar', 2, '41.32 156.160'],
  ['TR', 2, 'tr', 3, '78.160 88.224'],
  ['AR', 2, 'es-AR', -3, '181.16 190.16'],
  ['ZA', 1.9, 'en', 2, '105.224 196.25'],
  ['ES', 1.8, 'es-ES', 1, '80.24 83.32'],
  ['IT', 1.7, 'it', 1, '79.0 87.0'],
  ['SA', 1.6, 'ar', 3, '2.88 188.48'],
  ['AE', 1.5, 'ar', 4, '94.200 5.30'],
  ['FR', 1.4, 'fr', 1, '90.0 86.192'],
  ['PE', 1.3, 'es', -5, '190.232 181.64'],
  ['MY', 1.2, 'ms', 8, '175.136 60.48'],
  ['PH', 1.2, 'fil', 8, '112.198 49.144'],
  ['KE', 1.1, 'en', 3, '105.160 41.80'],
  ['BD', 1.1, 'bn', 6, '103.48 37.111'],
  ['CL', 1, 'es', -4, '190.160 181.72'],
  ['GH', 0.9, 'en', 0, '154.160 41.66'],
  ['MA', 0.9, 'ar', 1, '105.128 196.64'],
  ['EC', 0.8, 'es', -5, '181.112 190.152'],
  ['VN', 0.8, 'vi', 7, '14.160 113.160'],
  ['TH', 0.7, 'th', 7, '171.96 49.228'],
  ['NL', 0.7, 'nl', 1, '84.80 77.160'],
  ['SG', 0.6, 'en', 8, '116.14 175.156'],
  ['PL', 0.6, 'pl', 1, '83.0 79.184'],
  ['PT', 0.6, 'pt-PT', 0, '85.240 188.80'],
  ['CA', 0.6, 'en', -5, '70.48 99.224'],
  ['UA', 0.5, 'uk', 2, '46.96 93.72'],
  ['LK', 0.5, 'en', 5.5, '112.134 175.157'],
  ['AU', 0.5, 'en', 10, '1.120 49.176'],
  ['JP', 0.4, 'ja', 9, '126.0 60.64'],
  ['KR', 0.4, 'ko', 9, '121.128 175.192'],
  ['CN', 0.4, 'zh-CN', 8, '114.240 183.128'],
  ['IL', 0.4, 'he', 2, '79.176 84.108'],
];

export const CROWD_COUNTRIES: readonly CrowdCountry[] = ROWS.map(
  ([country, weight, language, utcOffset, networks]) => ({
    country,
    weight,
    language,
    utcOffset,
    networks: networks.split(' '),
  }),
);

/** How awake people are at each local hour, 1 on average over a day: asleep at four, a lunch bump, busiest at eight. */
const AWAKE = [
  0.55, 0.32, 0.2, 0.15, 0.14, 0.2, 0.42, 0.75, 1.0, 1.15, 1.22, 1.28, 1.4, 1.3, 1.22, 1.2, 1.24, 1.32, 1.48, 1.68,
  1.78, 1.6, 1.3, 0.9,
];
const AWAKE_MEAN = AWAKE.reduce((sum, share) => sum + share, 0) / AWAKE.length;

/** Each country's share of the crowd at this moment, and how busy the whole world is (1 on average over a day). */
export function crowdAt(now: Date): { shares: [CrowdCountry, number][]; busy: number } {
  const hour = now.getUTCHours() + now.getUTCMinutes() / 60;
  const shares = CROWD_COUNTRIES.map((place): [CrowdCountry, number] => {
    const localHour = Math.floor((hour + place.utcOffset + 24) % 24);
    return [place, (place.weight * (AWAKE[localHour] ?? 1)) / AWAKE_MEAN];
  });
  const sum = (weights: number[]) => weights.reduce((total, weight) => total + weight, 0);
  return { shares, busy: sum(shares.map(([, share]) => share)) / sum(CROWD_COUNTRIES.map((place) => place.weight)) };
}
