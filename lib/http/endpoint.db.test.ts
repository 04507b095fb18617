import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { database } from '@/lib/db/client';
import { claimIdempotencyKey, findFirstAnswer, forgetIdempotencyKey, keepFirstAnswer } from '@/lib/db/idempotency';
import { endpoint } from '@/lib/http/endpoint';
import { forgetOnceBack } from '@/lib/http/lost-claims';
import type { HttpRequest, HttpResponse } from '@/lib/http/message';
import { newUuid, publicId } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { createKey } from '@/lib/operations/keys/create';
import { explainRoute } from '@/lib/operations/routes/explain';
import { checkVerification } from '@/lib/operations/verifications/check';
import { startTestCore, type TestCore } from '@/scripts/testing/core';
import { type Death, liveAndDie } from '@/scripts/testing/mortal';

let core: TestCore;
let secret = '';
beforeAll(async () => {
  core = await startTestCore();
  const made = await createKey(
    { kind: 'system', what: 'test' },
    { appId: publicId('app', core.app), name: 'test', livemode: true },
  );
  secret = made.secret;
  await reloadConfiguration();
});
afterAll(() => core.stop());

const { core: check } = endpoint('verifications.check', async ({ actor, body, params }) => ({
  result: await checkVerification(actor, { verificationId: params.id ?? '', code: body.code }),
}));

/** A check under a key that is new to us, answered while one statement about the key fails. */
async function checkWhile(failing: string, verificationId: string, code: string): Promise<HttpResponse> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    'idempotency-key': newUuid(),
  };
  const request: HttpRequest = {
    method: 'POST',
    target: `/api/v1/verifications/${verificationId}/check`,
    query: new URLSearchParams(),
    params: { id: verificationId },
    header: (name) => headers[name] ?? null,
    body: Buffer.from(JSON.stringify({ code })),
  };
  let response: HttpResponse | null = null;
  const failure: Death = { what: failing, nth: 1, when: 'before', how: 'fails' };
  const walked = await liveAndDie(core.carrier, failure, async () => {
    response = await check(request);
  });
  expect(walked).toContain(failing);
  if (!response) throw new Error('no answer');
  return response;
}

test('an approval is answered as one even when its answer cannot be kept at once, and is kept a moment later', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const answer = await checkWhile('keep_first_answer', resource.id, core.carrier.codeFor(to));
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ outcome: 'approved' });
  const kept = await core.sql(`SELECT status, response FROM idempotency_key WHERE operation = 'verifications.check'`);
  expect(kept).toEqual([{ status: 200, response: JSON.parse(answer.body) }]);
});

test('a refusal is answered as one even when its key cannot be forgotten', async () => {
  const answer = await checkWhile('forget_idempotency_key', publicId('verification', newUuid()), '000000');
  expect(answer.status).toBe(404);
});

test('whoever took over the claim of a key keeps it: the one before neither forgets it nor answers for it', async () => {
  const id = { appId: core.app, livemode: true, operation: 'verifications.check', key: newUuid() };
  const fingerprint = Buffer.from('same');
  const [before, after] = [newUuid(), newUuid()];
  expect(await claimIdempotencyKey(database(), id, fingerprint, before)).toBe(true);
  expect(await claimIdempotencyKey(database(), id, fingerprint, after)).toBe(false);
  await core.sql(`UPDATE idempotency_key SET locked_until = now() - interval '1 second' WHERE key = $1`, [id.key]);
  expect(await claimIdempotencyKey(database(), id, fingerprint, after)).toBe(true);
  expect(await forgetIdempotencyKey(database(), id, before)).toBe(false);
  await keepFirstAnswer(database(), id, before, 200, { of: 'before' });
  await keepFirstAnswer(database(), id, after, 200, { of: 'after' });
  expect(await findFirstAnswer(database(), id)).toMatchObject({ status: 200, response: { of: 'after' } });
});

test('a claim whose answer was lost is forgotten also when it is made late, and one of somebody else never', async () => {
  const id = { appId: core.app, livemode: true, operation: 'verifications.check', key: newUuid() };
  const [lost, another] = [newUuid(), newUuid()];
  forgetOnceBack(id, lost);
  // The first look finds nothing.
  await claimIdempotencyKey(database(), { ...id, key: newUuid() }, Buffer.from('same'), newUuid());
  await claimIdempotencyKey(database(), id, Buffer.from('same'), lost);
  await core.quiet();
  expect(await findFirstAnswer(database(), id)).toBeNull();
  expect(await claimIdempotencyKey(database(), id, Buffer.from('same'), another)).toBe(true);
  forgetOnceBack(id, lost);
  await core.quiet();
  expect(await findFirstAnswer(database(), id)).toMatchObject({ status: null });
});

test('what is kept of a request gives no number away: its hash is keyed', async () => {
  const to = core.phone();
  const { resource } = await core.issue(to);
  await core.quiet();
  const path = `/api/v1/verifications/${resource.id}/check`;
  const body = JSON.stringify({ code: core.carrier.codeFor(to) });
  await checkWhile('keep_first_answer', resource.id, core.carrier.codeFor(to));
  const kept = await core.sql<{ fingerprint: Buffer }>('SELECT fingerprint FROM idempotency_key');
  const plain = createHash('sha256').update(`${path}\0${body}`).digest();
  for (const { fingerprint } of kept) {
    expect(fingerprint.length).toBeGreaterThan(0);
    expect(plain.subarray(0, fingerprint.length).equals(fingerprint)).toBe(false);
  }
});

const { core: explain } = endpoint('routes.explain', async ({ actor, body }) => ({
  result: await explainRoute(actor, body),
}));

test('an explanation is answered once per Idempotency-Key: again for the same body, and not for another', async () => {
  const key = newUuid();
  const ask = (to: string, idempotencyKey = key) => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    };
    return explain({
      method: 'POST',
      target: '/api/v1/routes/explain',
      query: new URLSearchParams(),
      params: {},
      header: (name) => headers[name] ?? null,
      body: Buffer.from(JSON.stringify({ to })),
    });
  };
  const to = core.phone();
  const first = await ask(to);
  expect(first.status).toBe(200);
  const again = await ask(to);
  expect([again.status, JSON.parse(again.body)]).toEqual([200, JSON.parse(first.body)]);
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect((await ask(core.phone())).status).toBe(409);
  expect((await ask(to, 'two words')).status).toBe(400);
});

test.each([
  ['Bearer', 200],
  ['bearer', 200],
  ['BEARER', 200],
  ['bearer ', 200],
  ['Basic', 401],
  ['', 401],
])('the scheme of a key has no case: %j is answered with %i', async (scheme, status) => {
  const headers: Record<string, string> = {
    authorization: `${scheme} ${secret}`,
    'content-type': 'application/json',
  };
  const answer = await explain({
    method: 'POST',
    target: '/api/v1/routes/explain',
    query: new URLSearchParams(),
    params: {},
    header: (name) => headers[name] ?? null,
    body: Buffer.from(JSON.stringify({ to: core.phone() })),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
});
