import type { APIRequestContext, Page } from '@playwright/test';
import { API } from '@/lib/contract/api';
import { expect, test } from '../fixtures/test';
import { bearer, expectRefusal, read } from './client';

const ROUTE = '/api/v1/verifications';
const USE_CASE = 'education_enrollment';
const transaction = { amount: 1_250_000_000, currency: 'EUR', payee: 'North College' };

/** Publishes the pack whose use case binds a transaction, unless the other door's run has done so. */
async function publishPack(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  if (await isThere()) return;
  await page.goto('/config/policies/packs');
  const install = page.getByRole('button', { name: 'Install Education' });
  if (await install.isVisible()) await install.click();
  await expect(install).toBeHidden();
  await page.goto('/config/changes');
  const why = page.getByLabel('Why');
  if (await why.isVisible()) {
    await why.fill('Tuition is approved, not only confirmed');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
  }
  await expect.poll(isThere).toBe(true);
}

test('a code approves the amount and payee it was asked for, and nothing else', async ({
  page,
  request,
  installation,
  signIn,
  simulator,
  phone,
}, info) => {
  // It publishes through the console first.
  test.setTimeout(60_000);
  const headers = bearer(installation.apps[0]?.live_key);
  const bare = async (context: APIRequestContext) =>
    read(await context.post(ROUTE, { headers, data: { to: phone(), use_case: USE_CASE } }));
  await signIn(info.project.metadata.door === 'next' ? 'admin' : 'owner');
  await publishPack(page, async () => (await bare(request)).body.includes('transaction_required'));
  expectRefusal(await bare(request), 'transaction_required');

  const to = phone();
  const body = { to, use_case: USE_CASE, channel: 'sms', locale: 'de', transaction };
  const key = { ...headers, 'idempotency-key': `tuition-${to}` };
  const issued = await request.post(ROUTE, { headers: key, data: body });
  expect(issued.status()).toBe(201);
  const verification = API['verifications.issue'].result.parse(await issued.json());
  expect(verification.transaction).toEqual(transaction);
  // The same request again is the same verification; the same key with another amount is a mistake.
  const again = await request.post(ROUTE, { headers: key, data: body });
  expect(await again.json()).toEqual(await issued.json());
  const other = { ...body, transaction: { ...transaction, amount: 1 } };
  expectRefusal(await read(await request.post(ROUTE, { headers: key, data: other })), 'idempotency_conflict');

  const [message] = await simulator.waitForMessages(to, 1);
  expect(message?.text).toContain('bestätigt 1250,00 EUR an North College');
  const code = message?.code ?? '';

  const check = (data: object) => request.post(`${ROUTE}/${verification.id}/check`, { headers, data });
  expectRefusal(await read(await check({ code })), 'transaction_required');
  for (const swapped of [{ amount: 9_250_000_000 }, { payee: 'Somebody else' }]) {
    const answer = await check({ code, transaction: { ...transaction, ...swapped } });
    expect(await answer.json()).toMatchObject({ outcome: 'mismatch' });
  }
  const right = await check({ code: `${code.slice(0, 3)} ${code.slice(3)}`, transaction });
  expect(API['verifications.check'].result.parse(await right.json())).toMatchObject({
    outcome: 'approved',
    checks_remaining: 0,
    verification: { status: 'approved', transaction },
  });
});
