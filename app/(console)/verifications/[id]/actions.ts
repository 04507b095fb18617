'use server';

import { revalidatePath } from 'next/cache';
import { requireUser } from '@/lib/auth/session';
import { checkBody } from '@/lib/contract/verifications';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import type { CheckOutcome } from '@/lib/domain/verification/states';
import { checkVerification } from '@/lib/operations/verifications/check';
import { textOf } from '../../../form-text';

export type CheckState =
  | { kind: 'idle' }
  | { kind: 'invalid'; message: string }
  | { kind: 'checked'; outcome: CheckOutcome; checksRemaining: number };

export async function submitCheck(_previous: CheckState, form: FormData): Promise<CheckState> {
  const user = await requireUser('verifications:write');
  const id = textOf(form, 'id', 64);
  const parsed = checkBody.safeParse({
    code: textOf(form, 'code', 64).replaceAll(/\s/g, ' '),
    ...transactionOf(form),
  });
  if (!parsed.success) return { kind: 'invalid', message: 'A code is 4 to 10 letters or digits.' };
  try {
    const answer = await checkVerification(user, { verificationId: id, ...parsed.data });
    revalidatePath(`/verifications/${id}`);
    return { kind: 'checked', outcome: answer.outcome, checksRemaining: answer.checks_remaining };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { kind: 'invalid', message: wordsOf(error) };
  }
}

/** The transaction that stood beside the field: what the person saw is what they approve. */
function transactionOf(form: FormData): { transaction?: unknown } {
  const shown = form.get('transaction');
  if (typeof shown !== 'string') return {};
  try {
    return { transaction: JSON.parse(shown) as unknown };
  } catch {
    return {};
  }
}
