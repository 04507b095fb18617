import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { seriousProblems } from '../fixtures/axe';
import { expect, test } from '../fixtures/test';

test.describe.configure({ timeout: 60_000 });

const box = (page: Page) => page.getByRole('combobox', { name: /^Search/ });
const rows = (page: Page) => page.locator('a[data-row]');

test('key:value terms become filters, the filter bar and the box say the same, and a mistake is shown at its term', async ({
  page,
  signIn,
}) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d');
  await box(page).fill('status:expired channel:sms -country:ID');
  await box(page).press('Enter');
  await expect(page).toHaveURL(/status=expired/);
  await expect(page).toHaveURL(/channel=sms/);
  await expect(page).toHaveURL(/-country=ID/);
  await expect(page.getByRole('combobox', { name: 'Channel' })).toHaveValue('sms');
  await expect(rows(page).first()).toBeVisible();
  const list = page.getByRole('region', { name: 'Verifications' });
  await expect(list).not.toContainText('Approved');
  await expect(page.getByRole('list', { name: 'Filters that are on' })).toContainText('not country: Indonesia');

  await page.getByRole('combobox', { name: 'Channel' }).selectOption('whatsapp');
  await expect(box(page)).toHaveValue('status:expired channel:whatsapp -country:ID');
  await page.getByRole('link', { name: 'Remove not country: Indonesia' }).click();
  await expect(box(page)).toHaveValue('status:expired channel:whatsapp');

  const before = page.url();
  await box(page).fill('status:expired colour:red');
  await box(page).press('Enter');
  const problem = page.getByRole('alert').filter({ hasText: 'is not a key' });
  await expect(problem).toContainText('colour:red');
  await expect(box(page)).toHaveAttribute('aria-invalid', 'true');
  expect(await box(page).evaluate((input: HTMLInputElement) => input.selectionStart)).toBe(15);
  expect(page.url()).toBe(before);
  expect(await seriousProblems(page)).toEqual([]);
});

test('keys and values are completed with the keyboard alone', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d');
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type('stat');
  await expect(page.getByRole('option', { name: /^status:?/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(box(page)).toHaveValue('status:');
  await page.keyboard.type('app');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(box(page)).toHaveValue('status:approved ');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/status=approved/);
});

test('a pasted id of any kind opens the one timeline, a number its list, and no number reaches the address', async ({
  page,
  signIn,
  phone,
  issue,
}) => {
  // Eight pages one after the other.
  test.slow();
  const to = phone();
  const { id, requestId } = await issue({ to });
  await signIn('analyst');
  for (const pasted of [id, id.slice(4), requestId]) {
    await page.goto('/verifications');
    await box(page).fill(pasted);
    await box(page).press('Enter');
    await expect(page).toHaveURL(new RegExp(`/verifications/${id}`));
  }
  await page.goto('/verifications');
  await box(page).fill(`${to.slice(0, 3)} ${to.slice(3, 7)} ${to.slice(7)}`);
  await box(page).press('Enter');
  await expect(page).toHaveURL(/number=/);
  expect(page.url()).not.toContain(to.slice(3, 11));
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole('list', { name: 'Filters that are on' })).toContainText(
    `number ending in ${to.slice(-2)}`,
  );
});

test("a provider's message id opens the timeline as well", async ({ page, signIn, installation, request }) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d&channel=whatsapp&status=approved');
  const href = (await rows(page).first().getAttribute('href')) ?? '';
  const id = /vrf_\w+/.exec(href)?.[0] ?? '';
  const key = installation.apps[0]?.live_key;
  let theirs: string | null = null;
  for (const each of installation.apps) {
    const life = await request.get(`${installation.base_url}/api/v1/verifications/${id}`, {
      headers: { authorization: `Bearer ${each.live_key ?? key}` },
    });
    if (life.status() === 200) theirs = (await life.json()).messages[0].provider_message_id;
  }
  expect(theirs).not.toBeNull();
  await box(page).fill(theirs ?? '');
  await box(page).press('Enter');
  await expect(page).toHaveURL(new RegExp(`/verifications/${id}`));
});

