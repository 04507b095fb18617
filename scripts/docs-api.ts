import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeApi } from '@/lib/contract/openapi';
import { VERSION } from '@/lib/version';

/** Writes the committed snapshot, so that a change of the contract shows in review. lib/contract/openapi.test.ts compares. */
const file = path.join(import.meta.dirname, '../public/openapi.json');
writeFileSync(file, `${JSON.stringify(describeApi(VERSION), null, 2)}\n`);
process.stdout.write(`wrote ${path.relative(process.cwd(), file)}\n`);
