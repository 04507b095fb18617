import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FINE_DAYS } from '@/lib/domain/stats/cuts';
import { wallTime, zoneOf } from '../verifications/range';
import { absolute, boundsOf, intervalOf, questionBeside, questionOf, stepped, wideningOf } from './range';
import { type AnalyticsView, cycled, filtersIn, hrefCycling, hrefWith, loadAnalyticsView } from './search-params';

const now = new Date('2026-11-25T12:00:00Z');
const load = (query: string): AnalyticsView => loadAnalyticsView(new URLSearchParams(query));
const bounds = (query: string, zone = 'UTC', at = now) => {
  const { from, to } = boundsOf(load(query), at, zone);
  return [from.toISOString(), to.toISOString()];
};

describe('the range of an analytics room', () => {
  test('nothing said is the last seven days, compared with the seven before', () => {
    const question = questionOf(load(''), now, 'Asia/Kolkata');
    expect(question).toEqual({
      from: new Date('2026-11-18T12:00:00Z'),
      to: now,
      timeZone: 'Asia/Kolkata',
      filters: {},
      compare: 'previous_period',
    });
  });

  test.each([
    ['range=today', 'Europe/Berlin', '2026-11-24T23:00:00.000Z', '2026-11-25T12:00:00.000Z'],
    ['range=yesterday', 'Europe/Berlin', '2026-11-23T23:00:00.000Z', '2026-11-24T23:00:00.000Z'],
    ['range=yesterday', 'Asia/Kolkata', '2026-11-23T18:30:00.000Z', '2026-11-24T18:30:00.000Z'],
  ])('%s in %s', (query, zone, from, to) => {
    expect(bounds(query, zone)).toEqual([from, to]);
  });

  test('a day on which clocks change has its true length', () => {
    const after = new Date('2026-10-26T10:00:00Z');
    expect(bounds('range=yesterday', 'Europe/Berlin', after)).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('a day whose midnight was skipped begins with its first moment', () => {
    // São Paulo went from 23:59:59 to 01:00 on 4 November 2018.
    const [from] = bounds('range=today', 'America/Sao_Paulo', new Date('2018-11-04T15:00:00Z'));
    expect(from).toBe('2018-11-04T03:00:00.000Z');
  });

  test('a custom range the wrong way round is turned, too long is cut, the future is cut', () => {
    expect(bounds('from=2026-11-20T00:00&to=2026-11-19T00:00')).toEqual([
      '2026-11-19T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
    ]);
    expect(bounds('from=2020-01-01T00:00&to=2026-11-20T00:00')[0]).toBe('2025-10-16T00:00:00.000Z');
    expect(bounds('from=2026-11-20T00:00&to=2027-11-20T00:00')[1]).toBe(now.toISOString());
  });

  test('whatever is typed into the address gives a range in order, of at least five minutes', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Berlin'),
        (from, to, zone) => {
          const range = boundsOf({ range: 'custom', from, to }, now, zone);
          expect(range.to.getTime() - range.from.getTime()).toBeGreaterThanOrEqual(300_000);
        },
      ),
    );
  });

  test('an unknown time zone is the viewer’s', () => {
    expect(zoneOf({ timezone: 'Mars/Olympus' }, 'Asia/Kolkata')).toBe('Asia/Kolkata');
    expect(zoneOf({ timezone: '+01:00' }, 'Asia/Kolkata')).toBe('Asia/Kolkata');
    expect(zoneOf({ timezone: 'UTC' }, 'Asia/Kolkata')).toBe('UTC');
  });

  test('a step back and forth is where one was, also over a change of clocks', () => {
    const days = { from: new Date('2026-10-24T22:00:00Z'), to: new Date('2026-10-25T23:00:00Z') };
    expect(stepped(days, -1, 'Europe/Berlin')).toEqual({ from: '2026-10-24T00:00', to: '2026-10-25T00:00' });
    expect(stepped(days, 1, 'Europe/Berlin')).toEqual({ from: '2026-10-26T00:00', to: '2026-10-27T00:00' });
  });

  test('ends lie on steps that every panel has, so that two panels of a page add up', () => {
    const at = new Date('2026-11-25T12:07:31Z');
    const ends = (query: string) => {
      const { from, to } = questionOf(load(query), at, 'Asia/Kolkata');
      return [from.toISOString(), to.toISOString()];
    };
    expect(ends('range=1h')).toEqual(['2026-11-25T11:05:00.000Z', '2026-11-25T12:10:00.000Z']);
    expect(ends('range=7d&compare=none')).toEqual(['2026-11-18T12:00:00.000Z', '2026-11-25T12:30:00.000Z']);
    expect(ends('range=30d')).toEqual(['2026-10-26T12:00:00.000Z', '2026-11-25T12:30:00.000Z']);
    // A day of six weeks ago, as India's clocks have it; days of UTC where half-hours are gone.
    expect(ends('range=custom&from=2026-10-11T00:00&to=2026-10-12T00:00')).toEqual([
      '2026-10-10T18:30:00.000Z',
      '2026-10-11T18:30:00.000Z',
    ]);
    expect(ends('range=custom&from=2026-07-11T00:00&to=2026-07-12T00:00')).toEqual([
      '2026-07-10T00:00:00.000Z',
      '2026-07-12T00:00:00.000Z',
    ]);
  });

  test('the week before the last seven days begins where every step is still kept, whatever the minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (second) => {
        const at = new Date(Date.UTC(2026, 10, 25) + second * 1000);
        const { from, to } = questionOf(load('range=7d'), at, 'UTC');
        const length = to.getTime() - from.getTime();
        expect(from.getTime() - length).toBeGreaterThan(at.getTime() - FINE_DAYS * 86_400_000);
        expect(length).toBeGreaterThanOrEqual(7 * 86_400_000);
      }),
    );
  });

  test('steps that give a picture of one point, or of more than 800, are those of the range instead', () => {
    const steps = (query: string) => {
      const view = load(query);
      return intervalOf(view, questionOf(view, now, 'UTC'));
    };
    expect(steps('range=1h&interval=5m')).toBe('5m');
    expect(steps('range=90d&interval=5m')).toBeUndefined();
    expect(steps('range=30d&interval=30m')).toBeUndefined();
    expect(steps('range=30d&interval=hour')).toBe('hour');
    expect(steps('range=1h&interval=month')).toBeUndefined();
    expect(steps('range=90d&interval=month')).toBe('month');
    expect(steps('range=90d')).toBeUndefined();
  });

  test('a shared link says the same range tomorrow', () => {
    const view = load('range=24h&country=BR');
    const shared = absolute(view, boundsOf(view, now, 'Asia/Kolkata'), 'Asia/Kolkata');
    const tomorrow = questionOf(shared, new Date('2026-11-26T12:00:00Z'), 'UTC');
    expect(tomorrow).toMatchObject({ from: new Date('2026-11-24T12:00:00Z'), to: now, timeZone: 'Asia/Kolkata' });
    expect(wallTime(tomorrow.to, 'Asia/Kolkata')).toBe('2026-11-25T17:30');
  });
});

