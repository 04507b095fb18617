import { expect, test } from 'vitest';
import { lifeNames } from './life-names';

const id = '01999999-aaaa-7bbb-8ccc-dddddddddddd';
const names = lifeNames({
  templates: [
    { id, channel: 'sms', useCase: null, locale: 'pt_BR', providerName: null },
    { id: `${id.slice(0, -1)}e`, channel: 'whatsapp', useCase: null, locale: 'en', providerName: 'otp_code' },
  ],
  policies: new Map([['abnormal_activity', { name: 'Unusual activity' }]]),
});

test('a text is called by its channel and language and leads to its page, not by its id', () => {
  expect(names.template(`tpl_${id.replaceAll('-', '')}`)).toEqual({
    name: 'SMS text pt_BR',
    href: `/config/templates/texts/${id}`,
  });
  expect(names.template('otp_code')).toEqual({ name: 'otp_code', href: '/config/templates/otp_code' });
});

test('what is not configured any more keeps its name and leads nowhere', () => {
  expect(names.template('otp_old')).toEqual({ name: 'otp_old', href: null });
  expect(names.template(`tpl_${'0'.repeat(32)}`)).toEqual({ name: `Removed text tpl_${'0'.repeat(32)}`, href: null });
  expect(names.policy('abnormal_activity')).toBe('Unusual activity');
  expect(names.policy('courier_drop')).toBe('Courier drop');
});
