import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCK_CLASSES, LOCKS } from '@/lib/db/locks';
import { ERROR_CODES } from '@/lib/domain/errors';
import { environmentSchema } from '@/lib/env';

// What the graph of imports (.dependency-cruiser.cjs) and the linter cannot see.

const root = path.join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
/** All files that belong to the project, committed or about to be. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));
const isTest = (file: string) => /\.(test|contract)\.tsx?$/.test(file);
const sources = files.filter((file) => /\.tsx?$/.test(file) && !isTest(file) && !file.startsWith('e2e/'));
const under = (folder: string) => sources.filter((file) => file.startsWith(folder));
/** The files among these that match, so that a failing test names them. */
const offenders = (among: string[], pattern: RegExp) =>
  among.filter((file) => pattern.test(withoutComments(read(file))));

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

describe('lib/domain is true on paper', () => {
  test('it has no clock and no randomness', () => {
    expect(offenders(under('lib/domain/'), /Date\.now\(|new Date\(\)|Math\.random\(|node:crypto/)).toEqual([]);
  });
});

describe('chance and surroundings have one door', () => {
  test('Math.random is for pretending, never for the product', () => {
    const product = sources.filter((file) => !/^(lib\/simulator|scripts\/(seed|simulator)|bench)/.test(file));
    expect(offenders(product, /Math\.random\(/)).toEqual([]);
  });

  test('only lib/env.ts reads the environment', () => {
    const product = sources.filter((file) => /^(lib|app|components)\/|^(server|proxy|instrumentation)\.ts$/.test(file));
    // Next replaces process.env.NODE_ENV while it builds, and next-auth and Next have to be told their address through the environment.
    expect(offenders(product, /process\.env\b(?!\.NODE_ENV\b|\.NEXTAUTH_URL \?\?=|\.__NEXT_PRIVATE_ORIGIN =)/)).toEqual(
      ['lib/env.ts'],
    );
  });

  test('.env.example names exactly the variables that lib/env.ts knows', () => {
    const named = [...read('.env.example').matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    const known = Object.keys(environmentSchema.shape);
    expect(named.toSorted()).toEqual(known.toSorted());
  });
});

test('every advisory lock is in the list of lib/db/locks.ts, and no two are one', () => {
  expect(offenders(sources, /advisory\w*\(\s*\d/)).toEqual([]);
  for (const numbers of [LOCKS, LOCK_CLASSES]) {
    expect(new Set(Object.values(numbers)).size).toBe(Object.keys(numbers).length);
  }
});

/** What takes somebody and is no operation: parts of operations that have asked. */
const PARTS = new Set([
  'ownAccount',
  'drafterOf',
  'ownerOf',
  'reachOf',
  'searchOf',
  'storedFilters',
  'comparableFilters',
]);

test('every operation that takes an actor asks for permission first', () => {
  const asked: string[] = [];
  const silent = under('lib/operations/').flatMap((file) => {
    if (file.endsWith('.test.ts')) return [];
    const lines = read(file).split('\n');
    return lines.flatMap((line, at) => {
      const opened = /^export (?:(?:async )?function (\w+)|const (\w+) = (?:async )?)\(\s*\w+: \w*Actor\b/.exec(
        `${line}${lines[at + 1]?.trim()}`,
      );
      const name = opened?.[1] ?? opened?.[2];
      if (!name || !line.startsWith('export') || PARTS.has(name)) return [];
      asked.push(name);
      const opening = lines.findIndex((text, index) => index >= at && /^(export|\)).*\{$/.test(text));
      return lines[opening + 1]?.trim().startsWith('permit(actor, ') ? [] : [`${file}: ${line}`];
    });
  });
  expect(silent).toEqual([]);
  expect(asked.length).toBeGreaterThan(80);
});

/** Routes that are not API calls of an app, and what guards them instead. */
const OWN_GUARD = {
  'app/api/[[...path]]/': 'answers 404 to everyone',
  'app/api/webhooks/': 'the provider signs its bytes',
  'app/api/auth/': 'next-auth',
  'app/api/health/': 'open: says only that the process answers',
  'app/api/ready/': 'open: names parts, no details',
  'app/api/metrics/': 'a token of its own',
};

test('every API route is wrapped by endpoint()', () => {
  const routes = under('app/api/').filter((file) => file.endsWith('/route.ts'));
  const bare = routes.filter((file) => {
    if (Object.keys(OWN_GUARD).some((folder) => file.startsWith(folder))) return false;
    const handlers = [
      ...read(file).matchAll(/^export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b(.*)$/gm),
    ];
    return handlers.length === 0 || handlers.some((handler) => !/^ = endpoint\(/.test(handler[2] ?? ''));
  });
  expect(bare).toEqual([]);
});

test('what runs in browsers imports only components, the domain, contracts and its own actions', () => {
  const client = [...under('app/'), ...under('components/')].filter((file) => /^['"]use client['"]/.test(read(file)));
  const foreign = client.flatMap((file) =>
    [...withoutComments(read(file)).matchAll(/^import (?!type )(?:[^'"]*? from )?'([^']+)'/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => /^(@\/|node:)/.test(name) && !/^@\/(components|lib\/domain|lib\/contract|app)\//.test(name))
      .map((name) => `${file} → ${name}`),
  );
  expect(foreign).toEqual([]);
});

test('the table of rooms in CONTRIBUTING.md is the one that breaks the build', () => {
  const { ROOMS }: { ROOMS: Record<string, { rooms: string[]; packages: string[] | 'any' }> } = createRequire(
    import.meta.url,
  )('../.dependency-cruiser.cjs');
  const told = [...read('CONTRIBUTING.md').matchAll(/^\| `([\w/]+)`\s+\| ([^|]+?)\s*\|$/gm)].map(
    ([, room, text = '']) => {
      const [names = ''] = text.split(/[;:]/);
      return [room, names.startsWith('nothing') ? [] : names.split(', ').toSorted()];
    },
  );
  const held = Object.entries(ROOMS).map(([room, { rooms, packages }]) => [
    room,
    [...rooms.map((name) => name.replace('lib/', '')), ...(packages === 'any' ? [] : packages)].toSorted(),
  ]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(held));
});

test('no comment leans on a paper that is not in the repository', () => {
  const missing = files
    .filter((file) => /^(lib|app)\/.*\.tsx?$/.test(file) && file !== 'lib/house.test.ts')
    .flatMap((file) =>
      [...read(file).matchAll(/[\w./-]+\.md\b|\b(?:performance|whatsapp-cloud) notes\b|\bmessage guidelines\b/gi)]
        .map(([cited]) => cited)
        .filter((cited) => !files.some((known) => `/${known}`.endsWith(`/${cited}`)))
        .map((cited) => `${file}: ${cited}`),
    );
  expect(missing).toEqual([]);
});

describe('documents', () => {
  test('every refusal has an entry in the error catalogue', () => {
    const page = ['app/docs/errors/page.tsx', 'docs/errors.md']
      .filter((file) => files.includes(file))
      .map(read)
      .join('\n');
    const isGenerated = /\bERRORS\b|\bERROR_CODES\b/.test(page);
    expect(isGenerated ? [] : ERROR_CODES.filter((code) => !page.includes(code))).toEqual([]);
  });

  test('every path that a document cites exists', () => {
    const citable =
      /(?:`|\]\()((?:lib|app|components|prisma|scripts|e2e|bench|docs|public|sdk|\.ci)\/[^\s`)<>*…{}]*)(?:`|\))/g;
    const missing = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...read(file).matchAll(citable)]
          .map((match) => (match[1] ?? '').replace(/#.*$/, '').replace(/:\d+$/, ''))
          .filter((cited) => !cited.includes('NNNN') && !cited.startsWith('lib/db/generated'))
          .filter(
            (cited) => !existsSync(path.join(root, cited)) && !existsSync(path.join(root, path.dirname(file), cited)),
          )
          .map((cited) => `${file}: ${cited}`),
      );
    expect(missing).toEqual([]);
  });
});
