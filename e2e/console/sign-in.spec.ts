import { expect, test } from '../fixtures/test';

const account = (accounts: { role: string; email: string; password: string }[], role: string) => {
  const found = accounts.find((each) => each.role === role);
  if (!found) throw new Error(`no account has the role ${role}`);
  return found;
};

test('a person signs in, comes back to where they wanted to go, and signs out for good', async ({
  page,
  context,
  installation,
}) => {
  const { email, password } = account(installation.accounts, 'ops');
  await page.goto('/verifications?status=expired');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/verifications\?status=expired$/);

  const before = await context.cookies();
  await page.getByRole('button', { name: /^Account:/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);

  // A copy of the old cookie is worth nothing: the session ended on the server.
  await context.clearCookies();
  await context.addCookies(before);
  await page.goto('/verifications');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('the session cookie is out of reach of scripts and of other sites', async ({ signIn, context }) => {
  await signIn('developer');
  const cookie = (await context.cookies()).find(({ name }) => name.endsWith('watchword-session'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
});

test('a wrong password keeps the address that was typed, and after five tries there is a pause', async ({ page }) => {
  // An address without an account is counted like one with an account.
  const email = `stranger-${Date.now()}@example.com`;
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await page.getByLabel('Password').fill(`not the password ${attempt}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The answer is there when the password, and only the password, is gone.
    await expect(page.getByLabel('Password')).toHaveValue('');
    await expect(page.getByRole('alert').filter({ hasText: 'do not match' })).toBeVisible();
    await expect(page.getByLabel('E-mail')).toHaveValue(email);
  }
  await page.getByLabel('Password').fill('not the password 6');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText(/Too many tries\. Wait \d+ minutes/)).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('signing in works, says what went wrong, and never sends anyone to another site', async ({
    page,
    installation,
  }) => {
    const { email, password } = account(installation.accounts, 'analyst');
    await page.goto('/sign-in?next=/.//evil.example/');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('a wrong one entirely');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'do not match' })).toBeVisible();
    await expect(page.getByLabel('E-mail')).toHaveValue(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/overview$/);
    await expect(page.getByRole('heading', { name: 'Overview', exact: true })).toBeVisible();
  });
});

test('setup is closed once somebody owns the installation', async ({ page }) => {
  await page.goto('/setup?token=guess');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('pages are never stored, run only our scripts, and cannot be framed', async ({ page }) => {
  const response = await page.goto('/sign-in');
  const headers = response?.headers() ?? {};
  expect(headers['cache-control']).toContain('no-store');
  expect(headers['content-security-policy']).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['x-powered-by']).toBeUndefined();
});

test('a form sent from another site is refused, and nobody is signed in by it', async ({ request, installation }) => {
  const { email, password } = account(installation.accounts, 'ops');
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
    const response = await request.post('/sign-in', {
      headers: { origin },
      multipart: { email, password },
      maxRedirects: 0,
    });
    expect(response.status(), origin).toBe(403);
    expect(response.headers()['set-cookie']).toBeUndefined();
  }
});

test('made-up actions are refused without an error of ours', async ({ request }) => {
  for (const path of ['/sign-in', '/setup', '/verifications']) {
    for (const action of ['x', '0'.repeat(42)]) {
      const response = await request.post(path, { headers: { 'Next-Action': action }, data: '[1,2', maxRedirects: 0 });
      expect(response.status(), `${path} ${action}`).toBeLessThan(500);
    }
  }
});

test('a session that ended elsewhere sends nothing any more', async ({ page, browser, signIn, installation }) => {
  await signIn('developer');
  await page.goto('/sandbox');
  const other = await browser.newContext({
    baseURL: installation.base_url,
    storageState: await page.context().storageState(),
  });
  const elsewhere = await other.newPage();
  await elsewhere.goto('/verifications');
  await elsewhere.getByRole('button', { name: /^Account:/ }).click();
  await elsewhere.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await page.getByLabel('Number').fill('+5511987654321');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await other.close();
});
