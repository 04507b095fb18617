import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sendLimitKey } from '@/lib/db/bytes';
import { database } from '@/lib/db/client';
import { findForResend, resendVerification as resendRow } from '@/lib/db/verifications';
import { isRefusal } from '@/lib/domain/errors';
import { SEND_LIMITS } from '@/lib/domain/verification/limits';
import { env } from '@/lib/env';
import { newUuid, uuidFrom } from '@/lib/ids';
import { checkVerification } from '@/lib/operations/verifications/check';
import { getVerification } from '@/lib/operations/verifications/get';
import { resendVerification } from '@/lib/operations/verifications/resend';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
});
afterAll(() => core.stop());
afterEach(() => core.forgetLimits());

const uuid = (id: string) => uuidFrom('verification', id) ?? id;

/** Verifications of as many numbers that share all but their last four digits, each past its cooldown. */
async function town(people: number): Promise<{ ids: string[]; to: string[] }> {
  const prefix = core.phone().slice(0, -4);
  const to = Array.from({ length: people }, (_, n) => `${prefix}${1_000 + n}`);
  const issued = await Promise.all(to.map((each) => core.issue(each)));
  await core.quiet();
  const ids = issued.map(({ resource }) => resource.id);
  await core.sql('UPDATE verification SET resend_after = now() WHERE id = ANY ($1)', [ids.map(uuid)]);
  return { ids, to };
}

async function keysOf(id: string) {
  const found = await findForResend(database(), uuid(id), { appId: null, livemode: null });
  if (!found) throw new Error(`no verification ${id}`);
  return {
    found,
    number: sendLimitKey('number', true, found.to_blind),
    prefix: sendLimitKey('prefix', true, found.prefix_blind),
  };
}
/** What the operation would write for one of these, on the channel that it began with. */
const resendOf = ({ found, number, prefix }: Awaited<ReturnType<typeof keysOf>>) => ({
  verificationId: found.id,
  resendsUsed: 0,
  resendsMax: 3,
  stepSeen: found.step,
  messageId: newUuid(),
  messageLease: newUuid(),
  eventId: newUuid(),
  numberKey: number,
  prefixKey: prefix,
  sendLimits: SEND_LIMITS,
  plan: found.plan,
  planChange: null,
  passedOver: [],
  step: 0,
  cooldownSeconds: 60,
  nextAfterSeconds: 30,
  channel: null,
  code: null,
  messageMac: null,
});
const counted = async (key: Buffer) =>
  (await core.sql<{ n: number }>('SELECT cardinality(sends) AS n FROM send_limit WHERE key = $1', [key]))[0]?.n ?? 0;
/** Leaves room for this many sends of the prefix. */
const leave = (key: Buffer, room: number) =>
  core.sql('UPDATE send_limit SET sends = array_fill(now(), ARRAY[$2::int]) WHERE key = $1', [
    key,
    SEND_LIMITS.prefixPerHour - room,
  ]);

describe("a resend and its prefix's limit", () => {
  test('over the limit it is refused as an issue is, tells when to come back, sends nothing, and costs the number nothing', async () => {
    const { ids, to } = await town(2);
    const [first = '', second = ''] = ids;
    const { prefix } = await keysOf(first);
    await leave(prefix, 1);
    await resendVerification(core.key(), { verificationId: first });
    expect(await counted(prefix)).toBe(SEND_LIMITS.prefixPerHour);

    const { number } = await keysOf(second);
    const refusal = await resendVerification(core.key(), { verificationId: second }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'too_many_verifications' });
    expect(isRefusal(refusal) && refusal.retryAfterSeconds).toBeGreaterThan(3_500);
    await core.quiet();
    expect(core.carrier.to(to[1] ?? '')).toHaveLength(1);
    expect(await core.verification(second)).toMatchObject({ resends_used: 0 });
    expect(await counted(number)).toBe(1);
    expect(await counted(prefix)).toBe(SEND_LIMITS.prefixPerHour);
    expect(await refusalOf(core.issue(`${to[0]?.slice(0, -4)}7777`))).toBe('too_many_verifications');
  });

  test('over two pools at once, as many go out as there is room for', async () => {
    const { ids } = await town(8);
    const all = await Promise.all(ids.map(keysOf));
    const prefix = all[0]?.prefix ?? Buffer.alloc(0);
    await leave(prefix, 3);
    const processes = [core.otherProcess(), core.otherProcess()];
    const results = await Promise.all(
      all.map(({ found, number }, n) => resendRow(processes[n % 2] ?? database(), resendOf({ found, number, prefix }))),
    );
    expect(results.filter(({ kind }) => kind === 'resent')).toHaveLength(3);
    expect(results.filter((result) => result.kind === 'limited' && result.limit === 'prefix')).toHaveLength(5);
    expect(await counted(prefix)).toBe(SEND_LIMITS.prefixPerHour);
  });

  test('that meets a fallback sends nothing: what it was decided from is over', async () => {
    const { ids } = await town(1);
    const { found, number, prefix } = await keysOf(ids[0] ?? '');
    await core.sql('UPDATE verification SET step = 1 WHERE id = $1', [found.id]);
    const resent = await resendRow(database(), resendOf({ found, number, prefix }));
    expect(resent.kind).toBe('raced');
    expect((await core.verification(ids[0] ?? '')).step).toBe(1);
    expect(await core.messages(ids[0] ?? '')).toHaveLength(1);
  });

  test('an approval gives back one place, however often the code was sent', async () => {
    const { ids, to } = await town(1);
    const { prefix, number } = await keysOf(ids[0] ?? '');
    await resendVerification(core.key(), { verificationId: ids[0] ?? '' });
    await core.quiet();
    expect([await counted(number), await counted(prefix)]).toEqual([2, 2]);
    const code = core.carrier.codeFor(to[0] ?? '');
    expect((await checkVerification(core.key(), { verificationId: ids[0] ?? '', code })).outcome).toBe('approved');
    expect([await counted(number), await counted(prefix)]).toEqual([2, 1]);
  });
});

