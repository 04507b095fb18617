import { expect, test } from 'vitest';
import { countedText } from './week-words';

const at = (text: string) => new Date(`2026-11-${text}Z`);
const asked = { from: at('22T12:00'), timeZone: 'Asia/Kolkata' };

test('the hours of a week say which days were counted, where these are not the range that was asked for', () => {
  const whole = { from: at('22T00:00'), to: at('30T00:00'), widened: 'kept_by_day' as const };
  expect(countedText(whole, asked)).toBe(' Counted in whole days of UTC: 22 Nov 2026 – 29 Nov 2026.');
  expect(countedText({ ...whole, to: at('23T00:00') }, asked)).toBe(' Counted in whole days of UTC: 22 Nov 2026.');
  const part = { from: at('24T12:00'), to: at('29T12:00'), widened: null };
  expect(countedText(part, asked)).toBe(
    ' With filters, of the last days of the range only: 24 Nov, 17:30 – 29 Nov, 17:30.',
  );
  expect(countedText({ ...part, from: asked.from }, asked)).toBe('');
});
