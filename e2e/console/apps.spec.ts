import type { APIRequestContext, Page } from '@playwright/test';
import { overflow, seriousProblems } from '../fixtures/axe';
import { expect, test } from '../fixtures/test';

async function makeApp(page: Page, name: string): Promise<void> {
  await page.goto('/apps/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Brand').fill('Kiosk');
  await page.getByRole('button', { name: 'Create the app' }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Makes a key and reads it where it is shown this once. */
async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole('form', { name: 'New key' }).getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create the key' }).click();
  const secret = page.getByRole('status').filter({ hasText: 'The new key' }).locator('code');
  await expect(secret).toHaveText(/^ww_test_[\w-]{43}$/);
  return (await secret.textContent()) ?? '';
}

async function answerOf(request: APIRequestContext, door: string, secret: string): Promise<string> {
  const response = await request.get(`${door}/api/v1/verifications?limit=1`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  return response.ok() ? 'ok' : (await response.json()).error.code;
}

// Whole journeys, on a machine that may be busy.
test.describe.configure({ timeout: 90_000 });

test('an app, its key, its limits and its end, as both doors of the API see them', async ({
  page,
  request,
  signIn,
  installation,
  phone,
}) => {
  await signIn('developer');
  await makeApp(page, 'Kiosk journey');
  const secret = await makeKey(page, 'Till');
  const doors = [installation.base_url, installation.next_url];
  const bothSay = async (code: string) => {
    for (const door of doors) await expect.poll(() => answerOf(request, door, secret), { timeout: 3_000 }).toBe(code);
  };
  await bothSay('ok');

  await page.getByLabel('Allowed addresses').fill('203.0.113.0/33');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('203.0.113.0/33 is no address')).toBeVisible();
  await expect(page.getByLabel('Allowed addresses')).toHaveValue('203.0.113.0/33');
  await page.getByLabel('Allowed addresses').fill('203.0.113.7/24\n2001:db8::/32');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.', { exact: false })).toBeVisible();
  await expect(page.getByLabel('Allowed addresses')).toHaveValue('203.0.113.0/24\n2001:db8::/32');
  await bothSay('address_not_allowed');
  // A client that names an address itself is not believed.
  for (const door of doors) {
    const response = await request.get(`${door}/api/v1/verifications`, {
      headers: {
        authorization: `Bearer ${secret}`,
        'x-watchword-client-ip': '203.0.113.9',
        'x-forwarded-for': '203.0.113.9',
      },
    });
    expect(response.status(), door).toBe(403);
  }

  await page.getByLabel('Allowed addresses').fill('127.0.0.0/8\n::1');
  await page.getByLabel('Payment', { exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await bothSay('ok');
  for (const door of doors) {
    const issue = (use_case: string) =>
      request.post(`${door}/api/v1/verifications`, {
        headers: { authorization: `Bearer ${secret}` },
        data: { to: phone(), use_case },
      });
    const refused = await issue('login');
    expect(refused.status()).toBe(403);
    expect((await refused.json()).error).toMatchObject({ code: 'use_case_not_allowed', param: 'use_case' });
    expect((await issue('payment')).status()).toBe(201);
  }

  await page.getByRole('link', { name: 'Rotate Till' }).click();
  await page.getByLabel('The old key of Till works on for').selectOption('1 hour');
  await page.getByRole('button', { name: 'Rotate' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'The new key of Till' })).toBeVisible();
  await expect(page.getByText('being replaced')).toBeVisible();
  await bothSay('ok');
  await page.getByRole('link', { name: 'I have copied it' }).click();

  await page
    .getByRole('row', { name: /being replaced/ })
    .getByRole('link', { name: 'Revoke Till' })
    .click();
  await page.getByRole('button', { name: 'Revoke for good' }).click();
  await expect(page.getByText('Revoked. Every process refuses this key within a second.')).toBeVisible();
  await bothSay('unauthenticated');
});

test('two people who change one app: the second keeps what was typed and is told', async ({
  page,
  browser,
  baseURL,
  signIn,
}) => {
  await signIn('developer');
  await makeApp(page, 'Kiosk for two');
  const other = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await signIn('admin', other);
  await other.goto(page.url());
  await page.getByLabel('Brand').fill('First');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.', { exact: false })).toBeVisible();
  await other.getByLabel('Brand').fill('Second');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByText('Somebody changed this app since you opened it')).toBeVisible();
  await expect(other.getByLabel('Brand')).toHaveValue('Second');
  await other.context().close();
});

test('ops read an app and are offered no change', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/apps');
  await expect(page.getByRole('link', { name: 'New app' })).toHaveCount(0);
  await page.getByRole('table').getByRole('link').first().click();
  await expect(page.getByLabel('Brand')).toBeDisabled();
  await expect(page.getByRole('button', { name: /Save|Create the key/ })).toHaveCount(0);
  await expect(page.getByRole('link', { name: /Revoke/ })).toHaveCount(0);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an app and its key are made, and the key is ended', async ({ page, signIn }) => {
    await signIn('admin');
    await makeApp(page, 'Kiosk without scripts');
    await makeKey(page, 'Plain');
    await page.getByRole('link', { name: 'Revoke Plain' }).click();
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await expect(page.getByText('Revoked. Every process')).toBeVisible();
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('no serious or critical problem, and nothing wider than a phone', async ({ page, signIn }) => {
      await signIn('owner');
      await page.goto('/apps');
      expect(await seriousProblems(page)).toEqual([]);
      const app = (await page.getByRole('link', { name: 'Pomelo Bank' }).getAttribute('href')) ?? '';
      await page.goto(app);
      const rotate =
        (await page
          .getByRole('link', { name: /^Rotate/ })
          .first()
          .getAttribute('href')) ?? '';
      const revoke =
        (await page
          .getByRole('link', { name: /^Revoke/ })
          .first()
          .getAttribute('href')) ?? '';
      for (const path of ['/apps/new', app, rotate, revoke]) {
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.goto(path);
        await expect(page.getByRole('main')).toBeVisible();
        expect(await seriousProblems(page), path).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await overflow(page), path).toBeLessThanOrEqual(0);
      }
    });
  });
}
