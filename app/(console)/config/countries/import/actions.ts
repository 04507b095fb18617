'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import type { ConfigurationEdit } from '@/lib/contract/configuration';
import type { Change, Entities } from '@/lib/domain/configuration/entities';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { readRoutesTable, TABLE_BYTES_MAX, type TableProblem } from '@/lib/operations/routes/table';
import { textOf } from '../../../../form-text';

export type ImportState = {
  csv: string;
  changes: Change[];
  /** The entries that change, to name them by. */
  names: Entities;
  problems: TableProblem[];
  message: string | null;
};

const nothing: ImportState = { csv: '', changes: [], names: {}, problems: [], message: null };

/** Reads the file and says what it would change; with `into=draft` it does. */
export async function importTable(_previous: ImportState, form: FormData): Promise<ImportState> {
  const user = await requireUser('config:write');
  const file = form.get('file');
  if (file instanceof File && file.size > TABLE_BYTES_MAX)
    return { ...nothing, message: 'The file is larger than 1 MB.' };
  const csv = file instanceof File && file.size > 0 ? await file.text() : textOf(form, 'csv', TABLE_BYTES_MAX + 1);
  if (csv.trim() === '') return { ...nothing, message: 'Choose a file first.' };
  const { changes, problems, edits, entities } = await readRoutesTable(user, csv);
  const names = Object.fromEntries(
    changes.flatMap(({ entity }) =>
      [entity, 'routes/global', ...parents(entities, entity)].map((key) => [key, entities[key] ?? {}]),
    ),
  );
  const state: ImportState = {
    csv,
    changes: changes.slice(0, 500),
    names,
    problems: problems.slice(0, 100),
    message: null,
  };
  if (form.get('into') !== 'draft' || problems.length > 0 || edits.length === 0) return state;
  try {
    const result = await editDraft(user, edits as ConfigurationEdit[]);
    if (result.kind === 'refused') {
      return {
        ...state,
        problems: result.problems.map(({ path, message }) => ({ line: 0, scope: path, column: '', message })),
      };
    }
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { ...state, message: wordsOf(error) };
  }
  revalidatePath('/config', 'layout');
  redirect('/config/changes');
}

function parents(entities: Entities, entity: string): string[] {
  const parent = entities[entity]?.parent;
  return typeof parent === 'string' ? [`routes/${parent}`] : [];
}
