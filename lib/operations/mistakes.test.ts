import { expect, test } from 'vitest';
import type { Actor } from '@/lib/domain/actor';
import { putRule } from '@/lib/operations/alerts/rules/put';
import { changeApp } from '@/lib/operations/apps/change';
import { createApp } from '@/lib/operations/apps/create';
import { createKey } from '@/lib/operations/keys/create';
import { startOverride } from '@/lib/operations/overrides/start';
import { acceptInvite } from '@/lib/operations/users/accept-invite';
import { createUser } from '@/lib/operations/users/create';
import { createFirstOwner } from '@/lib/operations/users/create-first-owner';
import { inviteUser } from '@/lib/operations/users/invite';

const system: Actor = { kind: 'system', what: 'test' };
const person = { email: 'ana@example.com', name: 'Ana', role: 'ops' as const, password: 'too short' };
const rule = { kind: 'unknown_rate', name: '', windowMinutes: 60 } as never;

test.each<[string, () => Promise<unknown>, string]>([
  ['users.create', () => createUser(system, person), 'password'],
  ['users.create_first_owner', () => createFirstOwner(system, person), 'password'],
  ['users.invite', () => inviteUser(system, { email: 'ana', role: 'ops' }), 'email'],
  ['users.accept_invite', () => acceptInvite(system, { token: 't', name: 'Ana', password: 'short' }), 'password'],
  ['apps.create', () => createApp(system, { name: 'Shop', brand: '' }), 'brand'],
  [
    'apps.change',
    () => changeApp(system, { appId: 'app_1', edits: 0, settings: { name: 'S', brand: 'S', webDomain: '!' } }),
    'webDomain',
  ],
  ['keys.create', () => createKey(system, { appId: 'app_1', name: 'x', livemode: true, scopes: [] }), 'scopes'],
  ['overrides.start', () => startOverride(system, { countries: ['BR'], minutes: 1, reason: 'it is down' }), 'minutes'],
  ['alerts.put_rule', () => putRule(system, rule), 'name'],
])('%s refuses what its caller got wrong, and names the field', async (_, work, param) => {
  await expect(work()).rejects.toMatchObject({ code: 'invalid_request', param, detail: expect.stringMatching(/\.$/) });
});
