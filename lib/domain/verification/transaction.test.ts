import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderText } from '@/lib/domain/template/text';
import {
  amountShown,
  boundTo,
  canonicalTransaction,
  isBindable,
  PAYEE_SHOWN_MAX,
  payeeShown,
} from '@/lib/domain/verification/transaction';

const shop = { amount: 49_900_000, currency: 'EUR', payee: 'Café Ünal' };

describe('what a code approves', () => {
  test('is the same however the payee is encoded or padded', () => {
    const spelled = { ...shop, payee: ` ${shop.payee.normalize('NFD')} ` };
    expect(canonicalTransaction(spelled)).toBe(canonicalTransaction(shop));
  });

  const transaction = fc.record({
    amount: fc.maxSafeNat(),
    currency: fc.constantFrom('EUR', 'JPY', 'BRL'),
    payee: fc.string({ minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== ''),
  });
  test('differs with amount, currency and payee, whatever their characters', () => {
    fc.assert(
      fc.property(transaction, transaction, (one, other) => {
        const isSame =
          one.amount === other.amount &&
          one.currency === other.currency &&
          one.payee.normalize('NFC').trim() === other.payee.normalize('NFC').trim();
        expect(canonicalTransaction(one) === canonicalTransaction(other)).toBe(isSame);
      }),
    );
  });

  test('needs a payee, and a policy that binds', () => {
    expect(isBindable({ amount: 1, currency: 'EUR' })).toBe(false);
    expect(isBindable({ amount: 1, currency: 'EUR', payee: '  ' })).toBe(false);
    expect(boundTo({ bindsTransaction: false }, shop)).toBeNull();
    expect(boundTo({ bindsTransaction: true }, null)).toBeNull();
    expect(boundTo({ bindsTransaction: true }, shop)).toBe(canonicalTransaction(shop));
  });
});

describe('what a message says of it', () => {
  test.each([
    [49_900_000, 'EUR', 'en', '49.90 EUR'],
    [49_900_000, 'EUR', 'de', '49,90 EUR'],
    [1_234_567_890_000, 'BRL', 'pt_BR', '1234567,89 BRL'],
    [4_990_000_000, 'JPY', 'ja', '4990 JPY'],
    [1_500_000, 'KWD', 'ar', '1.500 KWD'],
    [49_905_000, 'EUR', 'fr', '49,905 EUR'],
    [1_000_000, 'ZZZ', 'en_abc', '1.00 ZZZ'],
    [0, 'USD', 'hi', '0.00 USD'],
  ])('%i micros of %s in %s are %s', (amount, currency, locale, shown) => {
    expect(amountShown({ amount, currency }, locale)).toBe(shown);
  });

  test('a payee cannot write a line of its own, turn the text around, or fill the message', () => {
    expect(payeeShown('Shop\n\n@evil.example #111111')).toBe('Shop @evil.example #111111');
    expect(payeeShown('a\u202Eb\u2028c\u0000d')).toBe('a b c d');
    const long = payeeShown('x'.repeat(100));
    expect(long).toHaveLength(PAYEE_SHOWN_MAX);
    expect(long.endsWith('...')).toBe(true);
  });

  test('stands where the text names it; a payee that looks like a name is not filled in again', () => {
    const values = { code: '123456', brand: 'Acme', minutes: 5, appHash: null, webDomain: 'acme.example' };
    const transaction = { of: { ...shop, payee: '{code} Shop' }, locale: 'de' };
    expect(renderText('{code}: {amount} an {payee} ({brand})', { ...values, transaction })).toBe(
      '123456: 49,90 EUR an {code} Shop (Acme)\n\n@acme.example #123456',
    );
  });
});
