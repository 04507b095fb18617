import type { z } from 'zod';
import { type AppSettings, appSettings } from '@/lib/contract/apps';
import { given } from '@/lib/contract/given';
import { lockApp, updateApp } from '@/lib/db/apps';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { uuidFrom } from '@/lib/ids';

/**
 * apps.change: brand, language, domain, and what its keys may ask for and from where. Counts in every process within a second.
 * `edits` is the count that the editor saw: whoever did not see the last change is refused with `configuration_conflict`.
 */
export async function changeApp(
  actor: Actor,
  input: { appId: string; edits: number; settings: z.input<typeof appSettings> },
): Promise<void> {
  permit(actor, 'apps:manage');
  const settings = given(appSettings, input.settings);
  const id = uuidFrom('app', input.appId);
  await transact(async (tx) => {
    const was = id && (await lockApp(tx, id));
    if (!was) throw new Refusal('not_found', { detail: 'No such app.' });
    if (was.edits !== input.edits) {
      throw new Refusal('configuration_conflict', { detail: 'Somebody changed this app since you opened it.' });
    }
    const changes = (Object.keys(settings) as (keyof AppSettings)[])
      .filter((path) => JSON.stringify(was[path]) !== JSON.stringify(settings[path]))
      .map((path) => ({ path, before: was[path], after: settings[path] }));
    if (changes.length === 0) return;
    await updateApp(tx, was.id, settings);
    await insertAudit(tx, { actor, action: 'app.change', targetId: input.appId, detail: { changes } });
  });
}
