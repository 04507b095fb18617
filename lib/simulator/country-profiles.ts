/**
 * How messages fare in a country. Classes (share of people on WhatsApp) are a routing prior collected from GWI 2020,
 * Oberlo, Woztell, WeAreSocial and, for most countries, from memory; every number below was chosen by us so that a
 * dashboard looks believable: WhatsApp typically under 4 s, SMS slower with a tail to a minute.
 * None of them is a statistic about a real country.
 */
export type CountryProfile = {
  /** Share of numbers without WhatsApp: accepted, then failed. */
  notOnWhatsApp: number;
  /** Share of WhatsApp messages that stay `sent` for ever (phone off, sender blocked). */
  whatsAppSilent: number;
  whatsAppMs: { median: number; p95: number };
  /** Share of delivered WhatsApp messages that are opened. */
  read: number;
  /** Share of SMS that end `undelivered`. */
  smsUndelivered: number;
  /** Share of SMS that arrive without a handset receipt: they stay `sent`. */
  smsNoReceipt: number;
  smsMs: { median: number; p95: number };
};

export type WhatsAppClass = 'high' | 'medium' | 'low' | 'blocked' | 'unknown';

const CLASSES: Record<Exclude<WhatsAppClass, 'unknown'>, string> = {
  high: `AE AF AL AO AR AT AZ BB BE BF BH BJ BO BR BW BZ CD CG CH CI CL CM CO CR CV CY DE DJ DO EC EG ES FI GA GB GH
    GM GN GT GW GY HK HN HR HT ID IE IL IN IQ IT JM JO KE KM KW KZ LB LK LR LS LU LY MA ME MK ML MR MT MU MV MW MX MY
    MZ NA NE NG NI NL OM PA PE PK PR PS PT PY QA RO RW SA SD SG SI SL SN SR SV SZ TG TR TT TZ UG UY VE YE ZA ZM ZW`,
  medium: 'AM AU BA BD BG BI BN CA CZ DZ EE FJ FR GE GR HU IS KG LA LT LV MD MG NP NZ PG PL RS SK TJ TN UA US XK',
  low: 'BY DK ET JP KH KR MM MN NO PH SE TH TW UZ VN',
  blocked: 'CN CU IR KP RU SY TM',
};

const BY_CLASS: Record<WhatsAppClass, CountryProfile> = {
  high: {
    notOnWhatsApp: 0.035,
    whatsAppSilent: 0.008,
    whatsAppMs: { median: 2300, p95: 10_000 },
    read: 0.74,
    smsUndelivered: 0.03,
    smsNoReceipt: 0.05,
    smsMs: { median: 5200, p95: 24_000 },
  },
  medium: {
    notOnWhatsApp: 0.22,
    whatsAppSilent: 0.012,
    whatsAppMs: { median: 2600, p95: 11_000 },
    read: 0.66,
    smsUndelivered: 0.022,
    smsNoReceipt: 0.03,
    smsMs: { median: 4400, p95: 18_000 },
  },
  low: {
    notOnWhatsApp: 0.55,
    whatsAppSilent: 0.02,
    whatsAppMs: { median: 3200, p95: 14_000 },
    read: 0.55,
    smsUndelivered: 0.02,
    smsNoReceipt: 0.03,
    smsMs: { median: 4200, p95: 17_000 },
  },
  blocked: {
    notOnWhatsApp: 1,
    whatsAppSilent: 0,
    whatsAppMs: { median: 4000, p95: 15_000 },
    read: 0,
    smsUndelivered: 0.06,
    smsNoReceipt: 0.1,
    smsMs: { median: 7500, p95: 40_000 },
  },
  unknown: {
    notOnWhatsApp: 0.15,
    whatsAppSilent: 0.012,
    whatsAppMs: { median: 2800, p95: 12_000 },
    read: 0.6,
    smsUndelivered: 0.04,
    smsNoReceipt: 0.08,
    smsMs: { median: 6000, p95: 30_000 },
  },
};

/** Countries with a character of their own, so that a map is worth looking at. Chosen by us. */
const OWN: Record<string, Partial<CountryProfile>> = {
  IN: { notOnWhatsApp: 0.018, whatsAppMs: { median: 2100, p95: 9500 }, smsMs: { median: 6400, p95: 38_000 } },
  BR: { notOnWhatsApp: 0.012, whatsAppMs: { median: 1800, p95: 8000 }, read: 0.82 },
  ID: { notOnWhatsApp: 0.022, smsMs: { median: 7800, p95: 52_000 }, smsUndelivered: 0.055 },
  NG: { notOnWhatsApp: 0.05, whatsAppMs: { median: 3600, p95: 15_000 }, smsUndelivered: 0.07, smsNoReceipt: 0.12 },
  PK: { smsUndelivered: 0.06, smsMs: { median: 8000, p95: 58_000 } },
  EG: { smsMs: { median: 8200, p95: 55_000 }, smsNoReceipt: 0.1 },
  MX: { notOnWhatsApp: 0.02, read: 0.79 },
  CO: { notOnWhatsApp: 0.024, read: 0.8 },
  DE: { notOnWhatsApp: 0.045, whatsAppMs: { median: 1900, p95: 7800 }, smsMs: { median: 3600, p95: 13_000 } },
  GB: { notOnWhatsApp: 0.06, smsMs: { median: 3200, p95: 12_000 }, smsUndelivered: 0.014 },
  US: { notOnWhatsApp: 0.42, smsMs: { median: 3000, p95: 11_000 }, smsUndelivered: 0.018, smsNoReceipt: 0.01 },
};

const CLASS_OF = new Map<string, WhatsAppClass>(
  (Object.keys(CLASSES) as (keyof typeof CLASSES)[]).flatMap((name) =>
    CLASSES[name].split(/\s+/).map((country): [string, WhatsAppClass] => [country, name]),
  ),
);

export function whatsAppClassOf(country: string | null): WhatsAppClass {
  return (country && CLASS_OF.get(country)) || 'unknown';
}

/** How messages fare in `country` (ISO alpha-2); countries without a class fare like the average. */
export function profileOf(country: string | null): CountryProfile {
  return { ...BY_CLASS[whatsAppClassOf(country)], ...(country ? OWN[country] : {}) };
}
