import { publishNote } from '@/lib/contract/configuration';
import { insertAudit } from '@/lib/db/audit';
import { type Db, transact } from '@/lib/db/client';
import {
  deleteDraft,
  findDraft,
  findLiveEntities,
  holdPublishLock,
  insertVersion,
  putLiveEntities,
} from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import {
  changesOf,
  type DraftEntities,
  type Entities,
  pathOf,
  rebase,
  withDraft,
} from '@/lib/domain/configuration/entities';
import { isKnownFinding } from '@/lib/domain/configuration/lint';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { drafterOf } from '@/lib/operations/configuration/drafter';
import { findingsOf, impactOf, readSurroundings, type Surroundings } from '@/lib/operations/configuration/judge';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';

/** The audit log lists at most this many changes of one version; the version itself has them all. */
const AUDITED_CHANGES_MAX = 200;

/**
 * configuration.publish: makes the person's draft live, all of it or none. Refuses with `configuration_conflict` when
 * somebody else published the same fields since the draft began, or when the draft is not the one that was looked at;
 * with `configuration_invalid` when the lint finds an error that what is live does not have; with `nothing_to_publish`.
 * Version, live tables and audit entry are one transaction; every process works with it within a second, and codes in
 * flight keep the plan they were issued under.
 */
export async function publishDraft(
  actor: Actor,
  input: { revision: number; note: string },
): Promise<{ version: number; changes: number }> {
  permit(actor, 'config:publish');
  const userId = drafterOf(actor);
  const note = noteOf(input.note);
  const around = await readSurroundings();
  const published = await transact(async (tx) => {
    await holdPublishLock(tx);
    const [row, live] = [await findDraft(tx, userId), await findLiveEntities(tx)];
    if (!row) throw new Refusal('nothing_to_publish');
    if (row.revision !== input.revision) {
      throw new Refusal('configuration_conflict', { detail: 'The draft has changed since you looked at it.' });
    }
    const { draft, conflicts } = rebase(row.base, row.entities, live);
    if (conflicts.length > 0) {
      const paths = conflicts.slice(0, 3).map(pathOf).join(', ');
      throw new Refusal('configuration_conflict', {
        detail: `Somebody else changed ${paths}${conflicts.length > 3 ? ` and ${conflicts.length - 3} more` : ''}.`,
      });
    }
    const made = await writeVersion(tx, actor, { live, draft, around, note, rollsBackTo: null });
    // Only the draft that was published: an edit that came meanwhile stays.
    await deleteDraft(tx, userId, row.revision);
    return made;
  });
  await reloadConfiguration();
  return published;
}

/** One more version: judged, written, audited. Under the publish lock, and so asks nobody: `around` was read before. */
export async function writeVersion(
  tx: Db,
  actor: Actor,
  input: { live: Entities; draft: DraftEntities; around: Surroundings; note: string; rollsBackTo: number | null },
): Promise<{ version: number; changes: number }> {
  const { live, draft, around } = input;
  const changes = changesOf(live, draft);
  if (changes.length === 0) throw new Refusal('nothing_to_publish');
  const document = withDraft(live, draft);
  const before = findingsOf(live, around);
  const broken = findingsOf(document, around).find(
    (finding) => finding.severity === 'error' && !isKnownFinding(before, finding),
  );
  if (broken) throw new Refusal('configuration_invalid', { detail: broken.said });
  await putLiveEntities(tx, draft);
  const version = await insertVersion(tx, {
    actor,
    note: input.note,
    changes,
    document,
    impact: impactOf(changes, live, around),
    rollsBackTo: input.rollsBackTo,
  });
  await insertAudit(tx, {
    actor,
    action: input.rollsBackTo === null ? 'configuration.publish' : 'configuration.roll_back',
    targetId: `version ${version}`,
    detail: {
      version,
      note: input.note,
      ...(input.rollsBackTo === null ? {} : { rolls_back_to: input.rollsBackTo }),
      changes: changes
        .slice(0, AUDITED_CHANGES_MAX)
        .map((change) => ({ path: pathOf(change), before: change.before, after: change.after })),
      changes_total: changes.length,
    },
  });
  return { version, changes: changes.length };
}

/** Why something was changed: asked for, because the next person will. */
export function noteOf(note: string): string {
  const parsed = publishNote.safeParse(note.trim());
  if (!parsed.success) {
    throw new Refusal('invalid_request', { param: 'note', detail: 'Say why, in 1 to 500 characters.' });
  }
  return parsed.data;
}
