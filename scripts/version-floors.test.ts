import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const json = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

const floors = json<{
  packages: Record<string, { floor: string; reason: string }>;
  forbidden: Record<string, string>;
  image: { node: { floor: string } };
}>('version-floors.json');
const lock = json<{
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
}>('package-lock.json');

/** Every installed copy of a package, also the ones nested inside others. */
function installed(name: string): string[] {
  return Object.entries(lock.packages).flatMap(([place, entry]) =>
    place.endsWith(`node_modules/${name}`) && entry.version ? [entry.version] : [],
  );
}

/** Release order of plain versions; a pre-release counts as below its release. */
function isAtLeast(version: string, floor: string): boolean {
  const [numbers = '', preRelease] = version.split('-');
  const have = numbers.split('.').map(Number);
  const need = floor.split('.').map(Number);
  for (let place = 0; place < 3; place += 1) {
    const difference = (have[place] ?? 0) - (need[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return preRelease === undefined;
}

test.each(Object.entries(floors.packages))('%s is not older than its floor', (name, { floor, reason }) => {
  // A name that nothing is installed under would pass, whatever its floor.
  expect(installed(name), `${name} is not installed: drop its floor`).not.toEqual([]);
  for (const version of installed(name)) {
    expect(isAtLeast(version, floor), `${name} ${version} is below ${floor}: ${reason}`).toBe(true);
  }
});

test.each(Object.entries(floors.forbidden))('%s is not installed', (name, reason) => {
  expect(installed(name), reason).toEqual([]);
});

test('the image runs a Node that still gets security releases', () => {
  const versions = [...readFileSync(path.join(root, 'Dockerfile'), 'utf8').matchAll(/^FROM node:(\d+)/gm)].map(
    (match) => Number(match[1]),
  );
  expect(versions.length).toBeGreaterThan(0);
  for (const version of versions) expect(version).toBeGreaterThanOrEqual(Number(floors.image.node.floor));
});

test('versions are compared by number, not by letter', () => {
  expect(isAtLeast('16.10.0', '16.2.6')).toBe(true);
  expect(isAtLeast('16.2.5', '16.2.6')).toBe(false);
  expect(isAtLeast('16.2.6-canary.1', '16.2.6')).toBe(false);
});

test('the lock names the binaries of every platform: without them npm ci refuses it', () => {
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in lock.packages) && !(`${place}/node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});
