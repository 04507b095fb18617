import { createHmac } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

test.describe.configure({ timeout: 90_000 });

const OLD = 'old-app-secret-0123456789';
const NEW = 'new-app-secret-9876543210';

/** A delivered receipt as Meta sends it, signed with a secret. */
async function callBack(request: APIRequestContext, path: string, secret: string, id: string): Promise<number> {
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: {
              statuses: [
                {
                  id,
                  status: 'delivered',
                  timestamp: String(Math.floor(Date.now() / 1000)),
                  recipient_id: '628120000000',
                },
              ],
            },
          },
        ],
      },
    ],
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const response = await request.post(path, {
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    data: Buffer.from(body),
  });
  return response.status();
}

/** Tabs until the control has the focus: what somebody without a mouse does. */
async function tabTo(page: Page, name: string | RegExp, role: 'button' | 'textbox' | 'link' = 'textbox') {
  const wanted =
    role === 'textbox' ? page.getByLabel(name, { exact: true }) : page.getByRole(role, { name, exact: true });
  for (let n = 0; n < 80; n += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached with Tab`);
}

test('with a keyboard alone: add a connection, rotate its secret, and no receipt is lost on the way', async ({
  page,
  request,
  signIn,
  installation,
}) => {
  await signIn('admin');
  await page.goto('/config/connections/new?provider=meta-cloud');
  const fill = async (label: string, value: string) => {
    await tabTo(page, label);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(value);
  };
  await fill('Name', 'WhatsApp for the rotation test');
  await fill('Phone number id', '900100200300400');
  await fill('WABA id', '900500600700800');
  await fill('Access token', 'a-token-that-is-no-good');
  await fill('App secret', OLD);
  await fill('Verify token', 'verify-me');
  await tabTo(page, 'Add the connection', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'WhatsApp for the rotation test' })).toBeVisible();
  const path = `${installation.base_url}${new URL((await page.locator('code').first().textContent()) ?? '').pathname}`;
  const known = async (secret: string, id: string) => callBack(request, path, secret, id);
  await expect.poll(() => known(OLD, 'wamid.before')).toBe(200);
  expect(await known(NEW, 'wamid.stranger')).toBe(401);

  await page.keyboard.press('Home');
  await fill('Access token', 'another-token');
  await fill('App secret', NEW);
  await fill('Verify token', 'verify-me');
  await tabTo(page, 'Use these from now on', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The new credentials are in use.', { exact: false })).toBeVisible();
  // Meta goes on signing with the old secret until somebody changes it there: both are believed.
  await expect.poll(() => known(NEW, 'wamid.new')).toBe(200);
  expect(await known(OLD, 'wamid.late')).toBe(200);

  await tabTo(page, 'Believe only the new ones', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Only the new credentials are believed now.')).toBeVisible();
  await expect.poll(() => known(OLD, 'wamid.too-late')).toBe(401);
  expect(await known(NEW, 'wamid.after')).toBe(200);
  expect(await page.content()).not.toContain(NEW);

  await tabTo(page, 'Test it', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByText('It does not work.', { exact: false })).toBeVisible();
  await tabTo(page, 'Switch it off', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByText('switched off', { exact: true })).toBeVisible();
});

test('a test of a working connection says so, and sends nothing', async ({ page, signIn, installation }) => {
  await signIn('owner');
  await page.goto(`/config/connections/${installation.connections[0]?.id}`);
  await page.getByRole('button', { name: 'Test it' }).click();
  await expect(page.getByText('It works.', { exact: false })).toBeVisible();
});

test('what was typed stays after a mistake, secrets do not', async ({ page, signIn }) => {
  await signIn('owner');
  await page.goto('/config/connections/new?provider=twilio');
  await page.getByLabel('Name', { exact: true }).fill('Another Twilio');
  await page.getByLabel('Account SID').fill('not a sid');
  await page.getByLabel('Auth token').fill('secret-token');
  await page.getByRole('button', { name: 'Add the connection' }).click();
  await expect(page.getByText('AC and 32 hex digits')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Another Twilio');
  await expect(page.getByLabel('Auth token')).toHaveValue('');
});

test('those who may only look see health and settings, and no secret to enter', async ({
  page,
  signIn,
  installation,
}) => {
  await signIn('analyst');
  await page.goto(`/config/connections/${installation.connections[0]?.id}`);
  await expect(page.getByRole('heading', { name: 'Health' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use these from now on' })).toHaveCount(0);
  await expect(page.locator('input[type=password]')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test('no serious or critical problem in the rooms of connections', async ({ page, signIn, installation }) => {
      await signIn('owner');
      for (const path of [
        '/config/connections',
        '/config/connections/new',
        `/config/connections/${installation.connections[0]?.id}`,
      ]) {
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      }
    });
  });
}
