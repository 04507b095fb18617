import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { issueBody } from '@/lib/contract/verifications';
import { seal } from '@/lib/crypto/seal';
import { database, statementCounters } from '@/lib/db/client';
import { issueVerifications } from '@/lib/db/issue-verifications';
import { forgetOld, retentionRules } from '@/lib/db/retention';
import { newUuid, uuidFrom } from '@/lib/ids';
import { credentialsPlace, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { putProviders } from '@/lib/operations/messages/dispatch';
import { listChannels } from '@/lib/operations/routes/channels';
import { explainRoute } from '@/lib/operations/routes/explain';
import { checkVerification } from '@/lib/operations/verifications/check';
import { getVerification } from '@/lib/operations/verifications/get';
import { resendVerification } from '@/lib/operations/verifications/resend';
import { providerNamed } from '@/lib/providers/registry';
import { simulatorControl } from '@/lib/simulator/control-client';
import { type Simulator, startSimulator } from '@/lib/simulator/server';
import { accepted, refusalOf, refused, startTestCore, type TestCore } from '@/scripts/testing/core';

const ADDRESS = 'person@example.net';
const LOGIN = { username: 'simulator', password: 'simulator-smtp-password' };

let core: TestCore;
let simulator: Simulator;
let smtp: string;

const entry = (channel: string) => ({ channel, enabled: true, connections: [] });
const routeOf = (...channels: string[]) => core.setRoute({ channels: JSON.stringify(channels.map(entry)) });
const channelsOf = async (id: string) => (await core.messages(id)).map(({ channel, state }) => [channel, state]);

beforeAll(async () => {
  simulator = await startSimulator({ speed: 100, settings: { ordinary: 'prompt' } });
  core = await startTestCore();
  smtp = newUuid();
  await core.sql(
    `INSERT INTO connection (id, provider, name, base_url, settings, credentials_sealed, price_rule)
     VALUES ($1, 'smtp', 'Mail', $2, $3, $4, 'submitted')`,
    [
      smtp,
      simulator.smtpUrl,
      { from: 'otp@acme.example', tls: 'none' },
      seal(JSON.stringify(LOGIN), credentialsPlace(smtp)),
    ],
  );
  // Indonesia has a route of its own only for its prices: it inherits the channels.
  await reloadConfiguration();
});
beforeEach(async () => {
  core.carrier.answer = accepted;
  putProviders((name) => core.carrier.provider(name));
  await core.forgetLimits();
});
afterEach(() => core.quiet());
afterAll(async () => {
  await core.stop();
  await simulator.close();
});

describe('the address', () => {
  test('lets a route go on to e-mail, in the person’s language, with a subject and without the lines of an SMS', async () => {
    await routeOf('whatsapp', 'email');
    core.carrier.answer = (sent) => (sent.channel === 'whatsapp' ? refused('unreachable') : accepted(sent));
    const to = core.phone();
    const { resource } = await core.issue(to, { email: ADDRESS, locale: 'pt-BR' });
    expect(resource.route).toEqual(['whatsapp', 'email']);
    await core.quiet();
    expect(await channelsOf(resource.id)).toEqual([
      ['whatsapp', 'failed'],
      ['email', 'accepted'],
    ]);
    const [sent] = core.carrier.to(ADDRESS);
    expect(core.carrier.to(to).map(({ channel }) => channel)).toEqual(['whatsapp']);
    expect(sent?.content).toEqual({
      kind: 'mail',
      subject: 'Seu código de verificação Acme',
      body: expect.stringMatching(
        new RegExp(`^${sent?.code} é o seu código de verificação Acme\\. Ele expira em 5 minutos\\.`),
      ),
    });
    expect((await checkVerification(core.key(), { verificationId: resource.id, code: sent?.code ?? '' })).outcome).toBe(
      'approved',
    );
  });

  test('carries a fallback past a channel that the number is remembered as not on, and the life says why', async () => {
    core.carrier.answer = (sent) => (sent.channel === 'sms' ? refused('unreachable') : accepted(sent));
    const sentTo = async (...channels: string[]) => {
      await routeOf(...channels);
      const to = core.phone();
      const row = await core.issueRow(to);
      await core.sql(`INSERT INTO reachability (to_blind, channel, reachable) VALUES ($1, 'whatsapp', false)`, [
        row.toBlind,
      ]);
      const { resource } = await core.issue(to, { email: ADDRESS });
      await core.quiet();
      const { decisions } = await getVerification(core.key(), { verificationId: resource.id });
      const skipped = decisions.filter(({ kind }) => kind === 'skipped').map(({ detail }) => detail);
      return { sent: (await channelsOf(resource.id)).map(([channel]) => channel), skipped };
    };
    expect(await sentTo('sms', 'whatsapp', 'email')).toEqual({
      sent: ['sms', 'email'],
      skipped: [{ channel: 'whatsapp', why: 'remembered_not_on_channel' }],
    });
    // Nothing else is left: what is remembered may be over.
    expect(await sentTo('sms', 'whatsapp')).toEqual({ sent: ['sms', 'whatsapp'], skipped: [] });
  });

  test('is wanting: the step is left out, and the life says why', async () => {
    await routeOf('email', 'sms');
    const { resource } = await core.issue(core.phone());
    expect(resource.route).toEqual(['sms']);
    const life = await getVerification(core.key(), { verificationId: resource.id });
    expect(life.decisions).toContainEqual(
      expect.objectContaining({ kind: 'skipped', detail: { channel: 'email', why: 'no_address' } }),
    );
    const explained = await explainRoute(core.key(), { to: core.phone(), use_case: 'login' });
    expect(explained.skipped).toContainEqual({ channel: 'email', connection: null, why: 'no_address' });
    const offered = await listChannels(core.key(), { to: core.phone(), use_case: 'login' });
    expect(offered.channels.map(({ channel }) => channel)).toEqual(['sms']);
  });

  test('is named in a dry run: what is explained and offered is what an issue would do', async () => {
    await routeOf('email', 'sms');
    const before = core.carrier.sends.length;
    const asked = { to: core.phone(), email: ADDRESS, use_case: 'login' };
    const explained = await explainRoute(core.key(), asked);
    expect(explained.steps.map(({ channel }) => channel)).toEqual(['email', 'sms']);
    expect(explained.skipped).toEqual([]);
    const offered = await listChannels(core.key(), asked);
    expect(offered.channels.map(({ channel }) => channel)).toEqual(['email', 'sms']);
    expect(JSON.stringify([explained, offered])).not.toContain(ADDRESS);
    expect(core.carrier.sends.length).toBe(before);
  });

  test('is wanting and the user chose e-mail: refused, naming what is missing', async () => {
    await routeOf('sms', 'email');
    const asked = core.issue(core.phone(), { channel: 'email' });
    await expect(asked).rejects.toMatchObject({ code: 'channel_not_available', param: 'email' });
    const { resource } = await core.issue(core.phone(), { channel: 'email', email: ADDRESS });
    expect(resource.channel).toBe('email');
  });

  test('opens a switch to e-mail by resend, which tells what is left of the life; without one there is none', async () => {
    await routeOf('sms', 'email');
    const { resource } = await core.issue(core.phone(), { channel: 'sms', email: 'switch@example.net', locale: 'en' });
    expect(resource.switch_to).toEqual(['email']);
    const without = await core.issue(core.phone(), { channel: 'sms' });
    await core.quiet();
    await core.forgetLimits();
    await core.sql(`UPDATE verification SET expires_at = now() + interval '150 seconds' WHERE id = $1`, [
      uuidFrom('verification', resource.id),
    ]);
    const switched = await resendVerification(core.key(), { verificationId: resource.id, channel: 'email' });
    expect(switched.channel).toBe('email');
    await core.quiet();
    expect(core.carrier.to('switch@example.net').map(({ content }) => content)).toEqual([
      expect.objectContaining({ body: expect.stringContaining(' in 2 minutes') }),
    ]);
    const asked = resendVerification(core.key(), { verificationId: without.resource.id, channel: 'email' });
    expect(await refusalOf(asked)).toBe('channel_not_available');
  });

  test('is sealed, opens only in its place, is never shown, and goes with the number', async () => {
    await routeOf('sms', 'email');
    const { resource } = await core.issue(core.phone(), { email: 'hidden@example.net' });
    const id = uuidFrom('verification', resource.id);
    const stored = async () =>
      (
        await core.sql<{ row: string; email_sealed: Buffer | null }>(
          'SELECT v::text AS row, email_sealed FROM verification v WHERE id = $1',
          [id],
        )
      )[0];
    const row = await stored();
    expect(row?.email_sealed).toBeInstanceOf(Buffer);
    expect(row?.email_sealed?.toString('latin1')).not.toContain('hidden');
    expect(row?.row).not.toContain(Buffer.from('hidden@example.net').toString('hex'));
    const life = await getVerification(core.key(), { verificationId: resource.id });
    expect(JSON.stringify([resource, life])).not.toContain('hidden');

    const old = `${'0'.repeat(8)}-0000-7000-8000-${randomBytes(6).toString('hex')}`;
    await core.sql(
      `UPDATE verification SET id = $2, created_at = now() - interval '31 days', is_checkable = false WHERE id = $1`,
      [id, old],
    );
    const numbers = retentionRules(400).find(({ name }) => name === 'numbers');
    if (numbers) await forgetOld(database(), numbers, 100);
    const [wiped] = await core.sql('SELECT to_sealed, email_sealed FROM verification WHERE id = $1', [old]);
    expect(wiped).toMatchObject({ to_sealed: Buffer.alloc(0), email_sealed: null });
  });

  test('that no step can use is not kept', async () => {
    await routeOf('whatsapp', 'sms');
    const { resource } = await core.issue(core.phone(), { email: ADDRESS });
    const [row] = await core.sql('SELECT email_sealed FROM verification WHERE id = $1', [
      uuidFrom('verification', resource.id),
    ]);
    expect(row).toEqual({ email_sealed: null });
  });

  test.each([
    '',
    'nobody',
    'a@b',
    'a@example.com\r\nBcc: b@example.com',
    `${'x'.repeat(250)}@example.com`,
    'Ann <a@example.com>',
  ])('of %j is no address', (email) => {
    expect(issueBody.safeParse({ to: '+628123456789', email }).success).toBe(false);
  });
});

test('issues without an address run the statement that knows nothing of mail; a mixed batch keeps each its own', async () => {
  await routeOf('sms', 'email');
  const { byName } = statementCounters();
  const mailed = () => [...byName].filter(([name]) => name.includes('_mail')).reduce((sum, [, n]) => sum + n, 0);
  const before = mailed();
  await core.issue(core.phone());
  expect(mailed()).toBe(before);
  await core.issue(core.phone(), { email: ADDRESS });
  expect(mailed()).toBe(before + 1);

  const rows = await Promise.all([
    core.issueRow(core.phone()),
    core.issueRow(core.phone(), { emailSealed: Buffer.from('x') }),
  ]);
  const results = await issueVerifications(database(), rows);
  expect(results.map(({ kind }) => kind)).toEqual(['issued', 'issued']);
  const kept = await core.sql<{ id: string; email_sealed: Buffer | null }>(
    'SELECT id, email_sealed FROM verification WHERE id = ANY ($1)',
    [rows.map(({ id }) => id)],
  );
  expect(new Map(kept.map(({ id, email_sealed }) => [id, email_sealed?.toString() ?? null]))).toEqual(
    new Map([
      [rows[0]?.id, null],
      [rows[1]?.id, 'x'],
    ]),
  );
});

describe('through a real mail server', () => {
  beforeEach(() => putProviders(providerNamed));
  const control = () => simulatorControl(simulator.url);

  test('a letter lies in the mailbox and its code approves; the message is sent and never says delivered', async () => {
    await routeOf('email', 'sms');
    const { resource } = await core.issue(core.phone(), { email: ADDRESS });
    const [letter] = await control().waitForMessages(ADDRESS, 1);
    expect(letter).toMatchObject({ channel: 'email', subject: 'Kode verifikasi Acme Anda', from: 'otp@acme.example' });
    await core.quiet();
    const [message] = await core.messages(resource.id);
    expect(message).toMatchObject({ channel: 'email', state: 'sent', delivered_at: null });
    expect(message?.sent_at).toBeInstanceOf(Date);
    expect(message?.provider_message_id).toMatch(/^<msg_[0-9a-f]{32}@acme\.example>$/);
    const checked = await checkVerification(core.key(), { verificationId: resource.id, code: letter?.code ?? '' });
    expect(checked.outcome).toBe('approved');
  });

  test('an address that nobody has is refused, and the next channel goes out at once', async () => {
    await routeOf('email', 'sms');
    const { resource } = await core.issue(core.phone(), { email: 'person+0002@example.net' });
    await core.quiet();
    const [mail, text] = await core.messages(resource.id);
    expect(mail).toMatchObject({ channel: 'email', state: 'failed', reason: 'invalid_number' });
    expect(text).toMatchObject({ channel: 'sms', cause: 'fallback' });
  });
});
