'use server';

import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { textEntity } from '@/lib/contract/configuration';
import { textOf } from '../../../../form-text';
import { saveEdits } from '../../draft-actions';

export type TextState = {
  typed: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  message: string | null;
};

/** Takes a text into the draft: a new one, or a change of one that exists. */
export async function saveText(_previous: TextState, form: FormData): Promise<TextState> {
  await requireUser('config:write');
  const text = (name: string) => textOf(form, name, 2_000);
  const typed = Object.fromEntries(
    ['channel', 'useCase', 'locale', 'text', 'subject', 'dltTemplateId'].map((name) => [name, text(name)]),
  );
  const id = text('id') || crypto.randomUUID();
  if (text('remove') === 'yes') {
    const removed = await saveEdits([{ entity: `texts/${id}`, field: null, value: null }]);
    if (removed.kind === 'refused') return { typed, errors: {}, message: removed.problems[0]?.message ?? 'Refused.' };
    redirect('/config/templates');
  }
  const parsed = textEntity.safeParse({
    channel: typed.channel,
    useCase: typed.useCase || null,
    locale: typed.locale?.trim(),
    text: typed.text?.replace(/\r\n/g, '\n').trim(),
    subject: typed.channel === 'email' ? typed.subject?.trim() || null : null,
    dltTemplateId: typed.dltTemplateId?.trim() || null,
  });
  if (!parsed.success) {
    return {
      typed,
      errors: Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message])),
      message: null,
    };
  }
  const saved = await saveEdits([{ entity: `texts/${id}`, field: null, value: parsed.data }]);
  if (saved.kind === 'refused') return { typed, errors: {}, message: saved.problems[0]?.message ?? 'Refused.' };
  redirect('/config/templates');
}
