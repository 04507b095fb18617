import { insertApp } from '@/lib/db/apps';
import { insertAudit } from '@/lib/db/audit';
import { transact } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { permit } from '@/lib/domain/permissions';
import { newUuid, publicId } from '@/lib/ids';

/** apps.create: a client application with a brand of its own. Keys are made for it separately. */
export async function createApp(
  actor: Actor,
  input: { name: string; brand: string; defaultLocale?: string | null; webDomain?: string | null },
): Promise<{ id: string }> {
  permit(actor, 'apps:manage');
  const id = newUuid();
  await transact(async (tx) => {
    await insertApp(tx, {
      id,
      name: input.name,
      brand: input.brand,
      defaultLocale: input.defaultLocale ?? null,
      webDomain: input.webDomain ?? null,
    });
    await insertAudit(tx, { actor, action: 'app.create', targetId: publicId('app', id), detail: { name: input.name } });
  });
  return { id: publicId('app', id) };
}
