import { momentOf as momentOfWall, wallOf } from '@/lib/domain/wall-clock';

/** The presets of the time range; `custom` reads `from` and `to`. */
export const RANGES = ['1h', '24h', '7d', '30d', '90d', 'custom'] as const;
export type RangeName = (typeof RANGES)[number];

export const RANGE_WORDS: Record<RangeName, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  custom: 'Custom range',
};

const HOURS: Record<Exclude<RangeName, 'custom'>, number> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, '90d': 2160 };

/** From and to as moments. A custom range without an end is open at it; nonsense falls back to the default. */
export function rangeBounds(
  range: { name: RangeName; from: string | null; to: string | null },
  now: Date,
  timeZone: string,
): { after: Date; before: Date | null } {
  if (range.name !== 'custom') return { after: new Date(now.getTime() - HOURS[range.name] * 3_600_000), before: null };
  const after = range.from ? momentOf(range.from, timeZone) : null;
  const before = range.to ? momentOf(range.to, timeZone) : null;
  const end = before ?? now;
  const begin = after ?? new Date(end.getTime() - HOURS['24h'] * 3_600_000);
  return begin < end ? { after: begin, before } : { after: end, before: begin };
}

/** `2026-11-22T14:00`, as a date field writes it, read in a time zone: the first of two equal wall times, and the change itself where clocks skip it. */
export function momentOf(wall: string, timeZone: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(wall)) return null;
  const shown = Date.parse(`${wall}Z`);
  return Number.isNaN(shown) ? null : new Date(momentOfWall(shown, timeZone));
}

/** A moment as a date field wants it, in a time zone. */
export const wallTime = (at: Date, timeZone: string): string =>
  new Date(wallOf(at.getTime(), timeZone)).toISOString().slice(0, 16);

/** The time zone of the view; the viewer's own when none, or nonsense, is named. */
export function zoneOf(view: { timezone: string | null }, viewerZone: string): string {
  const { timezone } = view;
  if (!timezone || timezone.length > 64 || !/^[A-Za-z]/.test(timezone)) return viewerZone;
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return timezone;
  } catch {
    return viewerZone;
  }
}
