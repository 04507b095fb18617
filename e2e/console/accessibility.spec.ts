import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { VERIFICATION_STATUSES } from '@/lib/domain/verification/states';
import { expect, test } from '../fixtures/test';

/** The rooms that steer and administer, beside the lists. */
const PAGES = [
  '/overview?range=90d',
  '/analytics/delivery?range=90d',
  '/verifications?range=90d',
  '/analytics/response-times?range=30d',
  '/analytics/cost?range=30d',
  '/analytics/fallback?range=30d',
  '/live',
  '/sandbox',
  '/config/countries',
  '/config/countries/BR',
  '/config/countries/import',
  '/config/policies',
  '/config/policies/login',
  '/config/templates',
  '/config/templates/new',
  '/config/templates/texts/new',
  '/config/connections',
  '/config/connections/new',
  '/config/changes',
  '/config/readiness',
  '/alerts',
  '/alerts/rules',
  '/alerts/rules/new?kind=spend',
  '/alerts/destinations',
  '/apps',
  '/team',
  '/audit',
  '/account',
  '/docs',
  '/docs/errors',
];

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function problems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const path of [
      '/sign-in',
      '/overview?range=90d',
      '/analytics/delivery?range=90d&country=BR&compare=none',
      '/analytics/delivery?by=channel&metric=failure_rate',
      '/verifications?range=90d',
      '/verifications?reference=nothing',
      '/analytics/response-times?range=30d',
      '/analytics/cost?range=30d',
      '/analytics/fallback?range=30d',
      '/sandbox',
      '/docs',
      '/docs/errors',
      '/no-room',
    ]) {
      test(`no serious or critical problem at ${path}`, async ({ page, signIn }) => {
        // A page of fifty rows is looked through for seconds, on a busy machine for many.
        test.slow();
        if (path !== '/sign-in') await signIn('ops');
        await page.goto(path);
        await expect(page.getByRole('main')).toBeVisible();
        expect(await problems(page)).toEqual([]);
      });
    }

    for (const status of VERIFICATION_STATUSES) {
      test(`no serious or critical problem on a verification that is ${status}`, async ({ page, signIn }) => {
        // Three pages, two of them looked through.
        test.slow();
        await signIn('ops');
        await page.goto(`/verifications?range=90d&status=${status}`);
        const row = page.locator('[data-row]').first();
        await expect(row).toBeVisible();
        await page.goto((await row.getAttribute('href')) ?? '');
        expect(await problems(page)).toEqual([]);
        await page.getByRole('link', { name: 'Raw JSON' }).click();
        await expect(page.locator('pre')).toBeVisible();
        expect(await problems(page)).toEqual([]);
      });
    }
  });
}

test('nothing is wider than a phone', async ({ page, signIn }) => {
  test.slow();
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn('owner');
  await page.goto('/verifications?range=90d');
  const href = (await page.locator('[data-row]').first().getAttribute('href')) ?? '';
  for (const path of [...PAGES, href, `${href}&view=raw`]) {
    await page.goto(path);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
  await page.getByRole('button', { name: 'Open the menu' }).click();
  await page.getByRole('dialog', { name: 'Menu' }).getByRole('link', { name: 'Send a test code' }).click();
  await expect(page).toHaveURL(/\/sandbox/);
  await expect(page.getByRole('dialog', { name: 'Menu' })).toBeHidden();
});

test('no page loads more than 220 KB of script, and none breaks its own policy', async ({ page, context, signIn }) => {
  test.slow();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await signIn('owner');
  await page.goto('/verifications?range=90d');
  const href = (await page.locator('[data-row]').first().getAttribute('href')) ?? '';
  for (const path of [...PAGES, href]) {
    await page.goto(path);
    const html = await (await context.request.get(path)).text();
    const sources = new Set(
      [...html.matchAll(/<script(?![^>]*nomodule)[^>]*\ssrc="([^"]+)"/gi)].map((match) => match[1] ?? ''),
    );
    let bytes = 0;
    for (const source of sources) bytes += gzipSync(await (await context.request.get(source)).body()).length;
    expect(sources.size, path).toBeGreaterThan(3);
    expect(bytes / 1024, path).toBeLessThan(220);
  }
  expect(complaints).toEqual([]);
});
