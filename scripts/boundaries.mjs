// `npm run boundaries`: checks the table in .dependency-cruiser.cjs and prints every import that it forbids.
//
// Two repairs come first, because TypeScript 7 has no JavaScript API for dependency-cruiser to use: its swc parser does not know
// JSX, and it cannot read the `@/` alias from tsconfig.json. (Plain JavaScript, since a TypeScript loader changes how
// dependency-cruiser finds swc.)
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import swc from '@swc/core';

const root = path.join(import.meta.dirname, '..');
const parseFile = swc.parseFileSync;
let seesTypes = true;
swc.parseFileSync = (file, options) => {
  const tree = parseFile(file, { ...options, tsx: file.endsWith('.tsx') });
  return seesTypes ? tree : { ...tree, body: tree.body.filter((item) => !item.typeOnly) };
};

const { cruise } = await import('dependency-cruiser');
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const rooms = ['lib', 'app', 'components', 'server.ts', 'proxy.ts', 'instrumentation.ts'];

async function check(rules) {
  const { output, exitCode } = await cruise(
    rooms.filter((name) => existsSync(path.join(root, name))),
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden: rules }, outputType: 'err' },
    {
      alias: { '@': root },
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.css'],
      conditionNames: ['import', 'node', 'require', 'default', 'types'],
      exportsFields: ['exports'],
    },
  );
  console.log(String(output).trim());
  if (exitCode !== 0) process.exitCode = 1;
}

// Knowing another room's types is knowing that room. But two files that only share types do not need each other to run.
await check(forbidden.filter((rule) => !rule.to.circular));
seesTypes = false;
await check(forbidden.filter((rule) => rule.to.circular));
