import { expect, test } from '../fixtures/test';

test('with a keyboard alone: sign in, find a verification, open it, come back', async ({ page, installation }) => {
  const account = installation.accounts.find(({ role }) => role === 'ops');
  await page.goto('/sign-in');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.type(account?.email ?? '');
  await page.keyboard.press('Tab');
  await page.keyboard.type(account?.password ?? '');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/overview$/);
  await page.goto('/verifications?range=90d');
  await expect(page.locator('[data-row]').first()).toBeVisible();

  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.press('Tab');

  const rows = page.locator('[data-row]');
  await page.locator('h1').click();
  await page.keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(rows.nth(0)).toBeFocused();
  const href = await rows.nth(0).getAttribute('href');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`${href}$`));
});

test('single-key shortcuts are listed on ? and can be switched off', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/verifications?range=90d');
  await expect(page.locator('[data-row]').first()).toBeVisible();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Single-key shortcuts are on').uncheck();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).not.toBeFocused();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page).toHaveURL(/\/verifications/);

  await page.getByRole('button', { name: /Shortcuts/ }).click();
  await dialog.getByLabel('Single-key shortcuts are on').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page).toHaveURL(/\/sandbox/);
});