describe('filters in the address', () => {
  test('a list, a list left out, and nonsense dropped', () => {
    const view = load('country=BR,IN,br,XXX&channel=-sms&app=7&locale=pt_BR');
    expect(view.country).toEqual({ values: ['BR', 'IN'], exclude: false });
    expect(view.channel).toEqual({ values: ['sms'], exclude: true });
    expect(view.app).toBeNull();
    expect(filtersIn(view).map(({ dimension }) => dimension)).toEqual(['country', 'channel', 'locale']);
    expect(questionOf(view, now, 'UTC').filters).toEqual({
      country: { values: ['BR', 'IN'], exclude: false },
      channel: { values: ['sms'], exclude: true },
      locale: { values: ['pt_BR'], exclude: false },
    });
  });

  test('what is written is read back, commas and all', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc
            .string({ minLength: 1, maxLength: 40 })
            .filter((text) => text.trim() === text && !text.startsWith('-') && !text.includes('%2C')),
          { minLength: 1, maxLength: 5 },
        ),
        fc.boolean(),
        (values, exclude) => {
          const href = hrefWith('/x', load(''), { template: { values, exclude } });
          expect(load(href.slice(2)).template).toEqual({ values, exclude });
        },
      ),
    );
  });

  test('once filters, again excludes, a third time clears', () => {
    let view = load('');
    const choose = () => {
      view = load(hrefCycling('/x', view, 'country', 'BR').slice(2));
      return view.country;
    };
    expect(choose()).toEqual({ values: ['BR'], exclude: false });
    expect(choose()).toEqual({ values: ['BR'], exclude: true });
    expect(choose()).toBeNull();
  });

  test('beside others a value joins them or leaves them', () => {
    const pair = cycled(cycled(null, 'BR'), 'IN');
    expect(pair).toEqual({ values: ['BR', 'IN'], exclude: false });
    expect(cycled(pair, 'BR')).toEqual({ values: ['IN'], exclude: false });
    expect(cycled({ values: ['BR'], exclude: true }, 'IN')).toEqual({ values: ['BR', 'IN'], exclude: true });
  });

  test('a list to choose from is asked without its own filter', () => {
    const question = questionOf(load('country=BR&channel=sms'), now, 'UTC');
    expect(questionBeside(question, 'country').filters).toEqual({ channel: { values: ['sms'], exclude: false } });
  });
});

test('a range that begins more than 92 days ago says that it is of whole days, unless days of UTC were asked for', () => {
  const why = (query: string, zone: string) => wideningOf(load(query), new Date('2026-11-28T12:00:00Z'), zone);
  expect(why('from=2026-08-05T03:00&to=2026-11-28T12:00', 'UTC')).toBe('older_than_92_days');
  expect(why('from=2026-08-05T00:00&to=2026-11-28T12:00', 'Asia/Kolkata')).toBe('older_than_92_days');
  expect(why('from=2026-08-05T00:00&to=2026-11-28T12:00', 'UTC')).toBeNull();
  expect(why('range=90d', 'Asia/Kolkata')).toBeNull();
});
