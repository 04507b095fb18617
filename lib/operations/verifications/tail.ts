import { setTimeout as wait } from 'node:timers/promises';
import type { VerificationSummary } from '@/lib/contract/verifications';
import { database } from '@/lib/db/client';
import type { SearchFilter } from '@/lib/db/explore-verifications';
import { type TailRow, tailIds, tailRows } from '@/lib/db/tail-verifications';
import { type Actor, whoAsks } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { type Facts, type Filter, matches, metadataName, type Term } from '@/lib/domain/search/language';
import { publicId, uuidFloor, uuidFrom, uuidMs } from '@/lib/ids';
import { describeSummary } from '@/lib/operations/verifications/explore';
import { storedFilters } from '@/lib/operations/verifications/search';
import { log } from '@/lib/telemetry/log';

/** Per process and per listener. A tail that somebody forgot must cost nothing, and a storm must not drown a browser. */
export const TAIL = {
  listenersMax: 50,
  /** Of one person: a few tabs, and never the places of everybody else. */
  listenersOfOneMax: 5,
  everyMs: 1_000,
  eventsPerSecondMax: 200,
  heartbeatMs: 15_000,
  lifetimeMs: 600_000,
  sessionEveryMs: 3_000,
  /** Rows still on their way that are looked at again. */
  watchedMax: 300,
  /** Commits and clocks of other processes may be this late. */
  overlapMs: 10_000,
  idsMax: 5_000,
  fetchedMax: 500,
  replayMs: 300_000,
} as const;

/** A line of the tail: a verification that was issued, or one whose state has moved. */
export type TailLine = Pick<
  VerificationSummary,
  'id' | 'status' | 'to_masked' | 'country' | 'use_case' | 'livemode' | 'created_at' | 'trail' | 'app'
>;
export type TailEvent =
  | { kind: 'lines'; lines: TailLine[]; dropped: number; at: string; last: string }
  | { kind: 'heartbeat' }
  | { kind: 'end'; why: 'session_over' | 'time_over' };

/** What a listener's own limits are measured by, in milliseconds. `wait` resolves after that long, or when the signal aborts. */
export type TailClock = { now(): number; wait(ms: number, signal: AbortSignal): Promise<void> };
const CLOCK: TailClock = {
  now: () => performance.now(),
  wait: (ms, signal) => wait(ms, undefined, { signal, ref: false }).catch(() => {}),
};
type Watch = { isStillOpen(): Promise<boolean>; signal: AbortSignal; clock?: TailClock };

type Listener = { of: string; filters: readonly Filter[]; take(lines: TailLine[], dropped: number): void };
type Known = { fingerprint: string; facts: Facts };
type Tail = {
  listeners: Set<Listener>;
  /** Ids of the overlap: each is told once. */
  seen: Set<string>;
  watched: Map<string, Known>;
  newest: string | null;
  /** When the first of these listeners came: what is older is no news. */
  startedAt: number;
  isRunning: boolean;
};

// Next bundles its own copy of modules; one process polls once.
const holder = globalThis as { watchwordTail?: Tail };
function tail(): Tail {
  holder.watchwordTail ??= {
    listeners: new Set(),
    seen: new Set(),
    watched: new Map(),
    newest: null,
    startedAt: 0,
    isRunning: false,
  };
  return holder.watchwordTail;
}

/**
 * verifications.tail: what happens from now on under a search, as it happens. One poll a second serves every listener of the process.
 * Ends by itself after ten minutes and within five seconds of the session's end; `since` (the last id somebody saw) brings what was
 * missed meanwhile.
 */
export async function tailVerifications(
  actor: Actor,
  query: { terms: readonly Term[]; since: string | null },
  watch: Watch,
): Promise<AsyncGenerator<TailEvent, void>> {
  permit(actor, 'verifications:read');
  const filters = storedFilters(actor, query.terms).map(comparable);
  if (tail().listeners.size >= TAIL.listenersMax) {
    throw new Refusal('unavailable', {
      detail: `${TAIL.listenersMax} people are watching this process already.`,
      retryAfterSeconds: 30,
    });
  }
  const of = whoAsks(actor);
  if ([...tail().listeners].filter((listener) => listener.of === of).length >= TAIL.listenersOfOneMax) {
    throw new Refusal('too_many_requests', {
      detail: `You are watching in ${TAIL.listenersOfOneMax} places already. Close one of them.`,
      retryAfterSeconds: 30,
    });
  }
  const since = query.since === null ? null : uuidFrom('verification', query.since);
  return follow(of, filters, since, watch);
}

