import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

// These journeys publish, so they take turns, and each steers a country of its own that no other test sends to.
test.describe.configure({ mode: 'serial', timeout: 90_000 });

/** Opens a country's page as a form and sets its fallback timer in the draft: the screen of product ops without a grid. */
async function draftTimer(page: Page, country: string, seconds: string) {
  await page.goto(`/config/countries/${country}`);
  const field = page.getByLabel(/fallback after/i).first();
  await field.fill(seconds);
  await field.press('Enter');
  await expect(page.getByText(/changes? in your draft/)).toBeVisible();
}

async function publish(page: Page, why: string) {
  await page.goto('/config/changes');
  await page.getByLabel('Why').fill(why);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
}

test('two people change the same field: the second sees both values, chooses, and nothing is lost', async ({
  page,
  browser,
  baseURL,
  signIn,
}) => {
  const other = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await signIn('ops');
  await signIn('admin', other);
  await draftTimer(page, 'IS', '20');
  await draftTimer(other, 'IS', '45');
  await publish(page, 'Iceland is fast');
  await expect(page.getByText('Published.', { exact: false })).toBeVisible();

  await other.goto('/config/changes');
  await expect(other.getByText('Somebody else changed the same field')).toBeVisible();
  await expect(other.getByText('Settle the conflict first.')).toBeVisible();
  await expect(other.getByRole('button', { name: 'Publish', exact: true })).toBeDisabled();
  const conflict = other.getByRole('group', { name: /Iceland/ });
  await expect(conflict).toContainText('20 s');
  await expect(conflict).toContainText('45 s');
  await conflict.getByLabel(/Yours/).check();
  await other.getByRole('button', { name: 'Keep what I chose' }).click();
  await expect(other.getByText('Somebody else changed the same field')).toBeHidden();
  await publish(other, 'It is not that fast');
  await expect(other.getByText('Published.', { exact: false })).toBeVisible();
  await expect(other.getByText('45 s').first()).toBeVisible();
  await other.context().close();
});

test('a version can be gone back to, with a reason, and history only grows', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/config/changes');
  const head = Number(await page.locator('[data-row]').first().textContent());
  await page.goto(`/config/changes/${head - 1}`);
  await page.getByLabel('Why').fill('Back to 20');
  await page.getByRole('button', { name: `Go back to version ${head - 1}` }).click();
  await expect(page.getByRole('heading', { name: `Version ${head + 1}` })).toBeVisible();
  await page.goto('/config/changes');
  await expect(page.getByText(`goes back to version ${head - 1}`).first()).toBeVisible();
});

test('what is published holds for the next code in every process within a second', async ({
  page,
  request,
  signIn,
  installation,
}) => {
  await signIn('ops');
  await draftTimer(page, 'MT', '25');
  await page.goto('/config/changes');
  await page.getByLabel('Why').fill('Malta, measured');
  const explained = async () => {
    // The second process of this installation: Next alone, fast lane off.
    const response = await request.post(`${installation.next_url}/api/v1/routes/explain`, {
      headers: { authorization: `Bearer ${installation.apps[0]?.live_key}` },
      data: { to: '+35699123456' },
    });
    return ((await response.json()) as { fallback_after_seconds?: number }).fallback_after_seconds;
  };
  const before = await explained();
  expect(before).not.toBe(25);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByText('Published.', { exact: false })).toBeVisible();
  const published = Date.now();
  await expect.poll(explained, { intervals: [20], timeout: 5_000 }).toBe(25);
  test.info().annotations.push({
    type: 'ms from the answer to the second process',
    description: String(Date.now() - published),
  });
  expect(Date.now() - published).toBeLessThan(1_000);
});

test('Undo takes an entry out of the draft, and says so where the draft does not take it', async ({ page, signIn }) => {
  await signIn('ops');
  await draftTimer(page, 'CY', '15');
  await page.goto('/config/changes');
  const entry = page.locator('form', { has: page.getByRole('button', { name: 'Undo', exact: true }) });
  await expect(entry).toHaveCount(1);
  const field = entry.locator('input[name=entity]');
  await field.evaluate((input: HTMLInputElement) => {
    input.value = 'nonsense/CY';
  });
  await entry.getByRole('button').click();
  await expect(entry.getByText('No such entry')).toBeVisible();
  await field.evaluate((input: HTMLInputElement) => {
    input.value = 'routes/country:CY';
  });
  await entry.getByRole('button').click();
  await expect(page.getByText('Your draft is empty')).toBeVisible();
});

test('an analyst reads changes and readiness, and is offered nothing to press', async ({ page, signIn }) => {
  await signIn('analyst');
  for (const path of ['/config/changes', '/config/readiness', '/config/changes/1']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test('no serious or critical problem in changes, a version and readiness', async ({ page, signIn }) => {
      await signIn('owner');
      await draftTimer(page, 'LU', '10');
      for (const path of ['/config/changes', '/config/changes/1', '/config/readiness']) {
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      }
      await page.goto('/config/changes');
      await page.getByRole('link', { name: 'Discard the draft' }).click();
      await page.getByRole('button', { name: 'Discard for good' }).click();
      await expect(page.getByText('Your draft is empty')).toBeVisible();
    });
  });
}
