'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import type { ConfigurationEdit } from '@/lib/contract/configuration';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { discardDraft } from '@/lib/operations/configuration/discard-draft';
import { editDraft } from '@/lib/operations/configuration/edit-draft';

export type SaveResult =
  | { kind: 'taken'; revision: number; entities: number }
  | { kind: 'refused'; problems: { path: string; message: string }[] };

/** Takes edits into the signed-in person's draft, all or none. Every screen that steers something calls this one. */
export async function saveEdits(edits: ConfigurationEdit[]): Promise<SaveResult> {
  const user = await requireUser('config:write');
  try {
    const result = await editDraft(user, edits);
    if (result.kind === 'taken') revalidatePath('/config', 'layout');
    return result;
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', problems: [{ path: '', message: wordsOf(error) }] };
  }
}

/** Forgets the signed-in person's draft, and the question whether to: the next draft is not asked about at once. */
export async function discard(): Promise<void> {
  await discardDraft(await requireUser('config:write'));
  revalidatePath('/config', 'layout');
  redirect('/config/changes');
}
