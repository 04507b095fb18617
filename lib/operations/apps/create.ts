import type { z } from 'zod';
import { APPS_MAX, appSettings } from '@/lib/contract/apps';
import { given } from '@/lib/contract/given';
import { insertApp } from '@/lib/db/apps';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId } from '@/lib/ids';

/** apps.create: a client application with a brand of its own. Keys are made for it separately. */
export async function createApp(actor: Actor, input: z.input<typeof appSettings>): Promise<{ id: string }> {
  permit(actor, 'apps:manage');
  const settings = given(appSettings, input);
  const id = newUuid();
  await transact(async (tx) => {
    if (!(await insertApp(tx, id, settings, APPS_MAX))) {
      throw new Refusal('invalid_request', { detail: `An installation has at most ${APPS_MAX} apps.` });
    }
    await insertAudit(tx, {
      actor,
      action: 'app.create',
      targetId: publicId('app', id),
      detail: { name: settings.name },
    });
  });
  return { id: publicId('app', id) };
}
