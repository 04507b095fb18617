import { database } from '@/lib/db/client';
import { findDraft, findLiveEntities, putDraft } from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import { type Entity, pathOf, rebase } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { digestOf } from '@/lib/operations/configuration/conflicts-seen';
import { drafterOf } from '@/lib/operations/configuration/drafter';

/**
 * configuration.settle_conflicts: decides, path by path, whose value the draft keeps where somebody else changed the same
 * meanwhile. Every open conflict has to be named; afterwards the draft stands on what is live now. `seen` is the view's
 * `conflictsSeen`: refused with `configuration_conflict` when somebody published again since, or a value that nobody
 * looked at would be overwritten.
 */
export async function settleConflicts(
  actor: Actor,
  input: { revision: number; seen: string; keep: Readonly<Record<string, 'mine' | 'theirs'>> },
): Promise<void> {
  permit(actor, 'config:write');
  const userId = drafterOf(actor);
  const [row, live] = await Promise.all([findDraft(database(), userId), findLiveEntities(database())]);
  if (!row || row.revision !== input.revision) {
    throw new Refusal('configuration_conflict', { detail: 'The draft has changed since. Look again.' });
  }
  const { draft, conflicts } = rebase(row.base, row.entities, live);
  if (digestOf(conflicts) !== input.seen) {
    throw new Refusal('configuration_conflict', { detail: 'Somebody published again since. Look again.' });
  }
  const entities: Record<string, Entity | null> = { ...draft };
  for (const conflict of conflicts) {
    const keep = input.keep[pathOf(conflict)];
    if (!keep) throw new Refusal('invalid_request', { detail: 'Choose for each of them.' });
    if (keep === 'mine') continue;
    const mine = entities[conflict.entity];
    if (conflict.field === null) delete entities[conflict.entity];
    else if (mine) entities[conflict.entity] = { ...mine, [conflict.field]: conflict.theirs };
  }
  const base = Object.fromEntries(Object.keys(entities).map((key) => [key, live[key] ?? null]));
  const moved = await putDraft(database(), { userId, entities, base, seen: row.revision });
  if (moved === null)
    throw new Refusal('configuration_conflict', { detail: 'The draft has changed since. Look again.' });
}
