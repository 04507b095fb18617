/** What is being approved where money moves. Micros of the currency. */
export type Transaction = { amount: number; currency: string; payee?: string | undefined };
/** One that can be bound: it says who is paid. */
export type BoundTransaction = Transaction & { payee: string };

/** Amount, currency and payee are there: it can be told to a person and be part of what they approve. */
export const isBindable = (transaction: Transaction | null | undefined): transaction is BoundTransaction =>
  transaction?.payee !== undefined && transaction.payee.trim() !== '';

/**
 * The one spelling of a transaction that goes into a code's digest: the same amount to the same payee is the same text
 * however the payee's accents are encoded, and any other amount, currency or payee is another.
 */
export function canonicalTransaction({ amount, currency, payee }: BoundTransaction): string {
  return JSON.stringify([amount, currency, canonicalPayee(payee)]);
}

/** The one spelling of a payee: composed, without blanks around it. */
export const canonicalPayee = (payee: string): string => payee.normalize('NFC').trim();

/** The longest payee that a message shows; one part of an SMS has 160 characters for everything. */
export const PAYEE_SHOWN_MAX = 40;

/**
 * The payee as a message shows it: on one line, without characters that steer the direction of a text, and short. Payees may come
 * from end users (their shop's name): a line break would let them write a line of their own below ours.
 */
export function payeeShown(payee: string): string {
  const line = payee
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= PAYEE_SHOWN_MAX
    ? line
    : `${characters
        .slice(0, PAYEE_SHOWN_MAX - 3)
        .join('')
        .trimEnd()}...`;
}

/**
 * `49.90 EUR`, with the decimal mark of the message's language. No grouping: the thin spaces of some languages are
 * outside GSM-7 and would double the price of the SMS.
 */
export function amountShown({ amount, currency }: Pick<Transaction, 'amount' | 'currency'>, locale: string): string {
  const digits = fractionDigits(currency);
  const format = (tag: string) =>
    new Intl.NumberFormat(tag, {
      numberingSystem: 'latn',
      useGrouping: false,
      minimumFractionDigits: digits,
      // Never rounded: what is shown is what is approved.
      maximumFractionDigits: 6,
    }).format(amount / 1_000_000);
  try {
    return `${format(locale.replace('_', '-'))} ${currency}`;
  } catch {
    // Well-formed for us, not for Intl (`en_abc`).
    return `${format('en')} ${currency}`;
  }
}

/** How many decimals a currency is written with; two for a code that nobody knows. */
function fractionDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** What goes into the digests of a verification's codes: its transaction where its policy binds one, else nothing. */
export function boundTo(
  policy: { bindsTransaction: boolean },
  transaction: Transaction | null | undefined,
): string | null {
  return policy.bindsTransaction && isBindable(transaction) ? canonicalTransaction(transaction) : null;
}
