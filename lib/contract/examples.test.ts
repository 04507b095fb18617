import { expect, test } from 'vitest';
import type { z } from 'zod';
import { API, type ApiOperation, type ApiOperationName } from '@/lib/contract/api';
import { type ApiExample, EXAMPLES } from '@/lib/contract/examples';

test.each(Object.keys(API) as ApiOperationName[])(
  'the example of %s is one that the contract takes and gives',
  (name) => {
    const { body, query, result }: { body?: z.ZodType; query?: z.ZodType; result: z.ZodType } = API[
      name
    ] as ApiOperation;
    const example: ApiExample = EXAMPLES[name];
    expect(example.body !== undefined).toBe(body !== undefined);
    body?.parse(example.body);
    query?.parse(example.query ?? {});
    expect(API[name].path.includes('{id}')).toBe(example.id !== undefined);
    // Nothing that the contract does not know: parsing would leave it out.
    expect(result.parse(example.answer)).toEqual(example.answer);
  },
);
