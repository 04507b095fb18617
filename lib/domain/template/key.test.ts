import { expect, test } from 'vitest';
import { publicTemplate, templateKey, templateName } from '@/lib/domain/template/key';
import { newUuid, publicId } from '@/lib/ids';

const id = newUuid();
const sms = { id, channel: 'sms' as const, useCase: null, locale: 'pt_BR', providerName: null };
const nameOfUse = (useCase: string) => (useCase === 'login' ? 'Sign in' : useCase);

test('a text is known outside by the same public id as everywhere, and found by it or by its bare uuid', () => {
  expect(publicTemplate(id)).toBe(publicId('template', id));
  expect(templateKey(publicId('template', id))).toBe(id);
  expect(templateKey(id)).toBe(id);
  expect(templateKey('tpl_short')).toBe('tpl_short');
  expect(publicTemplate('code_v2')).toBe('code_v2');
  expect(templateKey('code_v2')).toBe('code_v2');
});

test('a text is called by what tells it from others, and a removed one by its id, never by a bare uuid', () => {
  expect(templateName(id, [sms], nameOfUse)).toBe('SMS text pt_BR');
  expect(templateName(id, [{ ...sms, useCase: 'login' }], nameOfUse)).toBe('SMS text pt_BR, Sign in');
  expect(templateName(id, [], nameOfUse)).toBe(`Removed text ${publicId('template', id)}`);
  expect(templateName('code_v2', [sms], nameOfUse)).toBe('code_v2');
});
