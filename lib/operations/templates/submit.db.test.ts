import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewTemplates } from '@/lib/contract/templates';
import type { Actor } from '@/lib/domain/actor';
import { publicId } from '@/lib/ids';
import { currentConfiguration, reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { applyHeard } from '@/lib/operations/receipts/apply';
import { listTemplates } from '@/lib/operations/templates/list';
import { submitTemplates } from '@/lib/operations/templates/submit';
import { syncTemplates } from '@/lib/operations/templates/sync';
import { useTemplate } from '@/lib/operations/templates/use';
import type { TemplateStatus } from '@/lib/providers/provider';
import { startTestCore, type TestCore } from '@/scripts/testing/core';

// Meta's template edge, as far as these promises need it: real HTTP, the wire format of the fixtures.
let core: TestCore;
let meta: Server;
let connection: string;
const asked: string[] = [];
let refuses: ReadonlySet<string> = new Set();
let listed: object[] = [];
const ops: Actor = {
  kind: 'user',
  userId: '00000000-0000-7000-8000-000000000001',
  email: 'o@example.com',
  name: 'O',
  role: 'ops',
};

beforeAll(async () => {
  core = await startTestCore();
  meta = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') return response.end(JSON.stringify({ data: listed }));
      const { language } = JSON.parse(body);
      asked.push(language);
      if (refuses.has(language)) {
        response.statusCode = 400;
        return response.end(
          JSON.stringify({ error: { code: 100, message: 'Invalid parameter', error_user_msg: 'Not this language' } }),
        );
      }
      return response.end(
        JSON.stringify({
          id: `t-${language}`,
          status: language === 'nl' ? 'APPROVED' : 'PENDING',
          category: 'AUTHENTICATION',
        }),
      );
    });
  });
  await new Promise<void>((resolve) => meta.listen(0, '127.0.0.1', resolve));
  const { port } = meta.address() as AddressInfo;
  await core.sql(`UPDATE connection SET base_url = $1 WHERE provider = 'meta-cloud'`, [`http://127.0.0.1:${port}`]);
  connection = publicId('connection', core.whatsapp);
  await reloadConfiguration();
});
afterAll(async () => {
  await core.stop();
  await new Promise((resolve) => meta.close(resolve));
});
beforeEach(() => {
  asked.length = 0;
  refuses = new Set();
  listed = [];
});

const wish = (more: Partial<NewTemplates> = {}): NewTemplates => ({
  connectionId: connection,
  name: 'otp_reset_v1',
  useCase: 'password_reset',
  languages: ['de', 'es', 'nl'],
  options: {
    addSecurityRecommendation: true,
    codeExpirationMinutes: 10,
    ttlSeconds: 300,
    button: { kind: 'copy_code' },
  },
  ...more,
});
const states = async (name = 'otp_reset_v1') =>
  Object.fromEntries(
    (await listTemplates(ops))
      .filter((group) => group.name === name)
      .flatMap(({ languages }) => languages.map(({ locale, status }) => [locale, status])),
  );