async function* follow(
  of: string,
  filters: readonly Filter[],
  since: string | null,
  watch: Watch,
): AsyncGenerator<TailEvent, void> {
  let lines: TailLine[] = [];
  let dropped = 0;
  let wake = () => {};
  const listener: Listener = {
    of,
    filters,
    take: (more, lost) => {
      // A reader that is slower than the tail loses the oldest, and is told how many.
      lines.push(...more);
      dropped += lost + Math.max(0, lines.length - TAIL.eventsPerSecondMax);
      lines = lines.slice(-TAIL.eventsPerSecondMax);
      wake();
    },
  };
  tail().listeners.add(listener);
  const { clock = CLOCK } = watch;
  const began = clock.now();
  let heardAt = began;
  let askedAt = began;
  try {
    run();
    if (since) {
      const missed = await missedSince(since);
      const wanted = missed.filter((row) => matches(filters, factsOf(row)));
      if (wanted.length > 0) listener.take(wanted.map(lineOf), 0);
    }
    while (!watch.signal.aborted) {
      if (lines.length > 0) {
        const last =
          lines
            .map(({ id }) => id)
            .toSorted()
            .at(-1) ?? '';
        const event: TailEvent = { kind: 'lines', lines, dropped, at: new Date().toISOString(), last };
        lines = [];
        dropped = 0;
        heardAt = clock.now();
        yield event;
      }
      const now = clock.now();
      if (now - began > TAIL.lifetimeMs) {
        yield { kind: 'end', why: 'time_over' };
        return;
      }
      if (now - askedAt > TAIL.sessionEveryMs) {
        askedAt = now;
        // A database that is away for a moment ends nobody's session.
        if (!(await watch.isStillOpen().catch(() => true))) {
          yield { kind: 'end', why: 'session_over' };
          return;
        }
      }
      if (now - heardAt > TAIL.heartbeatMs) {
        heardAt = now;
        yield { kind: 'heartbeat' };
      }
      if (lines.length === 0) await sleep(clock, (done) => (wake = done), watch.signal);
    }
  } finally {
    tail().listeners.delete(listener);
  }
}

/** Until there is news, the tail is left, or it is time to look at the clock again. */
async function sleep(clock: TailClock, onWake: (done: () => void) => void, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  onWake(end);
  signal.addEventListener('abort', end, { once: true });
  await clock.wait(TAIL.everyMs, over.signal);
  signal.removeEventListener('abort', end);
}

/** Polls for as long as anybody listens. */
function run(): void {
  const state = tail();
  if (state.isRunning) return;
  state.isRunning = true;
  state.seen.clear();
  state.watched.clear();
  state.newest = null;
  state.startedAt = Date.now();
  void (async () => {
    let failures = 0;
    while (state.listeners.size > 0) {
      // A poll that failed is followed by the next: the overlap brings what it would have brought. Told once, not twice a second.
      failures = await poll(state).then(
        () => 0,
        (error: unknown) => {
          if (failures === 0) log().warn({ error: String(error) }, 'tail.poll_failed');
          return failures + 1;
        },
      );
      await wait(TAIL.everyMs, undefined, { ref: false });
    }
    state.isRunning = false;
  })();
}

