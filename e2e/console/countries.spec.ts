import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

test.describe.configure({ mode: 'serial', timeout: 90_000 });

const grid = (page: Page) => page.getByRole('grid', { name: 'Countries' });
/** The cell of a country under a heading, as a screen reader finds it. */
async function cell(page: Page, country: string, column: number) {
  return grid(page)
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: country }) })
    .getByRole('gridcell')
    .nth(column);
}
const AFTER = 3;

test('with a keyboard alone: Brazil falls back after 20 s, and it is published', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/config/countries');
  await expect(grid(page)).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('Brazil');
  await expect(grid(page).getByRole('row')).toHaveCount(2);
  for (
    let n = 0;
    n < 12 && !(await page.evaluate(() => document.activeElement?.getAttribute('role') === 'gridcell'));
    n += 1
  ) {
    await page.keyboard.press('Tab');
  }
  for (let n = 0; n < AFTER; n += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.type('20');
  await page.keyboard.press('Enter');
  await expect(await cell(page, 'Brazil', AFTER)).toHaveText('20 s');
  await expect(page.getByText('1 change in your draft', { exact: false })).toBeVisible();

  const review = page.getByRole('link', { name: 'Review and publish' });
  for (let n = 0; n < 40 && !(await review.evaluate((link) => link === document.activeElement)); n += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Changes' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('inherits 30 s');
  const why = page.getByLabel('Why');
  for (let n = 0; n < 60 && !(await why.evaluate((field) => field === document.activeElement)); n += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.type('WhatsApp is fast in Brazil');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Published.', { exact: false })).toBeVisible();
  await page.goto('/config/countries/BR');
  await expect(page.getByText('WhatsApp is fast in Brazil')).toBeVisible();
});

test('a block from a spreadsheet lands cell by cell; what cannot be read is named; undo takes it all back', async ({
  page,
  signIn,
}) => {
  await signIn('ops');
  await page.goto('/config/countries?q=al');
  const albania = await cell(page, 'Albania', AFTER);
  await albania.click();
  await albania.evaluate((element) => {
    const data = new DataTransfer();
    data.setData('text/plain', '25\n40\nsoon\n');
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(albania).toHaveText('25 s');
  await expect(page.getByText('1 cell was not understood.', { exact: false })).toBeVisible();
  await expect(page.getByText('2 changes in your draft', { exact: false })).toBeVisible();
  await albania.click();
  await page.keyboard.press('Control+Z');
  await expect(albania).toHaveText('30 s');
  await expect(page.getByText('in your draft', { exact: false }).filter({ hasText: 'changes' })).toHaveCount(0);
});

test('one value fills every selected country', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/config/countries?q=guinea');
  const first = await cell(page, 'Equatorial Guinea', AFTER);
  await first.click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.type('4');
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await expect(page.getByText('3 changes in your draft', { exact: false })).toBeVisible();
  await first.click();
  await page.keyboard.press('Control+Z');
  await expect(first).toHaveText('30 s');
});

test('the table goes out and comes back in without a change, and a changed line is shown before it counts', async ({
  page,
  signIn,
}) => {
  await signIn('ops');
  await page.goto('/config/countries');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ]);
  const path = await download.path();
  await page.goto('/config/countries/import');
  await page.getByLabel('CSV file').setInputFiles(path);
  await page.getByRole('button', { name: 'See what it would change' }).click();
  await expect(page.getByText('The file changes nothing')).toBeVisible();

  await page.getByLabel('CSV file').setInputFiles({
    name: 'countries.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('scope,fallback_after_seconds\ncountry:FJ,50\n'),
  });
  await page.getByRole('button', { name: 'See what it would change' }).click();
  await expect(page.getByText('Fiji')).toBeVisible();
  await page.getByRole('button', { name: 'Save to draft' }).click();
  await expect(page.getByRole('heading', { name: 'Changes' })).toBeVisible();
  await page.getByRole('link', { name: 'Discard the draft' }).click();
  await page.getByRole('button', { name: 'Discard for good' }).click();
  await expect(page.getByText('Your draft is empty')).toBeVisible();
});

test('a number typed in is explained step by step and appears nowhere', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/config/countries/ID');
  await page.getByLabel('Number').fill('+62 812 0000 9999');
  await page.getByRole('button', { name: 'What would happen?' }).click();
  await expect(page.getByText('WhatsApp through', { exact: false })).toBeVisible();
  expect(page.url()).not.toContain('812');
});

test('who may only read sees the sheet and cannot change a cell', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/config/countries?q=Brazil');
  const after = await cell(page, 'Brazil', AFTER);
  await after.click();
  await page.keyboard.press('Enter');
  await page.keyboard.type('99');
  await expect(grid(page).getByRole('textbox')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test('no serious or critical problem in the sheet, a country and the import', async ({ page, signIn }) => {
      await signIn('ops');
      for (const path of ['/config/countries', '/config/countries/BR', '/config/countries/import']) {
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
