import { expect, test } from 'vitest';
import { readMetaEvents } from '@/lib/providers/meta-cloud/receipts';

const at = 1_795_500_000;
const read = (field: string, value: object) =>
  readMetaEvents({
    url: 'https://example.com/',
    header: () => null,
    raw: Buffer.from(
      JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ id: '1', time: at, changes: [{ field, value }] }],
      }),
    ),
    receivedAt: new Date((at + 5) * 1000),
  });

test.each([
  ['FLAGGED', 'red'],
  ['UNFLAGGED', 'green'],
  ['UPGRADE', null],
])('a quality update %s says %s, and the limit that holds', (event, quality) => {
  expect(
    read('phone_number_quality_update', { display_phone_number: '+1 555 010 0200', event, current_limit: 'TIER_10K' }),
  ).toEqual([
    expect.objectContaining({
      kind: 'sender_status',
      sender: '15550100200',
      quality,
      messagingLimit: 'TIER_10K',
      displayName: null,
    }),
  ]);
});

test('a name counts once it is approved; until then only its review is news', () => {
  const name = (decision: string) =>
    read('phone_number_name_update', {
      display_phone_number: '15550100200',
      decision,
      requested_verified_name: 'Acme',
    });
  expect(name('APPROVED')).toEqual([expect.objectContaining({ displayName: 'Acme', nameStatus: 'approved' })]);
  expect(name('REJECTED')).toEqual([expect.objectContaining({ displayName: null, nameStatus: 'rejected' })]);
});

test('news that cannot be read are ignored, not an error', () => {
  for (const value of [{}, { display_phone_number: 7 }, { display_phone_number: 'x'.repeat(500) }]) {
    expect(read('phone_number_quality_update', value)).toEqual([{ kind: 'ignored', what: 'malformed sender quality' }]);
  }
});
