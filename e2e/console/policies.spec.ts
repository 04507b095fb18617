import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

// One person's draft: these journeys take turns.
test.describe.configure({ mode: 'serial', timeout: 60_000 });

/** Goes to a control as people without a mouse do. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the control cannot be reached with Tab');
}

/** Types over what a field holds. */
async function retype(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

async function discard(page: Page): Promise<void> {
  await page.goto('/config/changes');
  const link = page.getByRole('link', { name: 'Discard the draft' });
  if (await link.isVisible()) {
    await link.click();
    await page.getByRole('button', { name: 'Discard for good' }).click();
  }
  await expect(page.getByText('Your draft is empty')).toBeVisible();
}

test('with a keyboard alone: the banking pack goes into the draft, and a second time adds nothing', async ({
  page,
  signIn,
}) => {
  await signIn('admin');
  await discard(page);
  await page.goto('/config/policies/packs');
  const banking = page.getByRole('region', { name: 'Banking' });
  await tabTo(page, banking.getByRole('button', { name: 'Install Banking' }));
  await page.keyboard.press('Enter');
  await expect(banking.getByText('4 use cases are in your draft.')).toBeVisible();
  await expect(banking.getByText('in your draft', { exact: true })).toHaveCount(4);
  await expect(banking.getByRole('button')).toHaveCount(0);
  // Four use cases, and the SMS and e-mails that tell amount and payee.
  await expect(page.getByRole('region', { name: 'Your draft' })).toContainText('46 changes');

  await tabTo(page, banking.getByRole('link', { name: 'Bank transaction' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/config\/policies\/banking_transaction$/);
  await expect(page.getByLabel('The code approves a transaction')).toBeChecked();
  await expect(page.getByText('WhatsApp’s authentication templates have no place for it')).toBeVisible();
});

test('with a keyboard alone: a use case of one’s own, whose consequences follow the typing', async ({
  page,
  signIn,
}) => {
  await signIn('admin');
  await page.goto('/config/policies');
  await tabTo(page, page.getByLabel('Add a use case'));
  await page.keyboard.type('Crédit approval');
  await expect(page.getByText('use_case: credit_approval')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/config\/policies\/credit_approval$/);

  const consequences = page.getByRole('region', { name: 'What this comes to' });
  await expect(consequences.getByText('1 in 200,000')).toBeVisible();
  await retype(page, page.getByLabel('Lifetime'), '90');
  await expect(consequences.getByText('Needed longer than 90 s')).toBeVisible();
  await expect(consequences.getByText('messages say whole minutes and never more than the truth')).toBeVisible();
  await retype(page, page.getByLabel('Checks', { exact: true }), '10');
  await retype(page, page.getByLabel('Code length'), '4');
  await expect(consequences.getByText('1 in 1,000', { exact: true })).toBeVisible();
  await expect(consequences.getByText(/let a guess through once in 1,000/)).toBeVisible();

  // What the schema refuses stands at its field, and what was typed stays.
  await retype(page, page.getByLabel('Cooldown'), '120');
  await expect(page.getByText('Shorter than the lifetime, or nobody could resend')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing was kept: look at the marked fields.')).toBeVisible();
  await expect(page.getByLabel('Lifetime')).toHaveValue('90');
  await page.getByLabel('Lifetime').focus();
  await page.keyboard.press('Shift+Tab');
  await retype(page, page.getByLabel('Cooldown'), '30');
  await expect(page.getByText('Shorter than the lifetime, or nobody could resend')).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(page.getByText('In your draft. Nothing is live before you publish.')).toBeVisible();

  await page.reload();
  await expect(page.getByLabel('Code length')).toHaveValue('4');
  await tabTo(page, page.getByRole('button', { name: 'Delete Crédit approval in the draft' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/config\/policies$/);
  await expect(page.getByText('credit_approval')).toBeHidden();
});

test('without a script the rules are kept, refused and shown with what they come to', async ({
  browser,
  baseURL,
  page,
  signIn,
}) => {
  await signIn('admin');
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
    ...(baseURL ? { baseURL } : {}),
  });
  const plain = await context.newPage();
  await plain.goto('/config/policies/withdrawal');
  await expect(plain.getByText('1 in 200,000')).toBeVisible();
  await plain.getByLabel('Lifetime').fill('120');
  await plain.getByLabel('Cooldown').fill('180');
  await plain.getByRole('button', { name: 'Save to draft' }).click();
  await expect(plain.getByText('Shorter than the lifetime, or nobody could resend')).toBeVisible();
  await expect(plain.getByLabel('Cooldown')).toHaveValue('180');
  await plain.getByLabel('Cooldown').fill('30');
  await plain.getByLabel('Checks', { exact: true }).fill('2');
  await plain.getByRole('button', { name: 'Save to draft' }).click();
  await expect(plain.getByText('In your draft.', { exact: false })).toBeVisible();
  await expect(plain.getByText('1 in 500,000')).toBeVisible();
  await expect(plain.getByText('Live: 10 min.')).toBeVisible();
  await context.close();
});

test('limits are steered into the draft, and an impossible pair is refused at its field', async ({ page, signIn }) => {
  await signIn('admin');
  await page.goto('/config/policies/limits');
  await retype(page, page.getByLabel('Per number, in 10 minutes'), '20');
  await page.keyboard.press('Enter');
  await expect(page.getByText('A day allows at least what 10 minutes allow')).toBeVisible();
  await expect(page.getByLabel('Per number, in 10 minutes')).toHaveValue('20');
  await page.getByLabel('Per number, in a day').fill('40');
  await page.keyboard.press('Enter');
  await expect(page.getByText('In your draft.', { exact: false })).toBeVisible();
  await discard(page);
});

test('an analyst reads the rules and is offered nothing to change', async ({ page, signIn }) => {
  await signIn('analyst');
  for (const path of [
    '/config/policies',
    '/config/policies/login',
    '/config/policies/packs',
    '/config/policies/limits',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  }
  await page.goto('/config/policies/login');
  await expect(page.getByLabel('Lifetime')).toBeDisabled();
});

const PATHS = ['/config/policies', '/config/policies/payment', '/config/policies/packs', '/config/policies/limits'];
for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test('no serious or critical problem in the room of use cases', async ({ page, signIn }) => {
      await signIn('ops');
      for (const path of PATHS) {
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect(
          violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${path} ${id} ${nodes[0]?.html}`),
        ).toEqual([]);
      }
    });
  });
}

test('nothing here is wider than a phone, or heavier than 220 KB of script', async ({ page, context, signIn }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn('ops');
  for (const path of PATHS) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const html = await (await context.request.get(path)).text();
    const sources = [...html.matchAll(/<script(?![^>]*nomodule)[^>]*\ssrc="([^"]+)"/gi)].map((match) => match[1] ?? '');
    let bytes = 0;
    for (const source of new Set(sources)) bytes += gzipSync(await (await context.request.get(source)).body()).length;
    expect(bytes / 1024, path).toBeLessThan(220);
  }
});