test('a facet filters on click, excludes on Alt-click and by its minus, and again takes it back', async ({
  page,
  signIn,
}) => {
  await signIn('analyst');
  await page.goto('/verifications?range=90d');
  const status = page.getByRole('region', { name: 'Status', exact: true });
  await expect(page.getByText(/^Of (all|the newest) [\d,]+/)).toBeVisible();
  await status.getByRole('link', { name: /^Approved/ }).click();
  await expect(page).toHaveURL(/[?&]status=approved/);
  await expect(status.getByRole('link', { name: /^Approved/ })).toHaveAttribute('aria-current', 'true');
  await status.getByRole('link', { name: /^Approved/ }).click();
  await expect(page).not.toHaveURL(/status=/);

  await status.getByRole('link', { name: /^Approved/ }).click({ modifiers: ['Alt'] });
  await expect(page).toHaveURL(/-status=approved/);
  await expect(page.getByRole('region', { name: 'Verifications' })).not.toContainText('Approved');
  await status.getByRole('link', { name: 'Stop excluding Approved' }).click();
  await expect(page).not.toHaveURL(/status=/);

  const channel = page.getByRole('region', { name: 'Channel', exact: true });
  await channel.getByRole('link', { name: 'Exclude SMS' }).click();
  await expect(page).toHaveURL(/-channel=sms/);
  await expect(box(page)).toHaveValue('-channel:sms');
});

test('a view that is saved and shared is there for another role; one that is not is not', async ({
  page,
  signIn,
  browser,
  baseURL,
}) => {
  const stamp = Date.now();
  await signIn('analyst');
  await page.goto('/verifications?range=90d&status=expired&-country=ID');
  for (const [name, isShared] of [
    [`Team ${stamp}`, true],
    [`Mine ${stamp}`, false],
  ] as const) {
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save this view' });
    await expect(dialog.getByLabel('Name')).toBeFocused();
    await dialog.getByLabel('Name').fill(name);
    if (isShared) await dialog.getByLabel('Share it with the team').check();
    await dialog.getByRole('button', { name: 'Save the view' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('button', { name: 'Views' })).toBeFocused();
  }

  const other = await browser.newPage(baseURL ? { baseURL } : {});
  await signIn('developer', other);
  await other.goto('/verifications');
  await other.getByRole('button', { name: 'Views' }).click();
  await expect(other.getByRole('menuitem', { name: new RegExp(`Mine ${stamp}`) })).toHaveCount(0);
  await other.getByRole('menuitem', { name: new RegExp(`Team ${stamp}`) }).click();
  await expect(other).toHaveURL(/status=expired/);
  await expect(other).toHaveURL(/-country=ID/);
  await other.getByRole('button', { name: 'Views' }).click();
  await other.getByRole('menuitem', { name: 'Save this view' }).click();
  await expect(other.getByRole('dialog', { name: 'Save this view' })).toBeVisible();
  await expect(other.getByLabel('Share it with the team')).toHaveCount(0);
  await other.close();
});

test('an export is the filtered list, row by row, and noted in the audit log', async ({ page, signIn }) => {
  await signIn('owner');
  await page.goto('/verifications?range=90d&status=locked');
  const ids: string[] = [];
  for (let pages = 0; pages < 20; pages += 1) {
    // A page that is still looking has a way on as well, and perhaps no row.
    const next = page.locator('a[rel="next"]');
    await expect(rows(page).or(next).first()).toBeVisible();
    ids.push(...(await rows(page).evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))));
    if ((await next.count()) === 0) break;
    await page.goto((await next.getAttribute('href')) ?? '');
  }
  for (const [at, href] of ids.entries()) ids[at] = /vrf_\w+/.exec(href)?.[0] ?? '';
  expect(ids.length).toBeGreaterThan(0);

  await page.goto('/verifications?range=90d&status=locked');
  for (const [item, read] of [
    [/^CSV/, (line: string) => line.split(',')[0] ?? ''],
    [/^NDJSON/, (line: string) => (JSON.parse(line) as { id: string }).id],
  ] as const) {
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
    const exported = (file.suggestedFilename().endsWith('.csv') ? lines.slice(1) : lines).map(read);
    expect(exported).toEqual(ids);
    expect(lines.join('\n')).not.toMatch(/\+\d{7,}/);
  }
  await page.goto('/audit?action=verifications.export');
  // Folded away under the entry.
  await expect(page.getByText('status:locked').first()).toBeAttached();

  const foreign = await page.request.get('/verifications/export?status=locked', {
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(foreign.status()).toBe(403);
});

test('a row opens beside the list, J and K step through it, Escape comes back to the row, and a reload is the page', async ({
  page,
  signIn,
}) => {
  await signIn('ops');
  await page.goto('/verifications?range=90d&status=expired');
  await expect(rows(page).nth(2)).toBeVisible();
  const ids = await rows(page).evaluateAll((links) =>
    links.map((link) => /vrf_\w+/.exec(link.getAttribute('href') ?? '')?.[0] ?? ''),
  );
  await page.locator('h1').click();
  await page.keyboard.press('j');
  await expect(rows(page).nth(0)).toBeFocused();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'Verification' });
  await expect(sheet).toContainText(ids[0] ?? '');
  await expect(page).toHaveURL(new RegExp(`/verifications/${ids[0]}.*status=expired`));
  await expect(sheet.getByRole('list').filter({ hasText: 'code requested' })).toBeVisible();
  expect(await seriousProblems(page)).toEqual([]);

  await page.keyboard.press('j');
  await expect(sheet).toContainText(ids[1] ?? '');
  await page.keyboard.press('ArrowRight');
  await expect(sheet).toContainText(ids[2] ?? '');
  await page.keyboard.press('k');
  await expect(sheet).toContainText(ids[1] ?? '');
  await sheet.getByRole('button', { name: 'Next in the list' }).click();
  await expect(sheet).toContainText(ids[2] ?? '');
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(page).toHaveURL(/\/verifications\?/);
  await expect(rows(page).nth(2)).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(sheet).toContainText(ids[2] ?? '');
  await page.reload();
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText(ids[2] ?? '').first()).toBeVisible();
  await page.getByRole('link', { name: 'Verifications', exact: true }).last().click();
  await expect(page).toHaveURL(/status=expired/);
});

