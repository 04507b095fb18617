import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CROWD_COUNTRIES, crowdAt } from '@/lib/simulator/crowd-countries';
import { mobileNumber, People } from '@/lib/simulator/crowd-people';
import { hasPersonality } from '@/lib/simulator/personalities';
import { seededRandom } from '@/lib/simulator/random';
import { metaBody, type PretendApp, sendMeta, startPretendApp } from '@/lib/simulator/testing/pretend-app';

describe('the people', () => {
  test.each(CROWD_COUNTRIES.map((place) => place.country))(
    '%s has valid mobile numbers with many prefixes and no fixed behaviour',
    (country) => {
      const random = seededRandom(11);
      const numbers = Array.from({ length: 60 }, () => mobileNumber(country, random));
      for (const number of numbers) {
        const parsed = parsePhoneNumberFromString(number);
        expect(parsed?.isValid()).toBe(true);
        expect(parsed?.country).toBe(country);
        expect(hasPersonality(number)).toBe(false);
      }
      expect(new Set(numbers.map((number) => number.slice(0, -4))).size).toBeGreaterThan(20);
    },
  );

  test('come mostly to log in, mostly from the big countries, with an address each', () => {
    const people = new People(seededRandom(2));
    const errands = Array.from({ length: 3000 }, () => people.next(new Date('2026-11-20T12:00:00Z')));
    const share = (is: (errand: (typeof errands)[number]) => boolean) => errands.filter(is).length / errands.length;
    expect(share((errand) => errand.useCase === 'login')).toBeGreaterThan(0.55);
    expect(share((errand) => errand.person.country === 'IN')).toBeGreaterThan(0.1);
    expect(new Set(errands.map((errand) => errand.person.country)).size).toBeGreaterThan(35);
    expect(share((errand) => errand.transaction !== null)).toBeGreaterThan(0.04);
    expect(errands.every((errand) => /^[\d.]+$|^2001:db8:/.test(errand.person.ip))).toBe(true);
  });

  test('are busier by day than by night', () => {
    const at = (iso: string) => crowdAt(new Date(iso)).busy;
    expect(at('2026-11-20T14:30:00Z')).toBeGreaterThan(at('2026-11-20T22:30:00Z'));
  });
});

/** The least an app can be: sends the code over the simulated WhatsApp, knows the right answer. */
type TinyApp = {
  url: string;
  server: Server;
  codes: Map<string, string>;
  bodies: Record<string, unknown>[];
  mode: 'works' | 'breaks';
};

async function startTinyApp(simulated: () => PretendApp): Promise<TinyApp> {
  const app: TinyApp = { url: '', codes: new Map(), bodies: [], mode: 'works', server: createServer() };
  app.server.on('request', async (req, res) => {
    const body = JSON.parse((await read(req)) || '{}') as Record<string, string>;
    const answer = (status: number, value: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (app.mode === 'breaks') return app.codes.size % 2 ? res.destroy() : answer(500, { oops: true });
    if (req.headers.authorization !== 'Bearer ww_live_test') return answer(401, { error: { code: 'unauthorized' } });
    const [, id, verb] = /\/verifications\/(\w+)\/(\w+)$/.exec(req.url ?? '') ?? [];
    if (verb === 'check')
      return answer(200, { outcome: app.codes.get(id ?? '') === body.code ? 'approved' : 'mismatch' });
    if (verb) return answer(200, {});
    app.bodies.push(body);
    const code = String(100_000 + app.codes.size);
    app.codes.set(`vrf${app.codes.size}`, code);
    // A visit may still be going on when the test is over and the simulator is gone.
    await sendMeta(simulated(), metaBody(body.to ?? '', code)).catch(() => undefined);
    answer(201, {
      id: `vrf${app.codes.size - 1}`,
      expires_at: new Date(Date.now() + 500).toISOString(),
      resend_after: new Date().toISOString(),
      switch_to: ['sms'],
    });
  });
  await new Promise<void>((resolve) => app.server.listen(0, '127.0.0.1', resolve));
  app.url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return app;
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('the crowd', { timeout: 20_000 }, () => {
  let simulated: PretendApp;
  let tiny: TinyApp;
  beforeEach(async () => {
    simulated = await startPretendApp({ speed: 300, settings: { ordinary: 'prompt' } });
    tiny = await startTinyApp(() => simulated);
  });
  afterEach(async () => {
    await simulated.close();
    tiny.server.close();
    tiny.server.closeAllConnections();
  });
  const counts = async () => (await simulated.control.stats()).crowd.counts as Record<string, number>;

  test('asks for codes over the public API and enters what the phone received', async () => {
    await simulated.control.setCrowd(6000, { baseUrl: tiny.url, apiKey: 'ww_live_test' });
    await expect.poll(async () => (await counts())['check.approved'] ?? 0, { timeout: 10_000 }).toBeGreaterThan(60);
    await expect.poll(async () => (await counts())['check.mismatch'] ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(tiny.bodies[0]).toMatchObject({
      to: expect.stringMatching(/^\+\d+$/),
      use_case: expect.any(String),
      locale: expect.any(String),
      client: { ip: expect.any(String) },
    });
    await simulated.control.setCrowd(0);
    const { started } = (await simulated.control.stats()).crowd;
    await expect.poll(async () => (await simulated.control.stats()).crowd.active, { timeout: 10_000 }).toBe(0);
    expect((await simulated.control.stats()).crowd.started).toBe(started);
  });

  test('counts what the app gets wrong and keeps coming', async () => {
    tiny.mode = 'breaks';
    await simulated.control.setCrowd(6000, { baseUrl: tiny.url, apiKey: 'ww_live_test' });
    await expect.poll(async () => (await counts())['issue.http_500'] ?? 0, { timeout: 10_000 }).toBeGreaterThan(5);
    tiny.mode = 'works';
    await expect.poll(async () => (await counts())['issue.ok'] ?? 0, { timeout: 10_000 }).toBeGreaterThan(5);
  });

  test('a wrong key is a counted refusal', async () => {
    await simulated.control.setCrowd(6000, { baseUrl: tiny.url, apiKey: 'wrong' });
    await expect.poll(async () => (await counts())['issue.unauthorized'] ?? 0, { timeout: 10_000 }).toBeGreaterThan(3);
  });
});
