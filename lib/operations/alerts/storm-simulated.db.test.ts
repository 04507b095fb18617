import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid, publicId, uuidFrom } from '@/lib/ids';
import { guardStorms } from '@/lib/operations/alerts/storm-guard';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { putProviders } from '@/lib/operations/messages/dispatch';
import { fallBack } from '@/lib/operations/messages/fall-back';
import { receiveCallback } from '@/lib/operations/receipts/receive';
import { providerNamed } from '@/lib/providers/registry';
import { type SimulatorControl, simulatorControl } from '@/lib/simulator/control-client';
import { type Simulator, startSimulator } from '@/lib/simulator/server';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

// The whole way: real providers, a simulated carrier that speaks Meta's format, signed callbacks over HTTP.
let core: TestCore;
let simulator: Simulator;
let control: SimulatorControl;
let door: Server;

beforeAll(async () => {
  core = await startTestCore();
  putProviders(providerNamed);
  door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const reception = await receiveCallback({
        provider: 'meta-cloud',
        connection: publicId('connection', core.whatsapp),
        url: `http://127.0.0.1${request.url}`,
        header: (name) => request.headers[name]?.toString() ?? null,
        raw: Buffer.concat(chunks),
        receivedAt: new Date(),
      });
      response.writeHead(reception === 'kept' ? 200 : 401).end();
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const webhook = `http://127.0.0.1:${(door.address() as AddressInfo).port}/`;
  simulator = await startSimulator({ speed: 100, settings: { ordinary: 'prompt' } });
  control = simulatorControl(simulator.url);
  await control.setAccounts({
    meta: [{ phone_number_id: '200300400500600', app_secret: 'meta-app-secret', webhook_url: webhook }],
    templates: [{ name: 'otp_code_v1', languages: ['en', 'id', 'pt_BR'], status: 'APPROVED' }],
  });
  await core.sql('UPDATE connection SET base_url = $1', [simulator.url]);
  await reloadConfiguration();
});
afterAll(async () => {
  await core.stop();
  await simulator.close();
  door.close();
});
beforeEach(async () => {
  await control.clearScenarios();
  for (const table of ['message', 'callback', 'incident', 'verification']) await core.sql(`DELETE FROM ${table}`);
  await core.forgetLimits();
  await reloadConfiguration();
});

const brazilian = (n: number) => `+5511${String(90_000 + n).padStart(5, '0')}9999`;
let given = 0;
/** Codes for people in Brazil and Indonesia, handed to the carrier. */
async function issue(n: number): Promise<{ to: string; id: string }[]> {
  const people = Array.from({ length: n }, (_, at) => {
    given += 1;
    return at % 2 === 0 ? core.phone() : brazilian(given);
  });
  const issued = await Promise.all(people.map(async (to) => ({ to, id: (await core.issue(to)).resource.id })));
  await core.quiet();
  return issued;
}

/** As if they had been sent this long ago: the ids carry the moment. */
async function age(seconds: number): Promise<void> {
  for (const { id } of await core.sql<{ id: string }>('SELECT id FROM message')) {
    await core.sql(
      'UPDATE message SET id = $2, submitted_at = submitted_at - make_interval(secs => $3) WHERE id = $1',
      [id, newUuid(Date.now() - seconds * 1000), seconds],
    );
  }
}

const allTimeOut = () =>
  core.sql(`UPDATE verification SET next_fallback_at = now() - interval '1 second' WHERE next_fallback_at IS NOT NULL`);

test('a webhook that is deaf: nobody gets a second message, and the next callback ends it', async () => {
  await control.addScenario({ behaviour: { receipts: 'none' } });
  const people = await issue(24);
  await age(40);
  expect(await guardStorms()).toBe('opened');
  await allTimeOut();
  await fallBack(null);
  await core.quiet();
  for (const { to } of people) expect(await control.sends(to)).toHaveLength(1);
  expect(await core.sql('SELECT count(*)::int AS n FROM verification WHERE paused_by IS NOT NULL')).toEqual([
    { n: 24 },
  ]);

  await control.clearScenarios();
  const [heard] = await issue(1);
  await expect
    .poll(() =>
      core.sql('SELECT 1 FROM message WHERE verification_id = $1 AND delivered_at IS NOT NULL', [
        uuidFrom('verification', heard?.id ?? ''),
      ]),
    )
    .toHaveLength(1);
  await expect.poll(() => guardStorms()).toBe('ended');
  expect(await core.sql('SELECT count(*)::int AS n FROM verification WHERE paused_by IS NOT NULL')).toEqual([{ n: 0 }]);
});

test('one country that is silent is no storm: its timers send the next channel', async () => {
  await control.addScenario({ match: { country: 'BR' }, behaviour: { receipts: 'none' } });
  const people = await issue(44);
  await expect
    .poll(() => core.sql(`SELECT 1 FROM message WHERE country = 'ID' AND delivered_at IS NOT NULL`))
    .toHaveLength(22);
  await age(40);
  expect(await guardStorms()).toBe('calm');
  await allTimeOut();
  await fallBack(null);
  await core.quiet();
  const silent = people.filter(({ to }) => to.startsWith('+55'));
  for (const { to } of silent) {
    const sends = await control.sends(to);
    expect(sends.length, to).toBe(2);
  }
});