test('leaves the decision of the issue as it was, and says itself what it changed', async () => {
  const { resource } = await core.issue(core.phone());
  const { id } = resource;
  const routeOf = async () => {
    const { decisions } = await getVerification(core.key(), { verificationId: id });
    return decisions.find(({ kind }) => kind === 'route');
  };
  const issued = await routeOf();
  expect(issued?.detail).toMatchObject({ is_user_choice: false, fallback_on_failed: true, fallback_after_seconds: 30 });
  for (const channel of [undefined, 'sms', undefined] as const) {
    await core.quiet();
    await core.forgetLimits();
    await resendVerification(core.key(), { verificationId: id, channel });
    expect(await routeOf()).toEqual(issued);
  }
  const { decisions } = await getVerification(core.key(), { verificationId: id });
  expect(decisions.filter(({ kind }) => kind === 'resend').map(({ detail }) => detail)).toEqual([
    { step: 0, channel: 'whatsapp', number: 1 },
    {
      step: 1,
      channel: 'sms',
      number: 2,
      changed: { is_user_choice: true, fallback_on_failed: false, fallback_after_seconds: null },
    },
    { step: 1, channel: 'sms', number: 3 },
  ]);
});

test('to a channel that the plan had not tells the step that it added', async () => {
  await core.setPolicy({ channels: ['whatsapp'] });
  const { resource } = await core.issue(core.phone());
  await core.quiet();
  await core.setPolicy({ channels: [] });
  await core.forgetLimits();
  await resendVerification(core.key(), { verificationId: resource.id, channel: 'sms' });
  const { decisions } = await getVerification(core.key(), { verificationId: resource.id });
  const [route, resent] = ['route', 'resend'].map((wanted) => decisions.find(({ kind }) => kind === wanted)?.detail);
  expect(route?.steps).toMatchObject([{ channel: 'whatsapp' }]);
  expect(resent?.changed).toMatchObject({ is_user_choice: true, added_step: { channel: 'sms', provider: 'twilio' } });
});

test('of what a removed key had sealed is refused plainly, sends nothing and counts nothing', async () => {
  const { ids, to } = await town(1);
  const [id = ''] = ids;
  const { number } = await keysOf(id);
  const ring = env().WATCHWORD_KEYS;
  try {
    Object.assign(env(), { WATCHWORD_KEYS: new Map([[9, randomBytes(32)]]) });
    // As a process that was started with it.
    delete (globalThis as { watchwordDerived?: unknown }).watchwordDerived;
    expect(await refusalOf(resendVerification(core.key(), { verificationId: id }))).toBe('verification_closed');
  } finally {
    Object.assign(env(), { WATCHWORD_KEYS: ring });
  }
  await core.quiet();
  expect(core.carrier.to(to[0] ?? '')).toHaveLength(1);
  expect(await counted(number)).toBe(1);
  expect(await refusalOf(resendVerification(core.key(), { verificationId: id }))).toBe('resolved');
});

test('asked for ten times at once, it counts as the one send that it is', async () => {
  const { ids } = await town(1);
  const [id = ''] = ids;
  const { prefix, number } = await keysOf(id);
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => refusalOf(resendVerification(core.key(), { verificationId: id }))),
  );
  expect(outcomes.filter((outcome) => outcome === 'resolved')).toHaveLength(1);
  expect([await counted(number), await counted(prefix)]).toEqual([2, 2]);
});
