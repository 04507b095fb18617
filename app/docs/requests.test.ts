import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { API, type ApiOperation, type ApiOperationName } from '@/lib/contract/api';
import { EXAMPLES } from '@/lib/contract/examples';
import { GROUPS } from './groups';
import { addressOf, requestIn } from './requests';

const names = Object.keys(API) as ApiOperationName[];
const BASE = 'https://codes.example.com';

test.each(names)('%s in curl hands a shell the address and the body that the API takes', (name) => {
  const operation: ApiOperation = API[name];
  const text = requestIn('curl', BASE, operation, EXAMPLES[name]);
  // The shell's own words, one on each line, in place of a call.
  const heard = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; uuidgen() { echo 1; }; ${text}`], {
    env: { NODE_ENV: 'test', WATCHWORD_KEY: 'ww_live_x' },
    encoding: 'utf8',
  }).split('\0');
  expect(heard).toContain(addressOf(BASE, operation, EXAMPLES[name]));
  if (operation.permission) expect(heard).toContain('Authorization: Bearer ww_live_x');
  const body = heard[heard.indexOf('-d') + 1];
  if (EXAMPLES[name].body) expect(JSON.parse(body ?? '')).toEqual(EXAMPLES[name].body);
});

test('a quote in a body does not end the shell’s word', () => {
  const text = requestIn('curl', BASE, API['verifications.issue'], { body: { reference: "l'ordre" }, answer: {} });
  expect(text).toContain(`l'\\''ordre`);
});

test('Python is given its own words for true, false and null', () => {
  const body = { a: true, b: null, c: 'null: true', d: false };
  expect(requestIn('Python', BASE, API['verifications.issue'], { body, answer: {} })).toMatch(
    /"a": True,\s+"b": None,\s+"c": "null: true",\s+"d": False/,
  );
});

test('the reference shows every operation once', () => {
  expect(GROUPS.flatMap((group) => group.names).toSorted()).toEqual(names.toSorted());
});
