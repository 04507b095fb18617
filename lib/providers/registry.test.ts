import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '@/lib/domain/channel';
import { parseConnectionSettings, providerNamed } from '@/lib/providers/registry';

test('every provider of the domain is found under its own name', () => {
  for (const name of PROVIDERS) expect(providerNamed(name)?.name).toBe(name);
});

test.each(['', 'META-CLOUD', 'SMTP', '__proto__', 'constructor', 'toString'])('"%s" is no provider', (name) => {
  expect(providerNamed(name)).toBeNull();
});

const meta = { phone_number_id: '200300400500600', waba_id: '100200300400500' };
const metaSecrets = { access_token: 'EAAG-token', app_secret: 'app-secret', verify_token: 'verify' };
const account = { account_sid: 'ACa0000000000000000000000000000001' };
const service = { messaging_service_sid: 'MGc0000000000000000000000000000001' };
const token = { auth_token: 'token' };

describe('parseConnectionSettings', () => {
  test('Meta’s version has a default, and blanks count as absent', () => {
    const entered = { ...meta, waba_id: ' 100200300400500 ', api_version: '' };
    expect(parseConnectionSettings('meta-cloud', entered, metaSecrets)).toEqual({
      kind: 'parsed',
      settings: { ...meta, api_version: 'v25.0' },
      credentials: metaSecrets,
    });
  });

  test.each([
    [{ ...account, sms_from: '+15005550006' }],
    [{ ...account, sms_from: '12345' }],
    [{ ...account, sms_from: 'Acme' }],
    [{ ...account, ...service }],
    [{ ...account, ...service, whatsapp_from: '+15550100200' }],
  ])('Twilio takes %j', (settings) => {
    expect(parseConnectionSettings('twilio', settings, token)).toEqual({
      kind: 'parsed',
      settings,
      credentials: token,
    });
  });

  test.each([
    ['no SMS sender', account, ['settings.sms_from']],
    ['two SMS senders', { ...account, ...service, sms_from: 'Acme' }, ['settings.sms_from']],
    ['a sender that is none', { ...account, sms_from: 'A name too long' }, ['settings.sms_from']],
    ['a wrong account', { account_sid: 'AC123', sms_from: 'Acme' }, ['settings.account_sid']],
    [
      'a WhatsApp number without its plus',
      { ...account, ...service, whatsapp_from: '15550100200' },
      ['settings.whatsapp_from'],
    ],
    ['a misspelt field', { ...account, ...service, whatsap_from: '+15550100200' }, ['settings']],
  ])('Twilio refuses %s and says where', (_, settings, fields) => {
    const parsed = parseConnectionSettings('twilio', settings, token);
    expect(parsed.kind === 'invalid' && parsed.problems.map(({ field }) => field)).toEqual(fields);
  });

  test.each([
    [{ whatsapp_from: '+15550100200', waba_id: '100200300400500' }],
    [{ sms_sender_id: 'Acme' }],
    [{ sms_sender_id: '12345', whatsapp_from: '+15550100200', waba_id: '1' }],
    [{}],
  ])('YCloud takes %j, with its webhook secret or before there is one', (settings) => {
    for (const credentials of [{ api_key: 'key' }, { api_key: 'key', webhook_secret: 'whsec' }]) {
      expect(parseConnectionSettings('ycloud', settings, credentials)).toEqual({
        kind: 'parsed',
        settings,
        credentials,
      });
    }
  });

  test.each([
    ['a WhatsApp number without its account', { whatsapp_from: '+15550100200' }, ['settings.waba_id']],
    ['an account without its WhatsApp number', { waba_id: '1' }, ['settings.waba_id']],
    ['a sender that is none', { sms_sender_id: 'A name too long' }, ['settings.sms_sender_id']],
  ])('YCloud refuses %s and says where', (_, settings, fields) => {
    const parsed = parseConnectionSettings('ycloud', settings, { api_key: 'key' });
    expect(parsed.kind === 'invalid' && parsed.problems.map(({ field }) => field)).toEqual(fields);
  });

  test('all problems are told at once, and none quotes a secret', () => {
    const parsed = parseConnectionSettings(
      'meta-cloud',
      { phone_number_id: '+62' },
      { ...metaSecrets, access_token: 'two words' },
    );
    expect(parsed).toMatchObject({
      kind: 'invalid',
      problems: [
        { field: 'settings.phone_number_id', message: 'Digits only, as Meta shows the id' },
        { field: 'settings.waba_id' },
        { field: 'credentials.access_token' },
      ],
    });
    expect(JSON.stringify(parsed)).not.toMatch(/two words|app-secret|EAAG/);
  });
});
