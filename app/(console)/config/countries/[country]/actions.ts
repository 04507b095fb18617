'use server';

import { revalidatePath } from 'next/cache';
import { requireUser } from '@/lib/auth/session';
import type { ConfigurationEdit } from '@/lib/contract/configuration';
import { explainBody } from '@/lib/contract/routes';
import { isSame, type Json, withDraft } from '@/lib/domain/configuration/entities';
import { cellOf, editOf, readCell, SHEET_COLUMNS, type SheetEdit, withEdits } from '@/lib/domain/configuration/sheet';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { editDraft } from '@/lib/operations/configuration/edit-draft';
import { readDraft } from '@/lib/operations/configuration/read-draft';
import { explainRoute } from '@/lib/operations/routes/explain';
import { textOf, trimmedOf } from '../../../../form-text';
import { readPriceChanges } from './price-changes';

export type RouteFormState = {
  typed: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  message: string | null;
  isSaved: boolean;
};

/** Takes a whole scope as typed, field by field, into the draft. Empty fields inherit. */
export async function saveRoute(_previous: RouteFormState, form: FormData): Promise<RouteFormState> {
  const user = await requireUser('config:write');
  const scope = textOf(form, 'scope', 40);
  const typed = Object.fromEntries(
    [...SHEET_COLUMNS, 'priceChanges'].map((column) => [column, textOf(form, column, 3_000)]),
  );
  const { live, draft } = await readDraft(user);
  const entities = withDraft(live, draft);
  const before = entities[`routes/${scope}`];
  const refused = (errors: RouteFormState['errors'], message: string | null = null): RouteFormState => ({
    typed,
    errors,
    message,
    isSaved: false,
  });
  if (!before) return refused({}, 'There is no such entry.');

  const errors: Record<string, string> = {};
  const edits: SheetEdit[] = [];
  let state = entities;
  for (const column of SHEET_COLUMNS) {
    const cell = cellOf(state, scope, column);
    const read = readCell(column, typed[column] ?? '', cell.value);
    if (read.kind === 'problem') errors[column] = read.message;
    else if (!isSame(read.value, cell.own)) {
      const edit = editOf(state, scope, column, read.value);
      state = withEdits(state, [edit]);
      edits.push(edit);
    }
  }
  const changes = readPriceChanges(typed.priceChanges ?? '');
  if (typeof changes === 'string') errors.priceChanges = changes;
  else if (!isSame(changes as Json, before.priceChanges ?? null)) {
    edits.push({ entity: `routes/${scope}`, field: 'priceChanges', value: changes as Json });
  }
  if (Object.keys(errors).length > 0) return refused(errors);
  if (edits.length === 0) return { typed, errors: {}, message: 'Nothing is different.', isSaved: false };

  try {
    const result = await editDraft(user, edits as ConfigurationEdit[]);
    if (result.kind === 'refused') {
      return refused(
        Object.fromEntries(result.problems.map(({ path, message }) => [path.split('/')[2] ?? '', message])),
        result.problems[0]?.message ?? null,
      );
    }
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return refused({}, wordsOf(error));
  }
  revalidatePath('/config', 'layout');
  return { typed, errors: {}, message: null, isSaved: true };
}

export type ExplainState = {
  to: string;
  email: string;
  useCase: string;
  problem: string | null;
  emailProblem: string | null;
  answer: Awaited<ReturnType<typeof explainRoute>> | null;
};

/** What would happen for a number now, under what is live. Number and address go nowhere: not into the page’s own address, not into a log. */
export async function explainNumber(_previous: ExplainState, form: FormData): Promise<ExplainState> {
  const user = await requireUser('routes:explain');
  const to = textOf(form, 'to', 40);
  const email = trimmedOf(form, 'email', 300);
  const useCase = String(form.get('use_case') ?? 'login').slice(0, 50);
  const parsed = explainBody.safeParse({
    to: to.replaceAll(/[\s().-]/g, '').replace(/^00/, '+'),
    use_case: useCase,
    ...(email ? { email } : {}),
  });
  const typed = { to, email, useCase };
  const refused = (problem: string, emailProblem: string | null = null): ExplainState => ({
    ...typed,
    problem: emailProblem ? null : problem,
    emailProblem,
    answer: null,
  });
  if (!parsed.success) {
    const isMail = parsed.error.issues.every(({ path }) => path[0] === 'email');
    return refused(
      'Write the number in full, with the plus and the country.',
      isMail ? 'One plain address, like person@example.com' : null,
    );
  }
  try {
    return { ...typed, problem: null, emailProblem: null, answer: await explainRoute(user, parsed.data) };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return refused(wordsOf(error));
  }
}
