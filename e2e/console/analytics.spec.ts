import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

// Every page asks some forty questions; a busy machine takes its time over the first of them.
test.slow();

const list = (page: Page) => page.getByRole('region', { name: 'By country', exact: true });

test('choosing a row filters by it, again leaves it out, a third time clears; the address holds it all', async ({
  page,
  signIn,
}) => {
  await signIn('analyst');
  await page.goto('/analytics/delivery?range=90d');
  const row = list(page).locator('[data-row]').first();
  const name = ((await row.textContent()) ?? '').replace(/:.*/, '');
  await row.click();
  await expect(page).toHaveURL(/[?&]country=[A-Z]{2}(&|$)/);
  await expect(page.getByRole('link', { name: `Remove the filter: Country is ${name}` })).toBeVisible();
  await expect(list(page).locator('tr[data-standing="included"]')).toHaveCount(1);

  await list(page).locator('tr[data-standing="included"] [data-row]').click();
  await expect(page).toHaveURL(/[?&]country=-[A-Z]{2}(&|$)/);
  await expect(page.getByRole('link', { name: `Remove the filter: Country is not ${name}` })).toBeVisible();

  // The address alone brings it back.
  await page.goto(page.url());
  await list(page).locator('tr[data-standing="excluded"] [data-row]').click();
  await expect(page).not.toHaveURL(/country=/);
  await expect(page).toHaveURL(/range=90d/);

  await page.goBack();
  await expect(page).toHaveURL(/country=-/);
});

test('what is filtered by one country counts that country alone', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/analytics/delivery?range=90d');
  const row = list(page).locator('tbody tr').first();
  const messages = await row.locator('td').nth(1).locator('.num').first().textContent();
  await row.locator('[data-row]').click();
  await expect(list(page).locator('tr[data-standing="included"]')).toHaveCount(1);
  await expect(list(page).locator('tr[data-standing="included"] td').nth(1).locator('.num').first()).toHaveText(
    messages ?? '',
  );
});

test('the table of a chart says what the tile says', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/overview?range=90d');
  const tiles = page.getByLabel('Figures of the range');
  const figure = (label: string) =>
    tiles
      .locator('div', { has: page.getByRole('button', { name: label, exact: true }) })
      .locator('dd .num')
      .first();
  const created = await figure('Verifications').textContent();
  const verified = await figure('Verified').textContent();

  const funnel = page.getByRole('figure', { name: 'From request to verified' });
  await expect(funnel.getByRole('table')).toBeHidden();
  await page.locator('[data-chart="From request to verified"]').getByText('Show as table').click();
  await expect(funnel.getByRole('row', { name: /^Requested/ })).toContainText(created ?? '');
  await expect(funnel.getByRole('row', { name: /^Verified/ })).toContainText(verified ?? '');
  await expect(funnel.getByRole('link', { name: /^Verified/ })).toHaveAttribute('href', /[?&]status=approved/);
});

test('every figure opens its definition', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/overview');
  const tiles = page.getByLabel('Figures of the range');
  const definition = tiles.getByText('Verified ÷ created, of verifications that have ended.');
  await tiles.getByRole('button', { name: 'Conversion' }).click();
  await expect(definition).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(definition).toBeHidden();
});

test('single keys choose the range, step through time and switch the comparison', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/overview');
  await expect(page.getByLabel('Figures of the range')).toBeVisible();
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/range=24h/);
  await page.keyboard.press('x');
  await expect(page).toHaveURL(/compare=none/);
  await page.keyboard.press('[');
  await expect(page).toHaveURL(/range=custom.*from=/);
  // After g, a key names a room and no range.
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/analytics\/delivery\?(?=.*range=custom)(?=.*from=)(?=.*compare=none)/);
  // The sidebar carries the same; what one room alone chose stays there.
  await page.goto('/analytics/delivery?range=30d&country=BR&by=channel');
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Cost' }).click();
  await expect(page).toHaveURL(/\/analytics\/cost\?(?=.*range=30d)(?=.*country=BR)(?!.*by=)/);
});

test('every chart can be copied as a call of the API, which answers with its filters', async ({
  page,
  signIn,
  installation,
  request,
}) => {
  test.setTimeout(120_000);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn('analyst');
  const kinds = new Set<string>();
  for (const room of [
    'overview',
    'analytics/delivery',
    'analytics/response-times',
    'analytics/cost',
    'analytics/fallback',
  ]) {
    await page.goto(`/${room}?range=7d&use_case=login`);
    await expect(page.locator('[data-chart]').first()).toBeVisible();
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    for (const frame of await page.locator('[data-chart]').all())
      await expect(frame.getByText('Copy as API call'), (await frame.getAttribute('data-chart')) ?? '').toHaveCount(1);
    for (const button of await page.getByRole('button', { name: 'Copy as API call' }).all()) {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await button.click();
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('curl');
      const url = /curl '([^']+)'/.exec(await page.evaluate(() => navigator.clipboard.readText()))?.[1] ?? '';
      expect(url).toContain('use_case=login');
      const answer = await request.get(url, { headers: { authorization: `Bearer ${installation.apps[0]?.live_key}` } });
      expect(answer.status(), url).toBe(200);
      kinds.add((await answer.json()).object);
    }
  }
  expect([...kinds].sort()).toEqual(
    ['breakdown', 'durations', 'heatmap', 'movers', 'summary', 'timeseries'].map((kind) => `analytics.${kind}`),
  );
});
