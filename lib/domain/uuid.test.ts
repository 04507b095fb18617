import { expect, test } from 'vitest';
import { isUuid } from '@/lib/domain/uuid';

const ID = '0199f2c0-a1b2-7c3d-8e4f-5a6b7c8d9e0f';

test('a uuid has one spelling', () => {
  expect(isUuid(ID)).toBe(true);
  for (const odd of [
    '',
    ID.toUpperCase(),
    ID.replaceAll('-', ''),
    `{${ID}}`,
    ` ${ID}`,
    `${ID}\n`,
    ID.replace('f', 'g'),
  ])
    expect(isUuid(odd), odd).toBe(false);
});
