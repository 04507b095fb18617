import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

test.describe.configure({ timeout: 90_000 });

async function tabTo(page: Page, isThere: () => Promise<boolean>, what: string) {
  for (let n = 0; n < 140; n += 1) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${what} cannot be reached with Tab`);
}
const hasFocus = (page: Page, name: string, role: 'textbox' | 'checkbox' | 'button' | 'combobox') => () =>
  page
    .getByRole(role, { name, exact: role !== 'button' })
    .first()
    .evaluate((element) => element === document.activeElement)
    .catch(() => false);

test('with a keyboard alone: a template is submitted in three languages, and WhatsApp’s approval arrives by itself', async ({
  page,
  signIn,
}) => {
  await signIn('ops');
  await page.goto('/config/templates/new');
  const name = `otp_keyboard_${Date.now() % 1_000_000}`;
  await tabTo(page, hasFocus(page, 'Name', 'textbox'), 'Name');
  await page.keyboard.type(name);
  await tabTo(page, hasFocus(page, 'Serves', 'combobox'), 'Serves');
  await page.keyboard.type('Password');
  await expect(page.getByLabel('Minutes that it tells', { exact: false })).toHaveValue('10');
  for (const language of ['German', 'Brazilian Portuguese', 'Spanish']) {
    await tabTo(page, hasFocus(page, language, 'checkbox'), language);
    await page.keyboard.press('Space');
  }
  await tabTo(page, hasFocus(page, 'Submit in 3 languages', 'button'), 'Submit');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await expect(page.getByText('Submitted.', { exact: false })).toBeVisible();
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.getByText('approved', { exact: true }).count();
      },
      { timeout: 30_000 },
    )
    .toBe(3);
});

test('what is wrong is said beside the field, and what was typed stays', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/config/templates/new');
  await page.getByLabel('Name', { exact: true }).fill('Not A Name');
  await page.getByRole('checkbox', { name: 'Dutch' }).check();
  await page.getByRole('button', { name: 'Submit in 1 language' }).click();
  await expect(page.getByText('Lower-case letters, digits and underscores')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Not A Name');
  await expect(page.getByRole('checkbox', { name: 'Dutch' })).toBeChecked();
});

test('a text shows its segments as one types, and goes into the draft', async ({ page, signIn }) => {
  await signIn('admin');
  await page.goto('/config/templates/texts/new?locale=is');
  const segments = page.locator('dl').getByText('Segments').locator('xpath=following-sibling::dd');
  await page.getByRole('textbox', { name: 'Text' }).fill('{code} er kóðinn þinn');
  await expect(page.getByText('UCS-2, 70 a segment')).toBeVisible();
  await page.getByRole('textbox', { name: 'Text' }).fill(`{code} ${'long '.repeat(40)}`);
  await expect(segments).toHaveText('2');
  await page.getByRole('textbox', { name: 'Text' }).fill('no code in it');
  await page.getByRole('button', { name: 'Save to draft' }).click();
  await expect(page.getByText('The text needs {code}')).toBeVisible();
  await page.getByRole('textbox', { name: 'Text' }).fill('{code} er leyninumerid thitt hja {brand}.');
  await page.getByRole('button', { name: 'Save to draft' }).click();
  await expect(page.getByText('in your draft', { exact: true })).toBeVisible();
  await page.goto('/config/changes');
  await page.getByRole('link', { name: 'Discard the draft' }).click();
  await page.getByRole('button', { name: 'Discard for good' }).click();
  await expect(page.getByText('Your draft is empty')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test('no serious or critical problem in the rooms of templates', async ({ page, signIn }) => {
      await signIn('analyst');
      await page.goto('/config/templates');
      const wall = (await page.locator('[data-row]').first().getAttribute('href')) ?? '';
      for (const path of ['/config/templates', wall]) {
        await page.goto(path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
      }
    });

    test('no serious or critical problem where templates are submitted and texts written', async ({ page, signIn }) => {
      await signIn('ops');
      for (const path of ['/config/templates/new', '/config/templates/texts/new']) {
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