test('the palette goes to rooms one may enter, and finds what is pasted', async ({ page, signIn, phone, issue }) => {
  const { id } = await issue({ to: phone() });
  await signIn('analyst');
  await page.goto('/config/countries');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: /find anything/ });
  await expect(palette.getByRole('combobox')).toBeFocused();
  await expect(palette.getByRole('option', { name: /Team/ })).toHaveCount(0);
  expect(await seriousProblems(page)).toEqual([]);
  await page.keyboard.type('templ');
  await expect(palette.getByRole('option')).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/config\/templates/);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('nobody-knows-this-1');
  await page.keyboard.press('Enter');
  await expect(palette).toContainText('Nothing here is known as');
  await palette.getByRole('combobox').fill(id);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/verifications/${id}`));
});

test('the palette opens above a sheet, gives it back on Escape, and leaves it for a room', async ({
  page,
  signIn,
  phone,
  issue,
}) => {
  const reference = `above-${Date.now()}`;
  await issue({ to: phone(), reference });
  await signIn('analyst');
  await page.goto(`/verifications?reference=${reference}`);
  await rows(page).first().click();
  const sheet = page.locator('dialog[data-sheet][open]');
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: /find anything/ });
  await expect(palette.getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
  await expect(sheet).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('templ');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/config\/templates/);
  await expect(sheet).toHaveCount(0);
});

test('the tail shows a code just issued, keeps its filters, holds still while one reads, and ends with the session', async ({
  page,
  context,
  signIn,
  phone,
  issue,
}) => {
  await signIn('analyst');
  const reference = `live-${Date.now()}`;
  await page.goto(`/live?reference=${reference}`);
  await expect(page.getByText('Following')).toBeVisible();
  await issue({ to: phone() });
  const first = await issue({ to: phone(), reference });
  const row = page.locator(`a[data-row][href$="${first.id}"]`);
  await expect(row).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  expect(await seriousProblems(page)).toEqual([]);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused')).toBeVisible();
  await issue({ to: phone(), reference });
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: '1 new' }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Resume' }).click();

  await row.hover();
  await expect(page.getByText('Held while you read')).toBeVisible();
  await issue({ to: phone(), reference });
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(rows(page)).toHaveCount(3);

  // Another tab of the same browser signs out.
  const other = await context.newPage();
  await other.goto('/account');
  await other.getByRole('button', { name: /^Account:/ }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await other.waitForURL(/sign-in/);
  await expect(page.getByText('You have been signed out.')).toBeVisible({ timeout: 6_000 });
});
