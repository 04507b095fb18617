const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Intl's formatters are dear to make and cheap to use. A few zones are in use at any time; the store never grows past that. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  if (formatters.size > 50) formatters.clear();
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** What clocks in a zone show at a moment, in milliseconds as if it were UTC. */
export function wallOf(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return Math.floor(at / 1000) * 1000;
  const parts = formatter(timeZone).formatToParts(new Date(at));
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(value('year'), value('month') - 1, value('day'), value('hour'), value('minute'), value('second'));
}

// Asking clocks takes longer than all of a panel's statements (90 days: 4 ms), and the days of a picture are the same the next time.
const moments = new Map<string, number>();

/** The first moment at which clocks in a zone show a time, both in milliseconds; where they skip it, the moment of the change. */
export function momentOf(wall: number, timeZone: string): number {
  if (timeZone === 'UTC') return wall;
  const key = `${timeZone} ${wall}`;
  const known = moments.get(key);
  if (known !== undefined) return known;
  if (moments.size >= 5_000) moments.clear();
  const found = findMoment(wall, timeZone);
  moments.set(key, found);
  return found;
}

function findMoment(wall: number, timeZone: string): number {
  const guess = wall - (wallOf(wall, timeZone) - wall);
  // The offset before and after a change of clocks differ by at most a few hours: the earliest candidate that shows the time, else the change itself.
  const candidates = [guess - (wallOf(guess, timeZone) - wall), guess, guess - HOUR_MS, guess + HOUR_MS];
  const right = candidates.filter((at) => wallOf(at, timeZone) === wall).sort((a, b) => a - b)[0];
  if (right !== undefined) return right;
  // Skipped: find the change, to the minute.
  let low = guess - 3 * HOUR_MS;
  let high = guess + 3 * HOUR_MS;
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
    if (wallOf(middle, timeZone) < wall) low = middle;
    else high = middle;
  }
  return high;
}
