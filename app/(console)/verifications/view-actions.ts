'use server';

import { revalidatePath } from 'next/cache';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { viewChange, viewForm } from '@/lib/contract/views';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { changeView } from '@/lib/operations/views/change';
import { removeView } from '@/lib/operations/views/remove';
import { saveView } from '@/lib/operations/views/save';
import { textOf } from '../../form-text';
import { anchored } from './query';
import { hrefWith, loadView } from './search-params';

export type ViewState = { kind: 'idle' } | { kind: 'saved' } | { kind: 'invalid'; message: string };

/** Keeps the view that stands in the address. A number is not kept: it is somebody's, and a view may outlive the time it may be stored. */
export async function saveCurrentView(_previous: ViewState, form: FormData): Promise<ViewState> {
  const user = await requireUser('views:manage');
  const address = loadView(new URLSearchParams(textOf(form, 'address', 4_000)));
  const view = anchored(address, await viewerTimeZone());
  const parsed = viewForm.safeParse({
    name: textOf(form, 'name', 1_000),
    query: hrefWith(view, { number: [], '-number': [] }, '').replace(/^\?/, ''),
    is_shared: form.get('is_shared') === 'on',
  });
  if (!parsed.success) {
    const isName = parsed.error.issues.some(({ path }) => path[0] === 'name');
    return { kind: 'invalid', message: isName ? 'A name has 1 to 60 characters.' : 'This search is too long to keep.' };
  }
  return answer(saveView(user, parsed.data));
}

export async function changeSavedView(_previous: ViewState, form: FormData): Promise<ViewState> {
  const user = await requireUser('views:manage');
  const id = textOf(form, 'id', 64);
  if (form.get('act') === 'remove') return answer(removeView(user, { id }));
  const parsed = viewChange.safeParse({
    id,
    name: textOf(form, 'name', 1_000),
    is_shared: form.get('is_shared') === 'on',
  });
  if (!parsed.success) return { kind: 'invalid', message: 'A name has 1 to 60 characters.' };
  return answer(changeView(user, parsed.data));
}

async function answer(act: Promise<unknown>): Promise<ViewState> {
  try {
    await act;
    revalidatePath('/verifications');
    return { kind: 'saved' };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'invalid', message: wordsOf(error) };
  }
}
