import { expect, test } from '../fixtures/test';

test('every filter stands in the address, and the back button undoes it', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d');
  await page
    .getByRole('navigation', { name: 'Filter by status' })
    .getByRole('link', { name: /Approved/ })
    .click();
  await expect(page).toHaveURL(/status=approved/);
  const list = page.getByRole('region', { name: 'Verifications' });
  await expect(list.getByRole('row').nth(1)).toContainText('Approved');
  await expect(list).not.toContainText('Expired');

  await page.getByRole('combobox', { name: 'Channel' }).selectOption('sms');
  await expect(page).toHaveURL(/channel=sms/);
  await page.getByRole('combobox', { name: 'Mode' }).selectOption('live');
  await expect(page).toHaveURL(/mode=live/);
  await page.goBack();
  await expect(page).not.toHaveURL(/mode=live/);
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(page).toHaveURL(/\/verifications\?range=90d$/);
});

test('the address alone brings the same view back', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d&status=expired&mode=live');
  await expect(page.getByRole('combobox', { name: 'Time range' })).toHaveValue('90d');
  await expect(page.getByRole('combobox', { name: 'Mode' })).toHaveValue('live');
  await expect(
    page.getByRole('navigation', { name: 'Filter by status' }).getByRole('link', { name: /Expired/ }),
  ).toHaveAttribute('aria-current', 'true');
});

test('a filter that is no filter is left out, and nothing breaks', async ({ page, signIn }) => {
  await signIn('analyst');
  for (const query of [
    'status=nonsense',
    'country=zz9',
    'after=%27%3B--',
    'range=custom&from=x&to=y',
    'number=AAAA',
    'app=1',
    'use_case=../..',
  ]) {
    const response = await page.goto(`/verifications?${query}`);
    expect(response?.status(), query).toBeLessThan(500);
    await expect(page.getByRole('heading', { name: 'Verifications', exact: true })).toBeVisible();
  }
});

test('a search by number finds it and keeps the number out of the address', async ({ page, signIn, phone, issue }) => {
  const to = phone();
  const reference = `order-${Date.now()}`;
  const { id } = await issue({ to, reference });

  await signIn('analyst');
  await page.goto('/verifications');
  const search = page.getByRole('combobox', { name: /^Search/ });
  await search.fill(to);
  await search.press('Enter');
  await expect(page).toHaveURL(/number=/);
  expect(page.url()).not.toContain(to.slice(1));
  await expect(page.locator('[data-row]')).toHaveCount(1);
  await expect(page.locator('[data-row]')).toHaveAttribute('href', new RegExp(`^/verifications/${id}\\?number=`));

  await page.getByRole('combobox', { name: /^Search/ }).fill(reference);
  await page.getByRole('combobox', { name: /^Search/ }).press('Enter');
  // Only one has this reference: there is nothing to choose from.
  await expect(page).toHaveURL(new RegExp(`/verifications/${id}$`));

  await page.goto('/verifications');
  await page.getByRole('combobox', { name: /^Search/ }).fill(id);
  await page.getByRole('combobox', { name: /^Search/ }).press('Enter');
  await expect(page).toHaveURL(new RegExp(`/verifications/${id}$`));
});

test('the counts over time can be read as a table', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d');
  await page.getByText('Show as table').click();
  await expect(page.getByRole('region', { name: /how they ended, as a table/ })).toBeVisible();
});

test('an empty view says what would fill it', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/verifications?reference=nobody-ever-used-this');
  await expect(page.getByText('Nothing matches these filters')).toBeVisible();
});
