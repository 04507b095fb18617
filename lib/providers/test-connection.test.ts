import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { providerNamed } from '@/lib/providers/registry';
import { META, type PretendApp, startPretendApp, TWILIO, YCLOUD } from '@/lib/simulator/testing/pretend-app';

let app: PretendApp;
beforeAll(async () => {
  app = await startPretendApp();
});
afterAll(() => app.close());

const access: Pick<ConnectionAccess, 'provider' | 'settings' | 'credentials'>[] = [
  {
    provider: 'meta-cloud',
    settings: { phone_number_id: META.phone_number_id, waba_id: META.waba_id, api_version: 'v25.0' },
    credentials: { access_token: META.access_token },
  },
  { provider: 'twilio', settings: { account_sid: TWILIO.account_sid }, credentials: { auth_token: TWILIO.auth_token } },
  { provider: 'ycloud', settings: {}, credentials: { api_key: YCLOUD.api_key } },
];

describe.each(access)('$provider: testing a connection', (given) => {
  const ask = (change: Partial<ConnectionAccess> = {}) =>
    providerNamed(given.provider)?.testConnection?.(
      { ...given, id: 'con_1', baseUrl: app.simulator.url, previousCredentials: null, ...change },
      AbortSignal.timeout(5_000),
    );
  const wrong = Object.fromEntries(Object.keys(given.credentials).map((name) => [name, 'wrong-secret-K7vQ2']));

  test('is good with the right credentials, and sends nothing', async () => {
    expect(await ask()).toMatchObject({ isGood: true, detail: expect.stringMatching(/\w/) });
    expect(await app.control.sends()).toEqual([]);
  });

  test('is not good with wrong, missing or unsendable ones, and never repeats them', async () => {
    for (const credentials of [wrong, {}, { ...wrong, [Object.keys(wrong)[0] ?? '']: 'two\r\nlines' }]) {
      const told = await ask({ credentials });
      expect(told).toMatchObject({ isGood: false, detail: expect.stringMatching(/\w/) });
      expect(JSON.stringify(told)).not.toMatch(/K7vQ2|two/);
    }
  });

  test('is not good where nobody answers', async () => {
    expect(await ask({ baseUrl: 'http://127.0.0.1:9' })).toMatchObject({ isGood: false });
    expect(await ask({ baseUrl: 'not an address' })).toMatchObject({ isGood: false });
  });
});
