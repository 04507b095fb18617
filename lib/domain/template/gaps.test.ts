import { expect, test } from 'vitest';
import { gapsOf } from '@/lib/domain/template/gaps';

const sendable = { whatsapp: ['en', 'pt_BR'], sms: ['en', 'pt'] };

test('a language that nothing is sent in comes first, however little it is asked for; the rest by traffic', () => {
  const traffic = [
    { locale: 'en', verifications: 500 },
    { locale: 'pt_BR', verifications: 900 },
    { locale: 'sw', verifications: 1 },
    { locale: 'fi', verifications: 2 },
  ];
  expect(gapsOf(traffic, sendable)).toEqual([
    { locale: 'fi', verifications: 2, whatsapp: null, sms: null },
    { locale: 'sw', verifications: 1, whatsapp: null, sms: null },
    { locale: 'pt_BR', verifications: 900, whatsapp: 'pt_BR', sms: 'pt' },
    { locale: 'en', verifications: 500, whatsapp: 'en', sms: 'en' },
  ]);
});

test('one language over many countries and use cases is one line', () => {
  const traffic = [
    { locale: 'en', verifications: 1 },
    { locale: 'en', verifications: 2 },
  ];
  expect(gapsOf(traffic, { whatsapp: ['en'], sms: [] })).toEqual([
    { locale: 'en', verifications: 3, whatsapp: 'en', sms: null },
  ]);
  expect(gapsOf([], sendable)).toEqual([]);
});
