/** Numbers and times as the console writes them. Null is "unknown" and becomes a dash, never a zero. */
export const DASH = '–';

const thin = ' ';

/** 420 → `420 ms`, 4200 → `4.20 s`, 65000 → `1 min 05 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return DASH;
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  if (size < 1000) return `${sign}${Math.round(size)}${thin}ms`;
  if (size < 10_000) return `${sign}${(size / 1000).toFixed(2)}${thin}s`;
  if (size < 60_000) return `${sign}${(size / 1000).toFixed(1)}${thin}s`;
  const seconds = Math.round(size / 1000);
  if (seconds < 3600)
    return `${sign}${Math.floor(seconds / 60)}${thin}min ${String(seconds % 60).padStart(2, '0')}${thin}s`;
  if (seconds < 86_400)
    return `${sign}${Math.floor(seconds / 3600)}${thin}h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}${thin}min`;
  return `${sign}${Math.floor(seconds / 86_400)}${thin}d ${Math.floor((seconds % 86_400) / 3600)}${thin}h`;
}

/** A set length of time in whole seconds: 8 → `8 s`, 90 → `90 s`, 300 → `5 min`. */
export function wholeTime(seconds: number): string {
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** Where something stands on a timeline: `+0.42 s`, `+12.3 s`, `+4 min 10 s`. */
export function offset(ms: number): string {
  if (Math.abs(ms) < 5) return `0${thin}s`;
  const text = Math.abs(ms) < 1000 ? `${(Math.abs(ms) / 1000).toFixed(2)}${thin}s` : duration(Math.abs(ms));
  return `${ms < 0 ? '−' : '+'}${text}`;
}

/** Micros of a currency with as many digits as a price of one message needs, or as `decimals` says. */
export function money(micros: number | null, currency = 'USD', decimals?: number): string {
  if (micros === null) return DASH;
  const amount = micros / 1_000_000;
  const digits = decimals ?? (amount === 0 || Math.abs(amount) >= 1 ? 2 : 4);
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
    .format(amount)
    .replace('-', '−');
}

const counts = new Intl.NumberFormat('en-US');

export function count(value: number | null): string {
  return value === null ? DASH : counts.format(value);
}

/** `12 s ago`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `22 Nov 2026, 23:04:11` in a time zone. With `withMs`, milliseconds as well. */
export function dateTime(at: Date, timeZone: string, withMs = false): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(withMs ? { fractionalSecondDigits: 3 as const } : {}),
  }).format(at);
}

const regions = new Intl.DisplayNames('en', { type: 'region' });

export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
}
