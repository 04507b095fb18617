import type { z } from 'zod';
import {
  type ConfigurationEdit,
  configurationEdits,
  DRAFT_ENTITIES_MAX,
  ENTITY_SCHEMAS,
  isEntityId,
} from '@/lib/contract/configuration';
import { database } from '@/lib/db/client';
import { findDraft, findLiveEntities, putDraft } from '@/lib/db/configuration-versions';
import type { Actor } from '@/lib/domain/actor';
import { type Entities, type Entity, isSame, readEntityKey, rebase } from '@/lib/domain/configuration/entities';
import { Refusal } from '@/lib/domain/errors';
import { permit } from '@/lib/domain/permissions';
import { drafterOf } from '@/lib/operations/configuration/drafter';

/** Two tabs that write at the same moment: the second looks again this often before it gives up. */
const TRIES_MAX = 5;

/** Where an edit does not fit: `path` is `routes/country:BR/fallbackAfterSeconds`. */
export type EditProblem = { path: string; message: string };

/**
 * configuration.edit_draft: takes changes into the person's own draft; nothing goes live. Fields are judged with the
 * entity they make. All edits are taken, or none: then the problems are answered. Edits that lead back to what is live
 * leave the draft. Answers the draft's new revision and how many entities it holds.
 */
export async function editDraft(
  actor: Actor,
  edits: readonly ConfigurationEdit[],
): Promise<{ kind: 'taken'; revision: number; entities: number } | { kind: 'refused'; problems: EditProblem[] }> {
  permit(actor, 'config:write');
  const userId = drafterOf(actor);
  const parsed = configurationEdits.safeParse(edits);
  if (!parsed.success) throw new Refusal('invalid_request', { detail: 'Between 1 and 2,000 edits at once.' });

  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const [draft, live] = await Promise.all([findDraft(database(), userId), findLiveEntities(database())]);
    const entities: Record<string, Entity | null> = { ...draft?.entities };
    const base: Record<string, Entity | null> = { ...draft?.base };
    const problems: EditProblem[] = [];
    for (const key of new Set(parsed.data.map(({ entity }) => entity))) carryOver(key, entities, base, live);
    for (const edit of parsed.data) {
      const before = edit.entity in entities ? (entities[edit.entity] ?? null) : (live[edit.entity] ?? null);
      const made = apply(edit, before);
      if ('problems' in made) {
        problems.push(...made.problems);
        continue;
      }
      // A base of null says that the entry did not exist when it was added: it stays, or somebody else's would be overwritten.
      if (!(edit.entity in base)) base[edit.entity] = live[edit.entity] ?? null;
      entities[edit.entity] = made.entity;
    }
    if (problems.length > 0) return { kind: 'refused', problems: problems.slice(0, 100) };

    for (const key of Object.keys(entities)) {
      if (!isSame(entities[key], base[key])) continue;
      delete entities[key];
      delete base[key];
    }
    const count = Object.keys(entities).length;
    if (count > DRAFT_ENTITIES_MAX) {
      throw new Refusal('invalid_request', { detail: `A draft holds at most ${DRAFT_ENTITIES_MAX} changed entries.` });
    }
    const revision = await putDraft(database(), { userId, entities, base, seen: draft?.revision ?? 0 });
    if (revision !== null) return { kind: 'taken', revision, entities: count };
  }
  throw new Refusal('configuration_conflict', { detail: 'The draft is being changed elsewhere. Try again.' });
}

/**
 * Brings one entry of a draft to what its author is shown: what somebody else published meanwhile, with their own changes
 * on top. An edit is meant against that; against an older base it could be taken for no change. Fields in open conflict
 * keep their base, so that they stay open.
 */
function carryOver(
  key: string,
  entities: Record<string, Entity | null>,
  base: Record<string, Entity | null>,
  live: Entities,
): void {
  if (!(key in entities)) return;
  const theirs = live[key] ?? null;
  const { draft, conflicts } = rebase(
    { [key]: base[key] ?? null },
    { [key]: entities[key] ?? null },
    theirs ? { [key]: theirs } : {},
  );
  if (conflicts.some(({ field }) => field === null)) return;
  if (!(key in draft)) {
    delete entities[key];
    delete base[key];
    return;
  }
  entities[key] = draft[key] ?? null;
  base[key] = theirs && { ...theirs, ...Object.fromEntries(conflicts.map((each) => [each.field, each.base])) };
}

function apply(
  edit: ConfigurationEdit,
  before: Entity | null,
): { entity: Entity | null } | { problems: EditProblem[] } {
  const known = readEntityKey(edit.entity);
  const path = edit.field === null ? edit.entity : `${edit.entity}/${edit.field}`;
  const problem = (message: string) => ({ problems: [{ path, message }] });
  if (!known || !isEntityId(known.kind, known.id)) return problem('No such entry');
  if (edit.field === null && edit.value === null) {
    if (known.kind === 'limits' || edit.entity === 'routes/global') return problem('This cannot be deleted');
    return { entity: null };
  }
  if (edit.field !== null && before === null) return problem('This entry does not exist');
  const wanted = edit.field === null ? edit.value : { ...before, [edit.field]: edit.value };
  const schema: z.ZodType = ENTITY_SCHEMAS[known.kind];
  const parsed = schema.safeParse(wanted);
  if (parsed.success) {
    // `global` has nobody to inherit from.
    if (edit.entity === 'routes/global' && edit.field === 'parent')
      return problem('The global route inherits from nobody');
    return { entity: parsed.data as Entity };
  }
  return {
    problems: parsed.error.issues.slice(0, 20).map((issue) => ({
      path: [edit.entity, ...issue.path].join('/'),
      message: issue.message,
    })),
  };
}
