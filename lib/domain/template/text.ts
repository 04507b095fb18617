import { amountShown, payeeShown, type Transaction } from '@/lib/domain/verification/transaction';

/** The text names the transaction: only verifications that have one can be told it. */
export const tellsTransaction = (text: string): boolean => /\{(amount|payee)\}/.test(text);

/**
 * The text of an SMS: `{code}`, `{brand}`, `{minutes}` and, of a transaction, `{amount}` and `{payee}` filled in, then the autofill lines.
 * The Android line (SMS Retriever) is an 11-character hash on its own last line; the WebOTP line `@domain #code`
 * must be the last line as well, so the hash goes first when both are wanted.
 */
export function renderText(
  template: string,
  values: {
    code: string;
    brand: string;
    minutes: number;
    appHash: string | null;
    webDomain: string | null;
    /** With the language that its amount is written in. */
    transaction?: { of: Transaction; locale: string } | null;
  },
): string {
  const { code, brand, minutes, transaction } = values;
  const words: Record<string, string> = { code, brand, minutes: String(minutes) };
  if (transaction && tellsTransaction(template)) {
    words.amount = amountShown(transaction.of, transaction.locale);
    words.payee = payeeShown(transaction.of.payee ?? '');
  }
  // One pass: what is filled in names no value itself.
  const text = template.replace(/\{(code|brand|minutes|amount|payee)\}/g, (_, name: string) => words[name] ?? '');
  const lines = [text];
  if (values.appHash) lines.push('', values.appHash);
  if (values.webDomain) lines.push('', `@${values.webDomain} #${values.code}`);
  return lines.join('\n');
}
