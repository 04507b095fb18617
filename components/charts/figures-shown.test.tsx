import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { BarList } from '@/components/charts/bar-list';
import { KpiTile } from '@/components/charts/kpi-tile';
import type { Value } from '@/lib/domain/stats/value';

const rate = (value: number, n: number): Value => ({
  value,
  unit: 'share',
  n,
  low: value - 0.01,
  high: value + 0.01,
  isLowSample: n < 30,
});
/** What stands on the page for whoever sees it: without titles, and without what is for screen readers alone. */
const seen = (page: React.ReactElement) =>
  renderToStaticMarkup(page)
    .replaceAll(/<span[^>]*class="sr-only"[^>]*>[^<]*<\/span>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('n stands beside every rate of a list and of a tile, and the interval can be had without a mouse', () => {
  const values = { message_delivery_rate: rate(0.93, 1_234) };
  const row = { key: 'BR', name: 'Brazil', values, before: null, share: 0.5 };
  const list = seen(<BarList label="By country" heading="Country" rows={[row]} metrics={['message_delivery_rate']} />);
  expect(list).toContain('n 1,234');
  expect(list).toContain('92.0–94.0 %');
  expect(list).toContain('Delivery rate (messages)');
  const late = { name: 'late_rate', label: 'too late', value: rate(0.25, 8) } as const;
  const tile = seen(<KpiTile name="expired_rate" value={rate(0.04, 900)} second={late} />);
  expect(tile).toMatch(/too late 25.0 % n 8, low sample/);
  expect(tile).toContain('n 900');
});
