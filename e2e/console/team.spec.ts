import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { generateSync } from 'otplib';
import { overflow, seriousProblems } from '../fixtures/axe';
import { expect, test } from '../fixtures/test';

const PASSWORD = 'a sentence nobody guesses';

/** Invites somebody and takes the link from where it is shown this once. */
async function inviteAs(page: Page, email: string, role: string): Promise<string> {
  await page.goto('/team');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption(role);
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = page
    .getByRole('status')
    .filter({ hasText: `The link for ${email}` })
    .locator('code');
  await expect(link).toHaveText(/\/invite\/[\w-]{43}$/);
  return (await link.textContent()) ?? '';
}

async function accept(page: Page, link: string, name: string): Promise<void> {
  await page.goto(new URL(link).pathname);
  await expect(page.getByRole('heading', { name: 'Join the team' })).toBeVisible();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make my account' }).click();
  await expect(page).toHaveURL(/\/overview/);
}

async function enterPassword(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account:/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
}

const code = (secret: string, stepsFromNow: number) =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + stepsFromNow * 30 });

// Whole journeys, on a machine that may be busy.
test.describe.configure({ timeout: 90_000 });

test('somebody is invited, joins, and a demotion counts at their next request', async ({
  page,
  browser,
  baseURL,
  signIn,
}) => {
  const email = `journey-${Date.now()}@example.com`;
  await signIn('owner');
  const link = await inviteAs(page, email, 'Ops');
  const guest = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await accept(guest, link, 'Greta Guest');
  expect((await guest.goto('/sandbox'))?.status()).toBe(200);

  // The link is used up.
  const late = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await late.goto(new URL(link).pathname);
  await expect(late.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
  await late.context().close();

  await page.goto('/team');
  await page.getByRole('link', { name: 'Change Greta Guest' }).click();
  await page.getByLabel('Role of Greta Guest').selectOption('Analyst');
  await page.getByRole('button', { name: 'Change the role' }).click();
  await expect(page.getByText('Now analyst.', { exact: false })).toBeVisible();

  await guest.goto('/sandbox');
  await expect(guest).toHaveURL(/\/sign-in/);
  await enterPassword(guest, email);
  await expect(guest).toHaveURL(/\/overview/);
  expect((await guest.goto('/sandbox'))?.status()).toBe(403);

  await page.getByText('Disable…').click();
  await page.getByRole('button', { name: 'Disable Greta Guest' }).click();
  await expect(page.getByText('Disabled.', { exact: false })).toBeVisible();
  await guest.goto('/verifications');
  await expect(guest).toHaveURL(/\/sign-in/);
  await guest.context().close();

  // And all of it is in the log, as a difference, and in its export.
  await page.goto('/audit?action=user.change_access');
  const entry = page.getByRole('listitem').filter({ hasText: 'role' }).first();
  await entry.locator('summary').click();
  await expect(entry).toContainText('ops');
  await expect(entry).toContainText('analyst');
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const file = await readFile(await (await downloading).path(), 'utf8');
  expect(file).toMatch(/^at,actor_kind,actor,role,action,target,detail\n/);
  expect(file).toContain('user.change_access');
  expect(file).not.toContain('session.begin');
  await page.goto('/audit?action=audit.export');
  await expect(page.getByRole('listitem').filter({ hasText: 'audit.export' }).first()).toBeVisible();

  const foreign = await page.request.get('/audit/export', { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(foreign.status()).toBe(403);
});

test('an invitation that was withdrawn opens nothing', async ({ page, signIn }) => {
  const email = `withdrawn-${Date.now()}@example.com`;
  await signIn('admin');
  const link = await inviteAs(page, email, 'Analyst');
  await page.getByRole('button', { name: `Withdraw the invitation of ${email}` }).click();
  await expect(page.getByRole('button', { name: `Withdraw the invitation of ${email}` })).toHaveCount(0);
  await page.goto(new URL(link).pathname);
  await expect(page.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
});

test('a second factor is turned on, asked for, never taken twice, and reset by an owner', async ({
  page,
  browser,
  baseURL,
  signIn,
}) => {
  const email = `guarded-${Date.now()}@example.com`;
  // A second try finds the person of the first.
  const name = `Gina ${Date.now()}`;
  await signIn('owner');
  const link = await inviteAs(page, email, 'Analyst');
  const guest = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await accept(guest, link, name);

  await guest.getByRole('button', { name: /^Account:/ }).click();
  await guest.getByRole('menuitem', { name: 'Password and second factor' }).click();
  await expect(guest).toHaveURL(/\/account/);
  await guest.getByRole('button', { name: 'Turn it on' }).click();
  await expect(guest.getByRole('img', { name: 'QR code of the key' })).toBeVisible();
  expect(await seriousProblems(guest)).toEqual([]);
  const secret = ((await guest.locator('ol code').textContent()) ?? '').replaceAll(' ', '');
  await guest.getByLabel('Code', { exact: true }).fill('000000');
  await guest.getByLabel('Your password').fill(PASSWORD);
  await guest.getByRole('button', { name: 'Confirm' }).click();
  await expect(guest.getByText('This is not the code that the app shows now')).toBeVisible();
  const recovery = guest.getByRole('region', { name: 'Recovery codes' }).getByRole('listitem');
  // The step may end between reading the code and its arrival.
  await expect(async () => {
    await guest.getByLabel('Code', { exact: true }).fill(code(secret, -1));
    await guest.getByLabel('Your password').fill(PASSWORD);
    await guest.getByRole('button', { name: 'Confirm' }).click();
    await expect(recovery).toHaveCount(10, { timeout: 5_000 });
  }).toPass({ timeout: 20_000 });
  const [firstRecovery = ''] = await recovery.allTextContents();
  expect(await seriousProblems(guest)).toEqual([]);
  await guest.reload();
  await expect(guest.getByRole('region', { name: 'Recovery codes' })).toHaveCount(0);
  await expect(guest.getByText('10 of 10 recovery codes are left.')).toBeVisible();
  await signOut(guest);

  // A code, once.
  await enterPassword(guest, email);
  const used = code(secret, 0);
  await guest.getByLabel('Code', { exact: true }).fill(used);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await expect(guest).toHaveURL(/\/overview/);
  await signOut(guest);
  await enterPassword(guest, email);
  await expect(guest.getByLabel('Code', { exact: true })).toBeVisible();
  expect(await seriousProblems(guest)).toEqual([]);
  await guest.getByLabel('Code', { exact: true }).fill(used);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await expect(guest.getByRole('alert').filter({ hasText: 'wrong, or it was used before' })).toBeVisible();

  // A recovery code, once.
  await guest.getByLabel('Code', { exact: true }).fill(firstRecovery);
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await expect(guest).toHaveURL(/\/overview/);
  await guest.goto('/account');
  await expect(guest.getByText('9 of 10 recovery codes are left.')).toBeVisible();

  // The owner takes it off: signed out, and the password is enough.
  await page.goto('/team');
  await page.getByRole('link', { name: `Change ${name}` }).click();
  await page.getByRole('button', { name: 'Reset the second factor' }).click();
  await expect(page.getByText('The second factor is off', { exact: false })).toBeVisible();
  await guest.goto('/account');
  await expect(guest).toHaveURL(/\/sign-in/);
  await enterPassword(guest, email);
  await expect(guest).toHaveURL(/\/overview/);
  await guest.context().close();
});

test('a new password signs everybody else out and keeps this browser signed in', async ({
  page,
  browser,
  baseURL,
  signIn,
}) => {
  const email = `password-${Date.now()}@example.com`;
  await signIn('owner');
  const link = await inviteAs(page, email, 'Analyst');
  const guest = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  const elsewhere = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await accept(guest, link, 'Pia Password');
  await enterPassword(elsewhere, email);
  await expect(elsewhere).toHaveURL(/\/overview/);
  await guest.goto('/account');
  await guest.getByLabel('Password now').fill('not the sentence');
  await guest.getByLabel('New password').fill('another sentence nobody guesses');
  await guest.getByRole('button', { name: 'Change the password' }).click();
  await expect(guest.getByText('This is not your password.')).toBeVisible();
  await guest.getByLabel('Password now').fill(PASSWORD);
  await guest.getByLabel('New password').fill('another sentence nobody guesses');
  await guest.getByRole('button', { name: 'Change the password' }).click();
  await expect(guest.getByText('You were signed out everywhere but here.', { exact: false })).toBeVisible();
  await guest.goto('/verifications');
  await expect(guest).toHaveURL(/\/verifications/);
  await elsewhere.goto('/verifications');
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await guest.context().close();
  await elsewhere.context().close();
});

test('somebody who lost their password chooses a new one by a link, which an owner makes and may withdraw', async ({
  page,
  browser,
  baseURL,
  signIn,
}) => {
  const email = `lost-${Date.now()}@example.com`;
  // A second try finds the person of the first.
  const name = `Lola ${Date.now()}`;
  const chosen = 'another sentence nobody guesses';
  await signIn('owner');
  const guest = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await accept(guest, await inviteAs(page, email, 'Analyst'), name);

  const resetAs = async (): Promise<string> => {
    await page.goto('/team');
    await page.getByRole('link', { name: `Change ${name}` }).click();
    await page.getByRole('button', { name: 'Reset the password' }).click();
    const link = page
      .getByRole('status')
      .filter({ hasText: `The link for a new password of ${name}` })
      .locator('code');
    await expect(link).toHaveText(/\/invite\/[\w-]{43}$/);
    return new URL((await link.textContent()) ?? '').pathname;
  };
  const withdraw = page.getByRole('button', { name: `Withdraw the password reset of ${email}` });

  const withdrawn = await resetAs();
  expect(await seriousProblems(page)).toEqual([]);
  await withdraw.click();
  await expect(withdraw).toHaveCount(0);
  const lost = await (await browser.newContext(baseURL ? { baseURL } : {})).newPage();
  await lost.goto(withdrawn);
  await expect(lost.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();

  const link = await resetAs();
  // Nothing has changed until it is used.
  await guest.goto('/verifications');
  await expect(guest).toHaveURL(/\/verifications/);
  await lost.goto(link);
  await expect(lost.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await expect(lost.getByLabel('E-mail')).toHaveValue(email);
  await expect(lost.getByLabel('Your name')).toHaveCount(0);
  expect(await seriousProblems(lost)).toEqual([]);
  await lost.getByLabel('New password').fill('too short');
  await lost.getByRole('button', { name: 'Set the password' }).click();
  await expect(lost.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true');
  await lost.getByLabel('New password').fill(chosen);
  await lost.getByRole('button', { name: 'Set the password' }).click();
  await expect(lost).toHaveURL(/\/overview/);

  // The browser that was signed in before is out, and the old password is worth nothing.
  await guest.goto('/verifications');
  await expect(guest).toHaveURL(/\/sign-in/);
  await enterPassword(guest, email);
  await expect(guest.getByRole('alert').filter({ hasText: 'do not match an account' })).toBeVisible();
  await expect(guest).toHaveURL(/\/sign-in/);
  await guest.goto(link);
  await expect(guest.getByRole('heading', { name: 'This link opens nothing' })).toBeVisible();
  await page.goto('/team');
  await expect(withdraw).toHaveCount(0);
  await guest.context().close();
  await lost.context().close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('no serious or critical problem, and nothing wider than a phone', async ({ page, signIn }) => {
      await signIn('owner');
      await page.goto('/team');
      const person =
        (await page
          .getByRole('link', { name: /^Change/ })
          .first()
          .getAttribute('href')) ?? '';
      for (const path of [
        '/team',
        person,
        '/account',
        '/audit',
        '/audit?target=nothing',
        '/audit?range=custom',
        '/invite/none',
      ]) {
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.goto(path);
        await expect(page.getByRole('main')).toBeVisible();
        const [first] = await page.locator('summary').all();
        await first?.click();
        expect(await seriousProblems(page), path).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await overflow(page), path).toBeLessThanOrEqual(0);
      }
    });
  });
}
