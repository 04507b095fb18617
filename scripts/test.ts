import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { requireChromium } from './chromium';

/**
 * `npm test`: everything that is checked, cheapest first, in the order of `.ci/run`. Stops at the first stage that fails.
 * `npm run check` is the part that needs no database and takes seconds.
 */
type Stage = { name: string; command: [string, ...string[]]; report?: string; environment?: Record<string, string> };

const reports = mkdtempSync(path.join(os.tmpdir(), 'watchword-reports-'));
const report = (name: string) => path.join(reports, `${name}.json`);
const bin = (name: string) => path.join('node_modules/.bin', name);
const vitest = (name: string, ...args: string[]): Stage => ({
  name,
  command: [
    bin('vitest'),
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report(name)}`,
  ],
  report: report(name),
});

const generate: Stage = { name: 'generate', command: [process.execPath, 'scripts/prisma.mjs'] };
const still: Stage[] = [
  { name: 'types', command: [bin('tsc'), '--noEmit'] },
  { name: 'lint', command: [bin('biome'), 'ci', '--error-on-warnings', '.'] },
  { name: 'boundaries', command: [process.execPath, 'scripts/boundaries.mjs'] },
];
const check = [
  generate,
  ...still,
  vitest('house', '--project', 'unit', 'lib/house.test.ts', 'scripts/version-floors.test.ts'),
];
const everything = [
  generate,
  ...still,
  vitest('unit', '--project', 'unit'),
  vitest('db', '--project', 'db'),
  { name: 'build', command: [bin('next'), 'build'], environment: { NODE_ENV: 'production' } },
  {
    name: 'browser',
    command: [bin('playwright'), 'test', '--reporter=list,json'],
    report: report('browser'),
    environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: report('browser') },
  },
] satisfies Stage[];

const isCheck = process.argv.includes('--check');
const stages: Stage[] = isCheck ? check : everything;
let passed = 0;
let failed = 0;
let skipped = 0;
let stoppedAt: string | null = null;

for (const [index, stage] of stages.entries()) {
  const began = Date.now();
  console.log(`\n── ${index + 1}/${stages.length} ${stage.name}`);
  let isGood = false;
  try {
    if (stage.name === 'browser') requireChromium();
    isGood = (await run(stage)) === 0;
  } catch (error: unknown) {
    console.error(error instanceof Error ? error.message : error);
  }
  const counted = stage.report ? count(stage.report) : { passed: 0, failed: 0, skipped: 0 };
  passed += counted.passed;
  failed += counted.failed;
  skipped += counted.skipped;
  const tests = stage.report ? `, ${words(counted)}` : '';
  console.log(`── ${stage.name} ${isGood ? 'ok' : 'FAILED'} (${((Date.now() - began) / 1000).toFixed(1)} s${tests})`);
  if (!isGood) {
    // A stage that is not made of tests counts as one failure, so that the last line never looks like success.
    if (counted.failed === 0) failed += 1;
    stoppedAt = stage.name;
    break;
  }
}

rmSync(reports, { recursive: true, force: true });
console.log(stoppedAt ? `\nstopped at: ${stoppedAt}` : '\neverything holds');
console.log(words({ passed, failed, skipped }));
process.exit(stoppedAt ? 1 : 0);

function run({ command: [program, ...args], environment }: Stage): Promise<number> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...environment } as NodeJS.ProcessEnv,
  });
  // Ctrl-C reaches the child through the terminal; a signal to us alone is passed on.
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.once('SIGTERM', pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', pass);
      resolve(code ?? 1);
    });
  });
}

function words({ passed, failed, skipped }: ReturnType<typeof count>): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Both reporters in their own words: vitest counts tests, Playwright counts expected, unexpected and flaky (passed in the end) ones.
 * A test that was skipped has shown nothing, and is told apart.
 */
function count(file: string): { passed: number; failed: number; skipped: number } {
  try {
    const json: {
      numPassedTests?: number;
      numFailedTests?: number;
      numPendingTests?: number;
      numTodoTests?: number;
      stats?: { expected: number; unexpected: number; flaky: number; skipped: number };
    } = JSON.parse(readFileSync(file, 'utf8'));
    if (json.stats) {
      const { expected, unexpected, flaky, skipped } = json.stats;
      return { passed: expected + flaky, failed: unexpected, skipped };
    }
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = json;
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
