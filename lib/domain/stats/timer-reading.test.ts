import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTimer, type TimerFigures } from '@/lib/domain/stats/timer-reading';

const usual: TimerFigures = {
  afterSeconds: 30,
  onFailed: true,
  hasNext: true,
  startedWhatsapp: 5_000,
  fellBackTimeout: 400,
  duplicated: 30,
  deliverP90Ms: 9_000,
  deliverP99Ms: 28_000,
  delivered: 4_500,
};

test.each<[string, Partial<TimerFigures>, ReturnType<typeof readTimer>]>([
  [
    'two in five answered twice, and deliveries take longer than the timer',
    { duplicated: 160, deliverP90Ms: 41_000, deliverP99Ms: 90_000 },
    {
      verdict: 'too_short',
      sentence: 'Duplicates 40 % of timeouts: the timer is shorter than the usual delivery (p90 41 s).',
    },
  ],
  [
    'many answered twice although deliveries are quick as a rule',
    { duplicated: 120 },
    {
      verdict: 'too_short',
      sentence: 'Duplicates 30 % of timeouts: what is silent for 30 s often still arrives (p90 9.0 s, p99 28 s).',
    },
  ],
  [
    'some answered twice',
    {},
    { verdict: 'fits', sentence: 'Duplicates 7.5 % of timeouts: within what a timer costs (p90 9.0 s).' },
  ],
  [
    'hardly any answered twice',
    { duplicated: 4 },
    { verdict: 'fits', sentence: 'Duplicates 1.0 % of timeouts: what is silent for 30 s stays silent (p90 9.0 s).' },
  ],
  [
    'hardly any answered twice, and deliveries come long before the timer',
    { duplicated: 0, deliverP90Ms: 3_000, deliverP99Ms: 11_400 },
    {
      verdict: 'too_long',
      sentence:
        'Duplicates 0 % of timeouts. 99 of 100 deliveries took at most 11 s: who gets none waits the rest of the 30 s for nothing.',
    },
  ],
  [
    'no silence at all',
    { fellBackTimeout: 0, duplicated: 0 },
    {
      verdict: 'never_silent',
      sentence: 'No fallback after silence in 5,000 verifications: the timer was not needed.',
    },
  ],
  [
    'a dozen fallbacks',
    { fellBackTimeout: 12, duplicated: 9 },
    { verdict: 'low_sample', sentence: 'Only 12 fallbacks after silence: too few to judge the timer.' },
  ],
  [
    'one verification',
    { startedWhatsapp: 1, fellBackTimeout: 0, duplicated: 0 },
    { verdict: 'low_sample', sentence: 'Only one verification started on WhatsApp: too few to judge the timer.' },
  ],
  [
    'nothing started on WhatsApp',
    { startedWhatsapp: 0, fellBackTimeout: 0, duplicated: 0 },
    { verdict: 'unused', sentence: 'No verification started on WhatsApp here.' },
  ],
  [
    'the timer off',
    { afterSeconds: 0 },
    {
      verdict: 'no_timer',
      sentence: 'No timer: the next channel is tried only when WhatsApp refuses or fails, never after silence.',
    },
  ],
  [
    'timer and failures off',
    { afterSeconds: 0, onFailed: false },
    { verdict: 'no_timer', sentence: 'No timer, and no fallback on a failure: nothing is ever tried after WhatsApp.' },
  ],
  [
    'one channel',
    { hasNext: false },
    {
      verdict: 'no_fallback',
      sentence: 'Nothing to fall back to: the route has no second channel in use.',
    },
  ],
  [
    'deliveries too few to say how long they take',
    { duplicated: 160, delivered: 29, deliverP90Ms: 41_000 },
    { verdict: 'too_short', sentence: 'Duplicates 40 % of timeouts: what is silent for 30 s often still arrives.' },
  ],
])('with %s', (_, more, reading) => {
  expect(readTimer({ ...usual, ...more })).toEqual(reading);
});

describe('of any figures', () => {
  const figures = fc.record<TimerFigures>({
    afterSeconds: fc.integer({ min: 5, max: 300 }),
    onFailed: fc.boolean(),
    hasNext: fc.constant(true),
    startedWhatsapp: fc.integer({ min: 0, max: 100_000 }),
    fellBackTimeout: fc.integer({ min: 0, max: 2_000 }),
    duplicated: fc.integer({ min: 0, max: 2_500 }),
    deliverP90Ms: fc.option(fc.integer({ min: 0, max: 400_000 })),
    deliverP99Ms: fc.option(fc.integer({ min: 0, max: 400_000 })),
    delivered: fc.integer({ min: 0, max: 100_000 }),
  });

  test('a timer is accused of nothing on fewer than 30 fallbacks after silence, nor on a share that chance explains', () => {
    fc.assert(
      fc.property(figures, (random) => {
        const { verdict, sentence } = readTimer(random);
        if (random.fellBackTimeout > 0 && random.fellBackTimeout < 30) expect(verdict).toBe('low_sample');
        if (verdict === 'too_short') expect(random.duplicated / random.fellBackTimeout).toBeGreaterThan(0.15);
        expect(sentence).not.toMatch(/NaN|null|undefined|Infinity/);
      }),
    );
  });

  test('more duplicates never turn a timer from too short to anything else', () => {
    fc.assert(
      fc.property(figures, fc.integer({ min: 0, max: 500 }), (random, more) => {
        if (readTimer(random).verdict !== 'too_short') return;
        expect(readTimer({ ...random, duplicated: random.duplicated + more }).verdict).toBe('too_short');
      }),
    );
  });
});
