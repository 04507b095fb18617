import { writeFile } from 'node:fs/promises';
import type { SeedDemo } from './demo-file';
import { seedDemo } from './seed';

/** Run by scripts/stack.ts with the environment of the server: seeds, and leaves what it made in a file. */
const [task = '', result = ''] = process.argv.slice(2);
const seed: SeedDemo = seedDemo;
const made = await seed({ ...JSON.parse(task), onProgress: console.log });
await writeFile(result, JSON.stringify(made), { mode: 0o600 });
process.exit(0);
