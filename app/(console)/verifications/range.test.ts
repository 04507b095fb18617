import { describe, expect, test } from 'vitest';
import { momentOf, rangeBounds, wallTime } from './range';

const now = new Date('2026-11-22T12:00:00Z');

describe('the time range of the list', () => {
  test('a preset counts back from now and stays open at the end', () => {
    expect(rangeBounds({ name: '24h', from: null, to: null }, now, 'UTC')).toEqual({
      after: new Date('2026-11-21T12:00:00Z'),
      before: null,
    });
  });

  test.each([
    ['2026-11-22T14:00', 'Europe/Berlin', '2026-11-22T13:00:00.000Z'],
    ['2026-07-01T14:00', 'Europe/Berlin', '2026-07-01T12:00:00.000Z'],
    ['2026-11-22T14:00', 'Asia/Kolkata', '2026-11-22T08:30:00.000Z'],
    ['2026-11-22T14:00', 'America/Sao_Paulo', '2026-11-22T17:00:00.000Z'],
  ])('%s in %s is %s, and back', (wall, zone, iso) => {
    const at = momentOf(wall, zone);
    expect(at?.toISOString()).toBe(iso);
    expect(at && wallTime(at, zone)).toBe(wall);
  });

  test.each([
    ['clocks show it twice: the first', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['clocks skip it: the change', '2026-03-29T02:30', '2026-03-29T01:00:00.000Z'],
  ])('in Berlin %s', (_, wall, iso) => {
    expect(momentOf(wall, 'Europe/Berlin')?.toISOString()).toBe(iso);
  });

  test('a custom range the wrong way round is turned', () => {
    const bounds = rangeBounds({ name: 'custom', from: '2026-11-20T00:00', to: '2026-11-19T00:00' }, now, 'UTC');
    expect(bounds.after).toEqual(new Date('2026-11-19T00:00:00Z'));
    expect(bounds.before).toEqual(new Date('2026-11-20T00:00:00Z'));
  });

  test('nonsense is the last day, never an error', () => {
    expect(rangeBounds({ name: 'custom', from: 'yesterday', to: '<script>' }, now, 'UTC')).toEqual({
      after: new Date('2026-11-21T12:00:00Z'),
      before: null,
    });
  });
});
