import { expect, test } from 'vitest';
import { ownPath } from '@/lib/auth/own-path';

test.each([
  ['/verifications', '/verifications'],
  ['/', '/'],
  ['/ok?x=//y', '/ok?x=//y'],
  ['/ok?next=https://host/#//part', '/ok?next=https://host/#//part'],
  ['/config/../team', '/team'],
  ['/ok//host', '/ok//host'],
  ['/%2f%2fhost', '/%2f%2fhost'],
  ['/@host', '/@host'],
])('after a sign-in %j leads to %j', (next, path) => {
  expect(ownPath(next)).toBe(path);
});

test.each([
  '',
  'verifications',
  '//host',
  '///host',
  '/\\host',
  '\\\\host',
  '/.//host',
  '/./\\host',
  '/.\\/host',
  '/.\\\\host',
  '/..//host',
  '/x/..//host',
  '/x/../..//host',
  '/x/.././/host',
  '/x\\..\\\\host',
  '/%2e//host',
  '/%2E%2e//host',
  '/x/.%2e//host',
  '/.//host/..//host',
  '//own.invalid//host',
  'https:host',
  'http:host',
  'http:/host',
  'http://own.invalid/x',
  'https://host/',
  'javascript:alert(1)',
  '/\t/host',
  '/\n/host',
  '\t//host',
  ' //host',
  '/.\r//host',
  '/.//host:99999',
  '//[',
  '/\u2025/\u2215host',
])('after a sign-in %j leads nowhere but to the overview', (next) => {
  expect(ownPath(next)).toBe('/overview');
});
