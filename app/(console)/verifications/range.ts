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

/**
 * `2026-11-22T14:00`, as a date field writes it, read in a time zone. Around a change of clocks the guess is corrected
 * once, which lands on the later of two equal wall times.
 */
export function momentOf(wall: string, timeZone: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(wall)) return null;
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return null;
  const first = asUtc - offsetMs(asUtc, timeZone);
  return new Date(asUtc - offsetMs(first, timeZone));
}

/** A moment as a date field wants it, in a time zone. */
export function wallTime(at: Date, timeZone: string): string {
  return new Date(at.getTime() + offsetMs(at.getTime(), timeZone)).toISOString().slice(0, 16);
}

function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(at));
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return wall - Math.floor(at / 1000) * 1000;
}
