'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { issueBody } from '@/lib/contract/verifications';
import { isRefusal, type Refusal, wordsOf } from '@/lib/domain/errors';
import { issueVerification } from '@/lib/operations/verifications/issue';
import { trimmedOf } from '../../form-text';

export type SendFields = {
  to: string;
  email: string;
  use_case: string;
  channel: string;
  locale: string;
  app: string;
  mode: string;
  amount: string;
  currency: string;
  payee: string;
};
export type SendState = {
  kind: 'idle' | 'refused';
  typed: Partial<SendFields>;
  errors: Partial<SendFields>;
  message: string | null;
};

/** Issues a code as the signed-in person, for the app they chose. Opens the verification when it is on its way. */
export async function sendTestCode(_previous: SendState, form: FormData): Promise<SendState> {
  const user = await requireUser('verifications:write');
  const text = (name: string) => trimmedOf(form, name, 300);
  const typed: SendFields = {
    to: text('to'),
    email: text('email'),
    use_case: text('use_case'),
    channel: text('channel'),
    locale: text('locale'),
    app: text('app'),
    mode: text('mode'),
    amount: text('amount'),
    currency: text('currency').toUpperCase(),
    payee: text('payee'),
  };
  const refused = (errors: Partial<SendFields>, message: string | null = null): SendState => ({
    kind: 'refused',
    typed,
    errors,
    message,
  });

  const parsed = issueBody.safeParse({
    to: typed.to.replaceAll(/[\s().-]/g, '').replace(/^00/, '+'),
    use_case: typed.use_case,
    metadata: { sent_by: user.email.slice(0, 200) },
    ...(typed.email ? { email: typed.email } : {}),
    ...(typed.channel ? { channel: typed.channel } : {}),
    ...(typed.locale ? { locale: typed.locale } : {}),
    ...(typed.amount || typed.currency || typed.payee ? { transaction: transactionOf(typed) } : {}),
  });
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path.findLast((part) => String(part) in WRONG) ?? 'to');
    return refused({ [field]: WRONG[field] ?? 'This does not look right' });
  }

  let id: string;
  try {
    const { resource } = await issueVerification(user, parsed.data, {
      requestId: (await headers()).get('x-request-id') ?? crypto.randomUUID(),
      on: { appId: typed.app, livemode: typed.mode === 'live' },
    });
    id = resource.id;
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return explain(error, refused);
  }
  redirect(`/verifications/${id}`);
}

const WRONG: Readonly<Record<string, string>> = {
  email: 'One plain address, like person@example.com',
  locale: 'A language like en, or with a region like pt_BR',
  amount: 'An amount like 49.90',
  currency: 'Three letters, like EUR',
  payee: 'At most 100 characters',
};

/** What was typed, for the contract to judge. `49,90` is an amount as well. */
function transactionOf({ amount, currency, payee }: SendFields): unknown {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d{1,6}))?$/.exec(amount) ?? [];
  const micros = whole === undefined ? amount : Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
  return { amount: micros, currency, ...(payee ? { payee } : {}) };
}

/** A refusal beside the field that it is about. */
function explain(
  error: Refusal,
  refused: (errors: Partial<SendFields>, message?: string | null) => SendState,
): SendState {
  const said = wordsOf(error);
  const wait = error.retryAfterSeconds ? ` Try again in ${error.retryAfterSeconds} s.` : '';
  switch (error.code) {
    case 'invalid_number':
      return refused({ to: 'Write the number in full, with the plus and the country: +55 11 98765 4321.' });
    case 'number_not_allowed':
    case 'country_not_served':
      return refused({ to: said });
    case 'channel_not_available':
      return refused(error.param === 'email' ? { email: said } : { channel: said });
    case 'transaction_required':
      return refused({ payee: 'Name amount, currency and payee: the code approves them.' });
    case 'unknown_use_case':
      return refused({ use_case: said });
    default:
      return refused({}, said + wait);
  }
}
