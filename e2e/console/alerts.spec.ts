import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIRequestContext, Page } from '@playwright/test';
import { overflow, seriousProblems } from '../fixtures/axe';
import { expect, test } from '../fixtures/test';

// One after the other: they look at the same page.
test.describe.configure({ mode: 'serial', timeout: 240_000 });

type Got = { headers: Record<string, string | string[] | undefined>; body: string };
let receiver: Server;
const got: Got[] = [];

test.beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
test.afterAll(() => {
  receiver.close();
});

let numbersGiven = 0;
/** Codes for numbers of one country, each with a prefix of its own. */
async function issue(
  request: APIRequestContext,
  key: string,
  n: number,
  number: (at: number) => string,
): Promise<{ channel: string; route: string[] }[]> {
  const answers: { channel: string; route: string[] }[] = [];
  for (let at = 0; at < n; at += 1) {
    numbersGiven += 1;
    const response = await request.post('/api/v1/verifications', {
      headers: { authorization: `Bearer ${key}` },
      data: { to: number(numbersGiven) },
    });
    expect(response.status(), await response.text()).toBe(201);
    answers.push((await response.json()) as { channel: string; route: string[] });
  }
  return answers;
}
const colombian = (at: number) => `+57310${String(at % 1_000).padStart(3, '0')}9999`;

const destinationName = () => `On call ${(receiver.address() as AddressInfo).port}`;

async function addWebhook(page: Page): Promise<string> {
  await page.goto('/alerts/destinations');
  await page.getByLabel('Name', { exact: true }).fill(destinationName());
  await page.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
  await page.getByRole('button', { name: 'Add the destination' }).click();
  const secret = page.getByRole('status').locator('code');
  await expect(secret).toHaveText(/^whsec_/);
  return (await secret.textContent()) ?? '';
}

function read(secret: string, event: Got | undefined): { type: string; data: { cause: string; id: string } } {
  if (!event) throw new Error('nothing came');
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = event.headers;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  expect(signature).toBe(`v1,${createHmac('sha256', key).update(`${id}.${at}.${event.body}`).digest('base64')}`);
  return JSON.parse(event.body);
}

test('an alert opens while a provider is slow in a country, tells its webhook, and resolves when it is well again', async ({
  page,
  request,
  signIn,
  installation,
  simulator,
}) => {
  await signIn('ops');
  const secret = await addWebhook(page);
  // Of a first try that failed there may be another one, to nowhere.
  await page.getByRole('button', { name: `Send a test to ${destinationName()}` }).click();
  await expect.poll(() => got.length, { timeout: 15_000 }).toBe(1);
  expect(read(secret, got[0]).type).toBe('alert.test');
  // The page's own answer to the button may still be on its way, and whichever of both comes second ends the other.
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('region', { name: `Last events of ${destinationName()}` })).toContainText('delivered', {
      timeout: 1_000,
    });
  }).toPass({ timeout: 15_000 });

  await page.goto('/alerts/rules/new?kind=slow_delivery');
  await page.getByLabel('Name', { exact: true }).fill(`Colombia is slow, ${destinationName()}`);
  await page.getByLabel('p90 above, seconds').fill('3');
  await page.getByLabel('Or times the usual').fill('');
  await page.getByLabel('Window, minutes').fill('5');
  await page.getByLabel('At least, messages').fill('10');
  await page.getByLabel('Country').selectOption({ label: 'Colombia' });
  await page.getByRole('button', { name: 'Add the rule' }).click();
  await expect(page.getByRole('link', { name: `Colombia is slow, ${destinationName()}` })).toBeVisible();

  const key = installation.apps[0]?.live_key ?? '';
  const scenario = await simulator.addScenario({
    match: { country: 'CO', channel: 'whatsapp' },
    behaviour: { send: 'ok', latency_ms: 6_000 },
  });
  await issue(request, key, 12, colombian);
  await page.goto('/alerts');
  const alert = page.getByRole('article', { name: /WhatsApp in Colombia: one in ten takes longer than/ });
  await expect(async () => {
    await page.reload();
    await expect(alert).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByRole('link', { name: /^Alerts\s?, \d+ open$/ })).toBeVisible();
  await expect(alert.getByRole('link', { name: /^vrf_/ })).toHaveCount(5);
  expect(await seriousProblems(page)).toEqual([]);
  await expect.poll(() => got.length, { timeout: 15_000 }).toBe(2);
  expect(read(secret, got[1])).toMatchObject({
    type: 'alert.opened',
    data: { cause: expect.stringContaining('Colombia') },
  });

  await alert.getByRole('link', { name: /^vrf_/ }).first().click();
  await expect(page).toHaveURL(/\/verifications\/vrf_/);
  await page.goBack();
  await alert.getByRole('button', { name: 'Snooze 1 h' }).click();
  await expect(alert.getByText(/snoozed until/)).toBeVisible();
  await alert.getByRole('button', { name: 'Wake it' }).click();
  await expect(alert.getByText(/snoozed until/)).toBeHidden();

  await simulator.removeScenario(scenario.id);
  await issue(request, key, 150, colombian);
  await expect(async () => {
    await page.reload();
    await expect(alert).toBeHidden({ timeout: 1_000 });
  }).toPass({ timeout: 120_000 });
  await expect(page.getByRole('link', { name: /^WhatsApp in Colombia/ }).first()).toBeVisible();
  await expect.poll(() => got.length, { timeout: 15_000 }).toBe(3);
  expect(read(secret, got[2])).toMatchObject({ type: 'alert.resolved', data: { id: read(secret, got[1]).data.id } });
});