describe('submitting a template', () => {
  test('every language has an outcome of its own; again sends only what was refused', async () => {
    refuses = new Set(['es']);
    const first = await submitTemplates(ops, wish());
    expect(first.map(({ language, outcome }) => [language, outcome])).toEqual([
      ['de', 'submitted'],
      ['es', 'refused'],
      ['nl', 'approved'],
    ]);
    expect(first[1]?.detail).toContain('Not this language');
    expect(await states()).toEqual({ de: 'pending', es: 'rejected', nl: 'approved' });

    refuses = new Set();
    asked.length = 0;
    const second = await submitTemplates(ops, wish());
    expect(asked).toEqual(['es']);
    expect(second.map(({ outcome }) => outcome)).toEqual(['left_alone', 'submitted', 'left_alone']);
  });

  test('ten presses at once ask the provider once per language', async () => {
    await Promise.all(
      Array.from({ length: 10 }, () => submitTemplates(ops, wish({ name: 'otp_once', useCase: 'payment' }))),
    );
    expect(asked.sort()).toEqual(['de', 'es', 'nl']);
  });

  test('is refused whole when a choice is not one that WhatsApp leaves', async () => {
    for (const options of [
      { ...wish().options, ttlSeconds: 10 },
      { ...wish().options, codeExpirationMinutes: 91 },
      { ...wish().options, button: { kind: 'zero_tap', apps: [], termsAccepted: true } },
    ]) {
      await expect(submitTemplates(ops, wish({ options: options as never }))).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    await expect(submitTemplates(ops, wish({ name: 'No' }))).rejects.toMatchObject({ param: 'name' });
    expect(asked).toEqual([]);
  });
});

describe('which template is in use', () => {
  test('a second one for the same use case waits until somebody says so, and then takes over at once', async () => {
    await submitTemplates(ops, wish({ name: 'otp_reset_v2', languages: ['nl'] }));
    const named = async () =>
      (await currentConfiguration()).templates
        .filter(({ useCase }) => useCase === 'password_reset')
        .map(({ providerName }) => providerName);
    expect(new Set(await named())).toEqual(new Set(['otp_reset_v1']));
    await useTemplate(ops, { connectionId: connection, name: 'otp_reset_v2', useCase: 'password_reset' });
    expect(await named()).toEqual(['otp_reset_v2']);
    await expect(useTemplate(ops, { connectionId: connection, name: 'no_such', useCase: null })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('what somebody made at the provider is found by a sync, and not used before somebody says so', async () => {
    listed = [
      {
        id: '1',
        name: 'made_elsewhere',
        language: 'fr',
        status: 'APPROVED',
        category: 'AUTHENTICATION',
        components: [{ type: 'FOOTER', code_expiration_minutes: 3 }],
      },
      {
        id: '2',
        name: 'otp_reset_v1',
        language: 'de',
        status: 'APPROVED',
        category: 'AUTHENTICATION',
        message_send_ttl_seconds: 120,
      },
    ];
    expect(await syncTemplates(ops, { connectionId: connection })).toEqual({ kind: 'synced', known: 1, found: 1 });
    expect(await states()).toMatchObject({ de: 'approved' });
    const found = (await listTemplates(ops)).find(({ name }) => name === 'made_elsewhere');
    expect(found).toMatchObject({ isInUse: false, languages: [{ codeExpirationMinutes: 3 }] });
    expect((await currentConfiguration()).templates.some(({ providerName }) => providerName === 'made_elsewhere')).toBe(
      false,
    );
  });

  test('a sync that cannot be noted takes nothing over', async () => {
    listed = [{ id: '9', name: 'never_noted', language: 'fr', status: 'APPROVED', category: 'AUTHENTICATION' }];
    await core.sql(`ALTER TABLE audit_entry ADD CONSTRAINT no_sync CHECK (action <> 'template.sync') NOT VALID`);
    try {
      await expect(syncTemplates(ops, { connectionId: connection })).rejects.toThrow('no_sync');
    } finally {
      await core.sql('ALTER TABLE audit_entry DROP CONSTRAINT no_sync');
    }
    expect(await states('never_noted')).toEqual({});
  });

  test('two syncs at once add what is new once, and what a webhook said since a list was asked for stands', async () => {
    listed = ['a', 'b', 'c'].map((name) => ({
      id: name,
      name: `new_${name}`,
      language: 'fr',
      status: 'APPROVED',
      category: 'AUTHENTICATION',
    }));
    for (let run = 0; run < 5; run += 1) {
      await core.sql(`DELETE FROM template WHERE provider_name LIKE 'new_%'`);
      await Promise.all([1, 2, 3].map(() => syncTemplates(ops, { connectionId: connection })));
      expect(await core.sql(`SELECT provider_name FROM template WHERE provider_name LIKE 'new_%' ORDER BY 1`)).toEqual(
        ['new_a', 'new_b', 'new_c'].map((name) => ({ provider_name: name })),
      );
    }

    await core.sql(
      `UPDATE template SET status = 'paused', status_at = now() + interval '1 minute' WHERE provider_name = 'new_a'`,
    );
    await core.sql(
      `UPDATE template SET status = 'rejected', status_at = now() - interval '1 hour' WHERE provider_name = 'new_b'`,
    );
    await syncTemplates(ops, { connectionId: connection });
    expect(
      await core.sql(
        `SELECT status, status_at > now() - interval '5 minutes' AS is_news FROM template WHERE provider_name IN ('new_a', 'new_b') ORDER BY provider_name`,
      ),
    ).toEqual([
      { status: 'paused', is_news: true },
      { status: 'approved', is_news: true },
    ]);
  });
});

test('a template in use that WhatsApp pauses raises an alert on its connection, and routing passes it over', async () => {
  await core.sql(`UPDATE connection SET alerted_at = NULL, alert_reason = NULL`);
  await applyHeard([
    {
      connectionId: core.whatsapp,
      callbackId: null,
      receivedAt: new Date(),
      events: [
        {
          kind: 'template_status',
          name: 'otp_code_v1',
          language: 'en',
          status: 'paused',
          reason: 'FIRST_PAUSE',
          at: new Date(),
        },
      ],
    },
  ]);
  const [alert] = await core.sql<{ reason: string }>(`SELECT alert_reason AS reason FROM connection WHERE id = $1`, [
    core.whatsapp,
  ]);
  expect(alert?.reason).toBe('template_unavailable');
  await reloadConfiguration();
  expect(
    (await currentConfiguration()).templates.find(
      ({ providerName, locale }) => providerName === 'otp_code_v1' && locale === 'en',
    )?.status,
  ).toBe('paused');
});

test('news of a template that come after newer ones change nothing, and those of the same moment do', async () => {
  const tell = async (status: TemplateStatus, secondsAgo: number) => {
    const at = new Date(1_900_000_000_000 - secondsAgo * 1000);
    const news = { kind: 'template_status', name: 'otp_code_v1', language: 'id', status, reason: null, at } as const;
    await applyHeard([{ connectionId: core.whatsapp, callbackId: null, receivedAt: new Date(), events: [news] }]);
    const [row] = await core.sql<{ status: string }>(
      `SELECT status FROM template WHERE connection_id = $1 AND locale = 'id' AND provider_name = 'otp_code_v1'`,
      [core.whatsapp],
    );
    return row?.status;
  };
  expect(await tell('paused', 60)).toBe('paused');
  expect(await tell('approved', 0)).toBe('approved');
  expect(await tell('paused', 60)).toBe('approved');
  expect(await tell('disabled', 0)).toBe('disabled');
});
