import { APPS_MAX } from '@/lib/contract/apps';
import { findApp, listApps as selectApps } from '@/lib/db/apps';
import { database } from '@/lib/db/client';
import type { Actor } from '@/lib/domain/actor';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { publicId, uuidFrom } from '@/lib/ids';

/** apps.list: every app, by name, with its working keys counted. */
export async function listApps(actor: Actor) {
  permit(actor, 'apps:read');
  const apps = await selectApps(database(), APPS_MAX);
  return apps.map((app) => ({ ...app, id: publicId('app', app.id) }));
}

/** apps.get: one app as it is now, from the database and not from the snapshot: forms are filled from it. */
export async function getApp(actor: Actor, input: { appId: string }) {
  permit(actor, 'apps:read');
  const id = uuidFrom('app', input.appId);
  const app = id && (await findApp(database(), id));
  if (!app) throw new Refusal('not_found', { detail: 'No such app.' });
  return { ...app, id: input.appId };
}
