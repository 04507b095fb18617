import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test';

test.describe.configure({ timeout: 60_000 });

/** The panel with this heading. */
const panel = (page: Page, title: string): Locator =>
  page.getByRole('figure').filter({ has: page.getByRole('heading', { name: title }) });
/** The same figures in rows: what is drawn is hidden from screen readers, the table is theirs. */
async function twin(page: Page, title: string): Promise<Locator> {
  const frame = page
    .locator('div')
    .filter({ has: panel(page, title) })
    .last();
  await frame.getByText('Show as table').click();
  const table = frame.getByRole('region', { name: `${title}, as a table` });
  await expect(table).toBeVisible();
  return table;
}
const numberIn = (text: string | null) => Number((text ?? '').replaceAll(',', ''));

test('what is chosen in a room is in its address: a reload keeps it, and the way back undoes it', async ({
  page,
  signIn,
}) => {
  await signIn('analyst');
  await page.goto('/analytics/cost?range=30d');
  const list = page.getByRole('region', { name: 'Where the money goes' });
  const first = list.locator('[data-row]').first();
  await expect(first).toContainText('filter by it');
  await first.click();
  await expect(page).toHaveURL(/country=[A-Z]{2}/);
  await expect(list.locator('[data-standing="included"]')).toHaveCount(1);
  await expect(list.locator('[data-row]').nth(1)).toBeVisible();

  await page.reload();
  await expect(page).toHaveURL(/range=30d.*country=[A-Z]{2}|country=[A-Z]{2}.*range=30d/);
  await expect(list.locator('[data-standing="included"]')).toHaveCount(1);

  await list.locator('[data-standing="included"] [data-row]').click();
  await expect(page).toHaveURL(/country=-[A-Z]{2}/);
  await page.goBack();
  await expect(list.locator('[data-standing="included"]')).toHaveCount(1);
  await page.goBack();
  await expect(list.locator('[data-standing="included"]')).toHaveCount(0);
  await expect(page).toHaveURL(/range=30d/);
});

test('a day is a day of the time zone asked for, also where clocks change', async ({ page, signIn }) => {
  await signIn('analyst');
  const now = new Date();
  // Clocks in Berlin change on the last Sunday of October: a day of 24 hours would name one day twice from then on.
  const year = now > new Date(Date.UTC(now.getUTCFullYear(), 10, 2)) ? now.getUTCFullYear() : now.getUTCFullYear() - 1;
  const from = `${year}-10-20T00:00`;
  const days = async (timezone: string) => {
    await page.goto(`/analytics/cost?range=custom&from=${from}&interval=day&compare=none&timezone=${timezone}`);
    return (await twin(page, 'Spend, by channel')).getByRole('rowheader').allTextContents();
  };
  for (const zone of ['Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    const write = (at: Date, timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
        .format(at)
        .replace(',', '');
    const expected: string[] = [];
    for (let at = Date.UTC(year, 9, 20, 12); ; at += 86_400_000) {
      expected.push(write(new Date(at), 'UTC'));
      // Between Pago Pago and Kiritimati lie 25 hours: today is another day in each.
      if (expected.at(-1) === write(now, zone)) break;
    }
    // Old ranges are widened to steps that are kept: a piece of the day before may stand first.
    const rows = await days(zone);
    const shown = rows.map((text) => text.replace(', in part', '').replace(',', ''));
    expect(shown.slice(shown.indexOf(expected[0] ?? ''))).toEqual(expected);
    expect(shown.length - expected.length).toBeLessThanOrEqual(1);
    // Today is not over; every day between the ends is.
    expect(rows.at(-1)).toMatch(/, in part$/);
    expect(rows.slice(1, -1).filter((text) => text.includes('in part'))).toEqual([]);
  }
});

test('the table under a picture adds up to the figure beside it', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/analytics/fallback?range=30d');
  const title = 'Seconds lost before the rescue';
  const sentence = await panel(page, title)
    .getByText(/^Half of/)
    .textContent();
  const said = numberIn(/Half of ([\d,]+) took/.exec(sentence ?? '')?.[1] ?? null);
  expect(said).toBeGreaterThan(0);
  const table = await twin(page, title);
  const counts = await table.locator('tbody tr td:nth-child(2)').allTextContents();
  expect(counts.reduce((sum, text) => sum + numberIn(text), 0)).toBe(said);
});

test('every country’s timer is told with who says it, and leads to where it is changed', async ({ page, signIn }) => {
  await signIn('ops');
  await page.goto('/analytics/fallback?range=30d');
  const row = page.getByRole('region', { name: 'Fallback by country' }).getByRole('row').filter({ hasText: 'Brazil' });
  await expect(row).toContainText(/(its own|from |built in)/);
  await row.getByRole('link', { name: /change the timer of Brazil/ }).click();
  await expect(page).toHaveURL(/\/config\/countries\/BR/);
});

test('the price book says what holds today and from when on something else will', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/analytics/cost?range=30d&prices=all');
  const row = page.getByRole('region', { name: 'Price book' }).getByRole('row').filter({ hasText: 'Brazil' }).first();
  await expect(row).toContainText('WhatsApp');
  await expect(row).toContainText(/\$\d/);
  await expect(row).toContainText(/from (the start|\d{4}-\d{2}-\d{2})/);
  await row.getByRole('link', { name: 'Brazil' }).click();
  await expect(page).toHaveURL(/\/config\/countries\/BR/);
});

test('what a link asks for that there is not is named, not widened in silence', async ({ page, signIn }) => {
  await signIn('analyst');
  await page.goto('/analytics/cost?country=AQ&range=banana');
  await expect(page.getByText('Not understood and left out: country AQ, range banana.')).toBeVisible();
  await page.goto('/verifications?status=foo');
  await expect(page.getByText('Not understood and left out: status foo.')).toBeVisible();
});
