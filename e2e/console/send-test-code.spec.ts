import { expect, test } from '../fixtures/test';

test('a code to a number that is not on WhatsApp is watched falling back, and checked with what the phone received', async ({
  page,
  signIn,
  phone,
  simulator,
}) => {
  await signIn('ops');
  const to = phone('0001');
  await page.goto('/sandbox');
  await page.getByLabel('Number').fill(to);
  await page.getByRole('button', { name: 'Send the code' }).click();
  await expect(page).toHaveURL(/\/verifications\/vrf_[0-9a-f]{32}$/);

  // Without a reload: the page follows along by itself.
  const story = page.getByRole('list').filter({ hasText: 'code requested' });
  await expect(story.getByText('Fell back to SMS')).toBeVisible({ timeout: 15_000 });
  await expect(story.getByText('131026').first()).toBeVisible();
  await expect(story.getByRole('listitem').filter({ hasText: 'Delivered' })).toBeVisible({ timeout: 15_000 });

  const received = await simulator.messages(to);
  const code = received.find(({ channel }) => channel === 'sms')?.code;
  if (!code) throw new Error('the phone received no SMS');
  const wrong = code === '000000' ? '111111' : '000000';
  await page.getByLabel('Code from the phone').fill(wrong);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('Wrong code. 4 left.')).toBeVisible();
  await page.getByLabel('Code from the phone').fill(code);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(story.getByText('Right code: approved')).toBeVisible();
  await expect(page.locator('h1')).toContainText('Approved');
  expect(await page.content()).not.toContain(code);
});

test('a magic number is one click away, and the same form tells why a number was refused', async ({ page, signIn }) => {
  await signIn('developer');
  await page.goto('/sandbox');
  await page.getByRole('button', { name: /0008/ }).click();
  await expect(page.getByLabel('Number')).toHaveValue(/^\+55119\d{4}0008$/);

  await page.getByLabel('Number').fill('+49 1');
  await page.getByRole('radio', { name: 'Test' }).check();
  await page.getByRole('button', { name: 'Send the code' }).click();
  await expect(page.getByText(/Write the number in full/)).toBeVisible();
  await expect(page.getByLabel('Number')).toHaveValue('+49 1');
  await expect(page.getByRole('radio', { name: 'Test' })).toBeChecked();
});

test('in test mode nothing is sent and zeros are right', async ({ page, signIn, phone }) => {
  await signIn('ops');
  await page.goto('/sandbox');
  await page.getByLabel('Number').fill(phone());
  await page.getByRole('radio', { name: 'Test' }).check();
  await page.getByRole('button', { name: 'Send the code' }).click();
  await expect(page.getByText('In test mode the code is all zeros.')).toBeVisible();
  await page.getByLabel('Code from the phone').fill('000000');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('Right code: approved')).toBeVisible();
});

test('the raw view shows what the API answers', async ({ page, signIn }) => {
  await signIn('developer');
  await page.goto('/verifications?range=90d');
  await page.locator('[data-row]').first().click();
  await page.getByRole('link', { name: 'Raw JSON' }).click();
  await expect(page).toHaveURL(/view=raw/);
  await expect(page.locator('pre')).toContainText('"object": "verification"');
});
