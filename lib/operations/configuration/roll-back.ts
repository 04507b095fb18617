import { transact } from '@/lib/db/client';
import { findLiveEntities, findVersion, holdPublishLock } from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import { type DraftEntities, type Entities, type Entity, isSame } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { readSurroundings } from '@/lib/operations/configuration/judge';
import { noteOf, writeVersion } from '@/lib/operations/configuration/publish';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';

/**
 * configuration.roll_back: makes everything as it was under an older version, as a new version on top: history only grows.
 * Refuses like a publish. Other people's drafts stay, and are told of the conflict.
 */
export async function rollBack(
  actor: Actor,
  input: { version: number; note: string },
): Promise<{ version: number; changes: number }> {
  permit(actor, 'config:publish');
  const note = noteOf(input.note);
  const around = await readSurroundings();
  const made = await transact(async (tx) => {
    await holdPublishLock(tx);
    const target = Number.isSafeInteger(input.version) ? await findVersion(tx, input.version) : null;
    if (!target) throw new Refusal('not_found', { detail: 'No such version.' });
    const live = await findLiveEntities(tx);
    const draft = towards(live, target.document);
    return writeVersion(tx, actor, { live, draft, around, note, rollsBackTo: target.version });
  });
  await reloadConfiguration();
  return made;
}

/** The draft that makes `live` what `wanted` is. */
export function towards(live: Entities, wanted: Entities): DraftEntities {
  const draft: Record<string, Entity | null> = {};
  for (const [key, entity] of Object.entries(wanted)) if (!isSame(live[key], entity)) draft[key] = entity;
  for (const key of Object.keys(live)) if (!(key in wanted)) draft[key] = null;
  return draft;
}