async function poll(state: Tail): Promise<void> {
  const isFirst = state.newest === null;
  const from = Math.min(Date.now(), state.newest ? uuidMs(state.newest) : Date.now()) - TAIL.overlapMs;
  const floor = uuidFloor(new Date(from));
  const ids = await tailIds(database(), floor, TAIL.idsMax);
  const unseen = ids.filter((id) => !state.seen.has(id));
  // What was there before anybody listened is no news, but it may still move.
  const fetched = unseen.slice(0, TAIL.fetchedMax);
  const rows = await tailRows(database(), [...state.watched.keys(), ...fetched.filter((id) => !state.watched.has(id))]);
  // Not before they have been read: a poll that fails leaves them to the next one.
  state.newest = ids[0] ?? state.newest ?? uuidFloor(new Date());
  state.seen = new Set(ids);

  const moved: { row: TailRow; facts: Facts; before: Facts | null }[] = [];
  for (const row of rows) {
    const known = state.watched.get(row.id) ?? null;
    const fingerprint = `${row.status} ${row.trail.map(({ channel, state: at }) => `${channel}:${at}`).join(' ')}`;
    const facts = factsOf(row);
    state.watched.delete(row.id);
    if (row.status === 'pending') state.watched.set(row.id, { fingerprint, facts });
    if (known ? known.fingerprint !== fingerprint : !isFirst || uuidMs(row.id) >= state.startedAt)
      moved.push({ row, facts, before: known?.facts ?? null });
  }
  for (const id of [...state.watched.keys()].slice(0, Math.max(0, state.watched.size - TAIL.watchedMax))) {
    state.watched.delete(id);
  }
  const unread = isFirst ? 0 : unseen.length - fetched.length;
  for (const { filters, take } of state.listeners) {
    const wanted = moved.filter(
      ({ facts, before }) => matches(filters, facts) || (before !== null && matches(filters, before)),
    );
    const lost = Math.max(0, wanted.length - TAIL.eventsPerSecondMax);
    if (wanted.length > 0 || unread > 0) {
      take(
        wanted.slice(-TAIL.eventsPerSecondMax).map(({ row }) => lineOf(row)),
        lost + unread,
      );
    }
  }
}

/** What came after the last line that somebody saw, bounded in time and number. */
async function missedSince(since: string): Promise<TailRow[]> {
  const floor = Math.max(uuidMs(since), Date.now() - TAIL.replayMs);
  const ids = await tailIds(database(), uuidFloor(new Date(floor)), TAIL.eventsPerSecondMax);
  return tailRows(
    database(),
    ids.filter((id) => id > since),
  );
}

/** Where a tail goes on that somebody has seen until this moment. */
export const tailFrom = (at: Date): string => publicId('verification', uuidFloor(at));

function lineOf(row: TailRow): TailLine {
  const { id, status, to_masked, country, use_case, livemode, created_at, trail, app } = describeSummary(row);
  return { id, status, to_masked, country, use_case, livemode, created_at, trail, app };
}

/** Values as text, so that a filter of the database and the facts of a row can be compared. */
const textOf = (value: string | boolean | Buffer) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value));
function comparable({ key, values, isExcluded }: SearchFilter): Filter {
  return { key, values: values.map(textOf), isExcluded };
}

/** What a search can ask of a verification, as the SQL of the list asks it. */
export function factsOf(row: TailRow): Facts {
  return (key) => {
    const metadata = metadataName(key);
    if (metadata !== null) return row.metadata?.[metadata] === undefined ? [] : [row.metadata[metadata]];
    switch (key) {
      case 'status':
        return [row.status];
      case 'channel':
        return row.trail.map(({ channel }) => channel);
      case 'country':
        return [row.country];
      case 'use_case':
        return [row.use_case];
      case 'app':
        return [row.app_id];
      case 'connection':
        return row.connections;
      case 'template':
        return row.templates;
      case 'first_channel':
      case 'first_connection':
      case 'first_template':
        return row[key] === null ? [] : [row[key]];
      case 'locale':
        return [row.locale];
      case 'reason':
        return row.trail.flatMap(({ reason }) => (reason === null ? [] : [reason]));
      case 'cause':
        return row.causes.length === 0 ? ['none'] : row.causes;
      case 'mode':
        return [String(row.livemode)];
      case 'reference':
        return row.reference === null ? [] : [row.reference];
      case 'id':
        return [row.id];
      case 'to':
        return [row.to_blind.toString('hex')];
      default:
        return [];
    }
  };
}

/** The same filters as the tail compares them; for tests that hold it against the list. */
export const comparableFilters = (actor: Actor, terms: readonly Term[]) => storedFilters(actor, terms).map(comparable);
