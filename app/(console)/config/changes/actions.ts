'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { conflictSentence } from '@/components/console/configuration/change-words';
import { requireUser } from '@/lib/auth/session';
import { withDraft } from '@/lib/domain/configuration/entities';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { publishDraft } from '@/lib/operations/configuration/publish';
import { findingKey, findReadiness, judgeDraft, readDraft } from '@/lib/operations/configuration/read-draft';
import { rollBack } from '@/lib/operations/configuration/roll-back';
import { settleConflicts } from '@/lib/operations/configuration/settle-conflicts';
import { textOf } from '../../../form-text';
import { type SaveResult, saveEdits } from '../draft-actions';

export type ChangeState = { note: string; message: string | null };
export type EditState = { message: string | null };

const text = (form: FormData, name: string) => textOf(form, name, 2_000);

async function attempt(note: string, act: () => Promise<string>): Promise<ChangeState> {
  let next: string;
  try {
    next = await act();
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    revalidatePath('/config', 'layout');
    return { note, message: wordsOf(error) };
  }
  revalidatePath('/config', 'layout');
  redirect(next);
}

/** Publishes the draft that the person looked at. */
export async function publish(_previous: ChangeState, form: FormData): Promise<ChangeState> {
  const user = await requireUser('config:publish');
  const note = text(form, 'note');
  const state = await attempt(note, async () => {
    const { version } = await publishDraft(user, { revision: Number(form.get('revision')), note });
    return `/config/changes/${version}?published=1`;
  });
  // The refusal names paths, for programs.
  const { conflicts, live, draft } = await readDraft(user);
  return { ...state, message: conflictSentence(conflicts, { ...withDraft(live, draft), ...live }) ?? state.message };
}

/** Goes back to an older version. */
export async function goBack(_previous: ChangeState, form: FormData): Promise<ChangeState> {
  const user = await requireUser('config:publish');
  const note = text(form, 'note');
  return attempt(note, async () => {
    const { version } = await rollBack(user, { version: Number(form.get('version')), note });
    return `/config/changes/${version}?published=1`;
  });
}

/** Takes the person's decisions about conflicts: one field `keep:<path>` each. */
export async function settle(_previous: ChangeState, form: FormData): Promise<ChangeState> {
  const user = await requireUser('config:write');
  const keep: Record<string, 'mine' | 'theirs'> = Object.fromEntries(
    [...form.entries()].flatMap(([name, value]) =>
      name.startsWith('keep:') && (value === 'mine' || value === 'theirs') ? [[name.slice(5), value] as const] : [],
    ),
  );
  return attempt('', async () => {
    await settleConflicts(user, { revision: Number(form.get('revision')), seen: text(form, 'seen'), keep });
    return '/config/changes';
  });
}

/** Takes one entry's changes out of the draft: back to what is live. */
export async function undoEntity(_previous: EditState, form: FormData): Promise<EditState> {
  const user = await requireUser('config:write');
  const entity = text(form, 'entity');
  const { live } = await readDraft(user);
  return answered(await saveEdits([{ entity, field: null, value: live[entity] ?? null }]));
}

/** Puts the fix of a finding into the draft. The finding is looked for again: what the form says is only its name. */
export async function applyFix(_previous: EditState, form: FormData): Promise<EditState> {
  const user = await requireUser('config:write');
  const key = text(form, 'finding');
  const view = await readDraft(user);
  const findings = view.changes.length > 0 ? (await judgeDraft(user, view)).findings : await findReadiness(user);
  const fix = findings.find((finding) => findingKey(finding) === key)?.fix;
  if (!fix) {
    // Mended meanwhile, here or by somebody else: the page shows what is left.
    revalidatePath('/config', 'layout');
    return { message: null };
  }
  return answered(await saveEdits([...fix.edits]));
}

/** Null when the draft took it; else the first thing that was wrong. */
const answered = (result: SaveResult): EditState => ({
  message: result.kind === 'taken' ? null : (result.problems[0]?.message ?? 'It could not be kept.'),
});
