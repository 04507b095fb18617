import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CLOSED_GRAINS,
  type Closed,
  closableUntil,
  FINE_DAYS,
  grainsOf,
  isWrittenAtOnce,
  MESSAGE_CUTS,
  smallStepsSince,
  spansOf,
  VERIFICATION_CUTS,
  WEEK_CUT,
} from './cuts';
import { edgesOf, intervalFor, planReading, spansToRead, weekHourOf } from './time-steps';

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().replace(':00.000Z', 'Z'));
const at = (text: string) => new Date(text);

describe('steps of time', () => {
  // What clocks on the wall show, not 24 hours.
  test.each([
    [
      'Asia/Kolkata: days begin at 18:30 UTC',
      'Asia/Kolkata',
      '2026-11-20T00:00:00+05:30',
      '2026-11-22T00:00:00+05:30',
      ['2026-11-19T18:30Z', '2026-11-20T18:30Z', '2026-11-21T18:30Z'],
    ],
    [
      'Europe/Berlin: 25 October 2026 has 25 hours',
      'Europe/Berlin',
      '2026-10-25T00:00:00+02:00',
      '2026-10-27T00:00:00+01:00',
      ['2026-10-24T22:00Z', '2026-10-25T23:00Z', '2026-10-26T23:00Z'],
    ],
    [
      'Europe/Berlin: 29 March 2026 has 23 hours',
      'Europe/Berlin',
      '2026-03-29T00:00:00+01:00',
      '2026-03-30T00:00:00+02:00',
      ['2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ],
    [
      'America/Sao_Paulo 2018: midnight of 4 November was skipped, the day began at 01:00',
      'America/Sao_Paulo',
      '2018-11-03T03:00:00Z',
      '2018-11-05T02:00:00Z',
      ['2018-11-03T03:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    ],
    [
      'America/Sao_Paulo 2018: midnight of 18 February came twice, the day began at the second',
      'America/Sao_Paulo',
      '2018-02-17T02:00:00Z',
      '2018-02-19T03:00:00Z',
      ['2018-02-17T02:00Z', '2018-02-18T03:00Z', '2018-02-19T03:00Z'],
    ],
    [
      'Asia/Kathmandu: a quarter to',
      'Asia/Kathmandu',
      '2026-11-20T00:00:00+05:45',
      '2026-11-21T00:00:00+05:45',
      ['2026-11-19T18:15Z', '2026-11-20T18:15Z'],
    ],
  ])('%s', (_, zone, from, to, edges) => {
    expect(iso(edgesOf(at(from), at(to), 'day', zone))).toEqual(edges);
  });

  test('weeks begin on Monday, months on the first, where the clocks are', () => {
    expect(iso(edgesOf(at('2026-11-25T12:00:00Z'), at('2026-12-01T00:00:00Z'), 'week', 'America/Sao_Paulo'))).toEqual([
      '2026-11-23T03:00Z',
      '2026-11-30T03:00Z',
      '2026-12-07T03:00Z',
    ]);
    expect(iso(edgesOf(at('2026-03-15T00:00:00Z'), at('2026-05-02T00:00:00Z'), 'month', 'Europe/Berlin'))).toEqual([
      '2026-02-28T23:00Z',
      '2026-03-31T22:00Z',
      '2026-04-30T22:00Z',
      '2026-05-31T22:00Z',
    ]);
  });

  test('hours of a zone at half past begin at half past', () => {
    expect(iso(edgesOf(at('2026-11-25T10:10:00Z'), at('2026-11-25T12:00:00Z'), 'hour', 'Asia/Kolkata'))).toEqual([
      '2026-11-25T09:30Z',
      '2026-11-25T10:30Z',
      '2026-11-25T11:30Z',
      '2026-11-25T12:30Z',
    ]);
  });

  test('the hour of the week is that of the recipient', () => {
    // Wednesday 23:30 in London is Thursday 05:00 in India.
    expect(weekHourOf(at('2026-11-25T23:30:00Z'), 'Europe/London')).toBe(2 * 24 + 23);
    expect(weekHourOf(at('2026-11-25T23:30:00Z'), 'Asia/Kolkata')).toBe(3 * 24 + 5);
    expect(weekHourOf(at('2026-11-23T00:00:00Z'), 'UTC')).toBe(0);
  });

  test('any range in any zone is cut without gap or overlap, and a picture has at most 200 points', () => {
    const zones = [
      'UTC',
      'Asia/Kolkata',
      'America/Sao_Paulo',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'America/St_Johns',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 60_000, max: 200 * 86_400_000 }),
        fc.constantFrom(...zones),
        (begin, length, zone) => {
          const [from, to] = [new Date(begin), new Date(begin + length)];
          const edges = edgesOf(from, to, intervalFor(from, to), zone);
          expect(edges.length).toBeLessThanOrEqual(200);
          expect(edges[0]?.getTime()).toBeLessThanOrEqual(begin);
          expect(edges.at(-1)?.getTime()).toBeGreaterThanOrEqual(begin + length);
          for (const [n, edge] of edges.entries()) if (n > 0) expect(edge > (edges[n - 1] as Date)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('reading a range', () => {
  const now = at('2026-11-25T09:07:00Z');

  /** Closed as often as can be. */
  const closedAt = (when: Date): Closed => {
    let closed: Closed = {
      180: at('2026-08-06T00:00:00Z'),
      1440: at('2026-08-06T00:00:00Z'),
      10080: at('2026-08-06T00:00:00Z'),
    };
    for (;;) {
      const more = closableUntil(closed, when);
      if (CLOSED_GRAINS.every((grain) => +more[grain] === +closed[grain])) return closed;
      closed = more;
    }
  };
  const CUTS = [...VERIFICATION_CUTS, ...MESSAGE_CUTS];

  test('a step is closed a quarter of an hour after its end, never before the smaller ones in it, and at most a day or a week at a time', () => {
    expect(closedAt(at('2026-11-25T09:07:00Z'))).toEqual({
      180: at('2026-11-25T06:00:00Z'),
      1440: at('2026-11-25T00:00:00Z'),
      10080: at('2026-11-19T00:00:00Z'),
    });
    expect(closedAt(at('2026-11-26T00:14:59Z'))).toEqual({
      180: at('2026-11-25T21:00:00Z'),
      1440: at('2026-11-25T00:00:00Z'),
      10080: at('2026-11-19T00:00:00Z'),
    });
    expect(closedAt(at('2026-11-26T00:15:00Z'))).toEqual({
      180: at('2026-11-26T00:00:00Z'),
      1440: at('2026-11-26T00:00:00Z'),
      10080: at('2026-11-26T00:00:00Z'),
    });
    const long = closableUntil(closedAt(at('2026-11-20T00:20:00Z')), at('2026-12-25T09:07:00Z'));
    expect(long).toEqual({
      180: at('2026-11-21T00:00:00Z'),
      1440: at('2026-11-21T00:00:00Z'),
      10080: at('2026-11-19T00:00:00Z'),
    });
    // A clock that was set back opens nothing.
    expect(closableUntil(long, at('2026-11-01T00:00:00Z'))).toEqual(long);
  });

  test('spans cover it once, in steps that the cut has and that are closed, the coarsest that fit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -30_000, max: 3_000 }),
        fc.integer({ min: 1, max: 12_000 }),
        fc.integer({ min: 0, max: 20_000 }),
        fc.constantFrom(...CUTS, { code: WEEK_CUT, keys: [] }),
        (begin, length, closedAgo, cut) => {
          const finest = (grainsOf(cut)[0] ?? 0) * 60_000;
          const base = Math.floor(now.getTime() / finest) * finest;
          const [from, to] = [new Date(base + begin * finest), new Date(base + (begin + length) * finest)];
          const closed = closedAt(new Date(now.getTime() - closedAgo * 300_000));
          let reached = from.getTime();
          const spans = spansOf(from, to, cut, closed);
          for (const { grain, ...span } of spans) {
            expect(span.from.getTime()).toBe(reached);
            expect(span.to > span.from).toBe(true);
            expect(grainsOf(cut)).toContain(grain);
            for (const end of [span.from, span.to]) expect(Math.abs(end.getTime() % (grain * 60_000))).toBe(0);
            if (!isWrittenAtOnce(cut, grain)) expect(span.to <= closed[grain as 180]).toBe(true);
            reached = span.to.getTime();
          }
          expect(reached).toBe(to.getTime());
          // Each step but the coarsest at most as often as it fits into the next, at both ends; what is open comes on top.
          const all = grainsOf(cut);
          for (const [n, grain] of all.slice(0, -1).entries()) {
            const rows = spans
              .filter((span) => span.grain === grain)
              .reduce((sum, { from: a, to: b }) => sum + (b.getTime() - a.getTime()) / grain / 60_000, 0);
            const next = all[n + 1] ?? grain;
            if (to <= closed[10_080]) expect(rows).toBeLessThanOrEqual(2 * (next / grain - 1));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a quarter is read as about forty steps: weeks, days, three hours, half-hours, five minutes', () => {
    const rows = spansOf(
      at('2026-08-27T09:05:00Z'),
      at('2026-11-25T09:05:00Z'),
      { code: 0, keys: [], isFine: true },
      closedAt(now),
    ).reduce((sum, { grain, from, to }) => sum + (to.getTime() - from.getTime()) / grain / 60_000, 0);
    expect(rows).toBeLessThanOrEqual(56);
  });

  test.each(CUTS.map((cut) => [cut.keys.join(' × ') || 'everything', cut] as const))(
    'by %s: only steps that are kept, and steps of a series that spans end at',
    (_, cut) => {
      // What there always is, and what an upgrade of a fortnight ago has.
      for (const smallSince of [smallStepsSince(new Date(0), now), at('2026-11-11T00:00:00Z')])
        for (const days of [0.02, 1, 7, 30, 90, 180])
          for (const zone of ['UTC', 'Asia/Kolkata', 'America/Sao_Paulo', 'Asia/Kathmandu']) {
            const from = new Date(now.getTime() - days * 86_400_000);
            const reading = planReading(
              cut,
              { from, to: now },
              { interval: intervalFor(from, now), timeZone: zone },
              now,
              smallSince,
            );
            expect(reading.from <= from && reading.to >= now).toBe(true);
            const fine = new Date(now.getTime() - FINE_DAYS * 86_400_000);
            const spans = spansToRead(cut, reading, closedAt(now));
            for (const span of spans) {
              if (span.grain === 5) expect(cut.isFine && span.from >= fine, `${zone} ${days}`).toBe(true);
              if (span.grain === 30 || span.grain === 180)
                expect(cut.isFine || span.from >= new Date(smallSince.getTime() - 1_800_000), `${zone} ${days}`).toBe(
                  true,
                );
            }
            // A step's rows never lie in two steps of the series.
            for (const edge of reading.edges?.slice(1) ?? [])
              for (const span of spans)
                if (edge > span.from && edge < span.to) expect(edge.getTime() % (span.grain * 60_000)).toBe(0);
          }
    },
  );
});