test('the fallback goes first in a country for as long as it is said, and the timeline says why', async ({
  page,
  request,
  signIn,
  installation,
}) => {
  const key = installation.apps[0]?.live_key ?? '';
  const first = async () => (await issue(request, key, 1, colombian))[0]?.channel;
  expect(await first()).toBe('whatsapp');
  await signIn('ops');
  await page.goto('/config/countries/CO');
  await page.getByLabel('For', { exact: true }).selectOption({ label: '15 minutes' });
  await page.getByLabel('Why', { exact: true }).fill('WhatsApp is down in Colombia');
  await page.getByRole('button', { name: 'Fallback first' }).click();
  const running = page.getByRole('list', { name: 'Fallback first' });
  await expect(running).toContainText('WhatsApp is down in Colombia');
  await expect.poll(first, { timeout: 5_000 }).toBe('sms');
  expect(await seriousProblems(page)).toEqual([]);

  await page.getByLabel('Number').fill(colombian(7));
  await page.getByRole('button', { name: 'What would happen?' }).click();
  await expect(page.getByText('Fallback first, put in place by hand: WhatsApp is down in Colombia')).toBeVisible();

  await page.goto('/verifications?country=CO&range=1h');
  await page.locator('[data-row]').first().click();
  await expect(page.getByText('Fallback first, put in place by hand: WhatsApp is down in Colombia')).toBeVisible();

  await page.goto('/alerts');
  await page.getByRole('list', { name: 'Fallback first' }).getByRole('button', { name: 'End it now' }).click();
  await expect(page.getByRole('list', { name: 'Fallback first' })).toBeHidden();
  await expect.poll(first, { timeout: 5_000 }).toBe('whatsapp');
});

test('without a reason the fallback stays where it is, and what was typed stays too', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/config/countries/BR');
  await page.getByLabel('For', { exact: true }).selectOption({ label: '8 hours' });
  await page.getByLabel('Why', { exact: true }).fill('  x  ');
  await page.getByRole('button', { name: 'Fallback first' }).click();
  await expect(page.getByText('Say why, in a few words')).toBeVisible();
  await expect(page.getByLabel('For', { exact: true })).toHaveValue('480');
});

test('an analyst reads alerts and changes nothing', async ({ page, signIn }) => {
  await signIn('analyst');
  for (const path of ['/alerts', '/alerts/rules', '/alerts/destinations', '/config/countries/BR']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (const name of ['Fallback first', 'Snooze 1 h', 'Add the destination', 'Send a test', 'End it now']) {
      await expect(page.getByRole('button', { name })).toHaveCount(0);
    }
  }
  await page.goto('/alerts/rules/new');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('A new rule');
});

test('no room of alerts is wider than a phone', async ({ page, signIn }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn('owner');
  for (const path of ['/alerts', '/alerts/rules', '/alerts/rules/new?kind=spend', '/alerts/destinations']) {
    await page.goto(path);
    await expect(page.getByRole('main')).toBeVisible();
    expect(await overflow(page), path).toBe(0);
  }
});
