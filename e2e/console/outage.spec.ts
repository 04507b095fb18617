import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { incidentsBefore } from '@/scripts/seed/incidents';
import { type Stack, startStack } from '@/scripts/stack';
import { expect, test } from '../fixtures/test';

/**
 * An installation with sixty days of history, in which WhatsApp failed in Brazil for five hours some days ago (scripts/seed/incidents.ts). Its own,
 * because the one that the other tests share has hardly a past.
 */
let stack: Stack;
let folder: string;
test.beforeAll(async () => {
  test.setTimeout(240_000);
  folder = await mkdtemp(path.join(os.tmpdir(), 'watchword-outage-'));
  // Postgres runs as a user of its own, who has to enter.
  await chmod(folder, 0o755);
  stack = await startStack({ folder, seed: 'demo', crowdPerMinute: 0, ports: { web: 0, simulator: 0 } });
});
test.afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const wall = (at: number) => new Date(at).toISOString().slice(0, 16);

test('an analyst finds why Brazil’s delivery dropped, exports the rows and opens one life', async ({ browser }) => {
  test.setTimeout(120_000);
  const { base_url: base, accounts } = stack.demo;
  const analyst = accounts.find(({ role }) => role === 'analyst');
  const context = await browser.newContext({ baseURL: base, timezoneId: 'UTC' });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel(/e-?mail/i).fill(analyst?.email ?? '');
  await page.getByLabel(/password/i).fill(analyst?.password ?? '');
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

  // Everything the history holds is counted before anybody concludes from it.
  const { from, to } = incidentsBefore(Date.now()).outage;
  const range = `range=custom&from=${wall(from)}&to=${wall(to)}&timezone=UTC&compare=previous_week`;
  const movers = page.getByRole('region', { name: /^Why did it move\?/ });
  await expect(async () => {
    await page.goto(`/overview?${range}&metric=fallback_rate`);
    await expect(movers).toContainText('Brazil', { timeout: 3_000 });
  }).toPass({ timeout: 90_000 });
  await expect(page.getByText(/Fallback rate rose by .* points.*Brazil/)).toBeVisible();
  const first = movers.locator('[data-row]').first();
  await expect(first).toContainText('Brazil');

  // Each part leads to the rows behind it.
  await expect(movers.getByRole('link', { name: /^Open/ }).first()).toHaveAttribute(
    'href',
    /^\/verifications\?(?=.*country=BR)(?=.*mode=live)(?=.*from=)/,
  );

  // The part leads to the rooms with the filter set: there the reasons are.
  await first.click();
  await expect(page).toHaveURL(/\/analytics\/delivery.*country=BR/);
  await expect(page.getByText('Provider is failing').first()).toBeVisible();

  await page.goto(`/verifications?range=custom&from=${wall(from)}&to=${wall(to)}&country=BR&reason=provider_down`);
  const rows = page.locator('[data-row]');
  // Three to ten of them: how many of the evening's codes are refused and not just silent is drawn anew each day.
  await expect(rows.first()).toBeVisible();
  const shown = await rows.count();
  await page.getByRole('button', { name: 'Export' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ]);
  const [head = '', ...lines] = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
  const column = head.split(',').indexOf('country');
  expect(lines.length).toBe(shown);
  for (const line of lines) expect(line.split(',')[column]).toBe('BR');

  await rows.first().click();
  const life = page.getByRole('dialog', { name: 'Verification' });
  await expect(life).toContainText('Provider is failing');
  await expect(life).toContainText(/SMS/);
  await context.close();
});
