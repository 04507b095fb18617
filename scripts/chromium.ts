import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** A Chromium of this machine: CHROMIUM_PATH, one on the PATH, or the one that Playwright downloaded earlier. Null when there is none. */
export function findChromium(): string | null {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, where nothing is.`);
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    MAC,
    chromium.executablePath(),
  ];
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** Finds a Chromium or installs one: with apt for root on Debian and Ubuntu, otherwise Playwright's own. Throws with what to do instead. */
export function requireChromium(): string {
  const found = findChromium();
  if (found) return found;

  const attempts: [program: string, ...args: string[]][] =
    process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
      ? [
          ['apt-get', 'update'],
          ['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium'],
        ]
      : [['npx', 'playwright', 'install', 'chromium']];
  console.log(`no Chromium found, so: ${attempts.map((attempt) => attempt.join(' ')).join(' && ')}`);
  try {
    for (const [program, ...args] of attempts) {
      execFileSync(program, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    }
  } catch {
    // Said below, together with what else can be done.
  }
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    'The browser tests need Chromium, and it could not be installed. Install Chromium or Google Chrome in any way you like and run ' +
      'again; if it is in an unusual place, name it: CHROMIUM_PATH=/path/to/chromium npm test',
  );
}
