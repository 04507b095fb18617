import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { isActionCall } from '@/lib/http/action-call';

type Client = {
  encodeReply(args: unknown[], options: { temporaryReferences: unknown }): Promise<string | FormData>;
  createTemporaryReferenceSet(): unknown;
};
/** What writes the calls in a browser: Next's own copy, so that an upgrade that writes otherwise is seen here. */
const { encodeReply, createTemporaryReferenceSet }: Client = createRequire(import.meta.url)(
  'next/dist/compiled/react-server-dom-turbopack/cjs/react-server-dom-turbopack-client.browser.production.js',
);

const twice = { b: { c: 1 } };
const circle: Record<string, unknown> = {};
circle.inner = { up: circle };

test.each<[string, unknown[]]>([
  ['nothing', []],
  ['nothing twice', [undefined, null]],
  ['texts and numbers', ['', 'x', 1, true, NaN, Infinity, -Infinity, -0, 12n, -12n]],
  ['texts that begin with a dollar', ['$5', '$', '$$', '$1:a:b', '$K1', '$\n']],
  ['dates', [new Date(0), new Date(NaN), { at: new Date(0) }]],
  ['lists and objects', [[[], {}, [{ 'a:b': [1] }]]]],
  ['an object twice', [twice, [twice, twice.b], { again: twice }]],
  ['a circle', [circle]],
  ['what cannot be sent', [() => 1, new URL('http://a/')]],
])('a call with %s is one as the browser writes it', async (_, args) => {
  const written = await encodeReply(args, { temporaryReferences: createTemporaryReferenceSet() });
  expect(typeof written).toBe('string');
  expect(isActionCall(String(written)), String(written)).toBe(true);
});
