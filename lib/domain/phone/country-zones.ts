/** Where most people of a country live that has several time zones: by population, after CLDR's list of zones per territory. */
const MOST_PEOPLE: Readonly<Record<string, string>> = {
  AC: 'Atlantic/St_Helena',
  AR: 'America/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FM: 'Pacific/Ponape',
  GL: 'America/Godthab',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MH: 'Pacific/Majuro',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Gaza',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kiev',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
  XK: 'Europe/Belgrade',
};

/** The time zone that most people of a country live by; UTC where nobody says. One country, one zone: an hour or three of error in the largest. */
export function zoneOfCountry(country: string): string {
  const known = MOST_PEOPLE[country];
  if (known) return known;
  if (!/^[A-Z]{2}$/.test(country)) return 'UTC';
  const locale = new Intl.Locale('und', { region: country }) as Intl.Locale & { timeZones?: string[] };
  return locale.timeZones?.[0] ?? 'UTC';
}
