import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Actor, ROLES, SCOPES, type Scope } from '@/lib/domain/actor';
import { PERMISSIONS, type Permission } from '@/lib/domain/permissions';
import { newUuid } from '@/lib/ids';
import { actorOf } from '@/scripts/testing/actor';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';

// Every role and every kind of key against every operation. The operations are found in the source, so that a new one is asked as well.

const root = path.join(import.meta.dirname, '../..');

type Operation = { file: string; name: string; permission: string };

/** Every exported operation whose first parameter is `actor: Actor`, and what its first line asks for. */
function findOperations(): Operation[] {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'lib/operations'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [...text.matchAll(/^export async function (\w+)(?:<[^>]*>)?\(\s*_?actor: Actor\b/gm)].map(
      ({ 1: name = '', index }) => {
        const permission = /\n {2}permit\(actor, '([^']+)'\)/.exec(text.slice(index))?.[1] ?? '';
        return { file, name, permission };
      },
    );
  });
}

const operations = findOperations();

const key = (scopes: readonly Scope[], livemode = true): Actor => ({
  kind: 'api_key',
  keyId: newUuid(),
  appId: newUuid(),
  livemode,
  scopes,
});
const actors: [string, Actor, (permission: Permission) => boolean][] = [
  [
    'a test key with every scope',
    key([...SCOPES], false),
    // Figures are of live traffic.
    (permission) => PERMISSIONS[permission].scope !== null && permission !== 'analytics:read',
  ],
  ...ROLES.map((role): [string, Actor, (permission: Permission) => boolean] => [
    role,
    actorOf(role),
    (permission) => (PERMISSIONS[permission].roles as readonly string[]).includes(role),
  ]),
  ...[[], ...SCOPES.map((scope) => [scope]), [...SCOPES]].map(
    (scopes): [string, Actor, (permission: Permission) => boolean] => [
      `a key with ${scopes.length === SCOPES.length ? 'every scope' : (scopes[0] ?? 'no scope')}`,
      key(scopes),
      (permission) => {
        const { scope } = PERMISSIONS[permission];
        return scope !== null && scopes.includes(scope);
      },
    ],
  ),
];

let core: TestCore;
let cells = 0;
// An operation that begins two things at once leaves one of them alone when junk breaks the other: no news here.
const listeners = process.listeners('unhandledRejection');
const ignore = () => {};
beforeAll(async () => {
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', ignore);
  core = await startTestCore();
});
afterAll(async () => {
  process.stdout.write(
    `permissions: ${cells} cells asserted (${operations.length} operations × ${actors.length} actors)\n`,
  );
  await core.stop();
  process.removeListener('unhandledRejection', ignore);
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

test('the search finds the operations, and each names one known permission', () => {
  expect(operations.length).toBeGreaterThan(40);
  expect(operations.filter(({ permission }) => !(permission in PERMISSIONS))).toEqual([]);
});

describe.each(operations)('$name asks for $permission', ({ file, name, permission }) => {
  test('and is refused exactly where the table says so', async () => {
    const loaded: Record<string, unknown> = await import(path.join(root, file));
    const operation = loaded[name];
    if (typeof operation !== 'function') throw new Error(`${file} does not export ${name}`);
    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const [who, actor, may] of actors) {
      // Junk: whoever is let in stumbles over it, or finds nothing to do.
      const code = await refusalOf(Promise.resolve(operation(actor, {}, {})));
      answers[who] = code === 'forbidden' ? 'forbidden' : 'let in';
      expected[who] = may(permission as Permission) ? 'let in' : 'forbidden';
      cells += 1;
    }
    expect(answers).toEqual(expected);
  });
});
