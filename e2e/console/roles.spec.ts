import { expect, test } from '../fixtures/test';

// What each role meets in each room. A new room has to be added here.
const ROOMS: { path: string; open: string[]; closed: string[] }[] = [
  { path: '/overview', open: ['owner', 'admin', 'ops', 'analyst', 'developer'], closed: [] },
  { path: '/analytics/delivery', open: ['owner', 'admin', 'ops', 'analyst', 'developer'], closed: [] },
  { path: '/verifications', open: ['owner', 'admin', 'ops', 'analyst', 'developer'], closed: [] },
  { path: '/live', open: ['owner', 'admin', 'ops', 'analyst', 'developer'], closed: [] },
  { path: '/apps', open: ['owner', 'admin', 'ops', 'developer'], closed: ['analyst'] },
  { path: '/apps/new', open: ['owner', 'admin', 'developer'], closed: ['ops', 'analyst'] },
  { path: '/team', open: ['owner', 'admin'], closed: ['ops', 'analyst', 'developer'] },
  { path: '/audit', open: ['owner', 'admin', 'ops'], closed: ['analyst', 'developer'] },
  { path: '/account', open: ['owner', 'admin', 'ops', 'analyst', 'developer'], closed: [] },
  { path: '/sandbox', open: ['owner', 'admin', 'ops', 'developer'], closed: ['analyst'] },
];

for (const { path, open, closed } of ROOMS) {
  for (const role of [...open, ...closed]) {
    const status = open.includes(role) ? 200 : 403;
    test(`${role} gets ${status} at ${path}`, async ({ page, signIn }) => {
      await signIn(role);
      const response = await page.goto(path);
      expect(response?.status()).toBe(status);
      if (status === 403) {
        await expect(page.getByRole('heading', { name: 'Your role cannot open this page' })).toBeVisible();
        await expect(page.locator(`nav a[href="${path}"]`)).toHaveCount(0);
      }
    });
  }
}

test('without a session no room answers with data, whichever way it is asked', async ({
  request,
  page,
  signIn,
  installation,
}) => {
  await signIn('ops');
  await page.goto('/verifications');
  const path = await page.locator('[data-row]').first().getAttribute('href');
  for (const headers of [
    {},
    { RSC: '1' },
    { RSC: '1', 'Next-Router-Prefetch': '1' },
    { cookie: 'watchword-session=made.up' },
  ]) {
    for (const room of [
      '/overview',
      '/analytics/delivery',
      '/verifications',
      '/sandbox',
      '/apps',
      '/team',
      '/audit',
      '/account',
      path ?? '',
    ]) {
      const response = await request.get(`${installation.base_url}${room}`, { headers, maxRedirects: 0 });
      const text = await response.text();
      expect([303, 307, 200]).toContain(response.status());
      expect(text).not.toContain('••');
      expect(text).not.toContain('Pomelo Bank');
      expect(text).not.toContain('@watchword.example');
    }
  }
});

test('an analyst reads a pending verification and is offered no check', async ({ page, signIn, phone, issue }) => {
  // One of its own: whether the seed left one pending depends on the hour.
  const { id } = await issue({ to: phone() }, 'live');

  await signIn('analyst');
  await page.goto('/verifications?status=pending&range=90d');
  await page.locator(`[data-row][href*="${id}"]`).click();
  await expect(page.getByRole('list').filter({ hasText: 'code requested' })).toBeVisible();
  await expect(page.getByLabel('Code from the phone')).toHaveCount(0);
});

test('no page shows a whole number', async ({ page, signIn }) => {
  await signIn('owner');
  await page.goto('/verifications?range=90d');
  await expect(page.locator('[data-row]').first()).toBeVisible();
  expect(await page.content()).not.toMatch(/\+\d{9,15}/);
});

test('a verification that does not exist answers 404 with a page of its own', async ({ page, signIn }) => {
  await signIn('ops');
  const response = await page.goto(`/verifications/vrf_${'0'.repeat(32)}`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'No such verification' })).toBeVisible();
});

test('what a list does not have answers 404 within the console, with a way to the list', async ({ page, signIn }) => {
  await signIn('ops');
  const response = await page.goto('/config/connections/00000000-0000-4000-8000-000000000000');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'No such connection' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'All connections' }).click();
  await expect(page).toHaveURL(/\/config\/connections$/);
});
