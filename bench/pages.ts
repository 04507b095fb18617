import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { requireChromium } from '../scripts/chromium';
import type { DemoFile } from '../scripts/demo-file';
import { quantile } from './analytics/measure';

/**
 * `npm run bench:pages -- [--demo .watchword/demo.json] [--runs 5]`: opens every analytics page of a running demo in a browser that has nothing cached,
 * and says when its largest part was painted (LCP), how far it moved (CLS) and how much script came before and after it had loaded.
 */
const PAGES = [
  '/overview',
  '/overview?range=90d',
  '/analytics/delivery',
  '/analytics/delivery?range=90d',
  '/analytics/response-times',
  '/analytics/response-times?range=90d',
  '/analytics/cost',
  '/analytics/cost?range=90d',
  '/analytics/fallback',
  '/analytics/fallback?range=90d',
  '/verifications',
  '/live',
  '/alerts',
] as const;
const AIMS = { lcpMs: 1_200, cls: 0.02, scriptKb: 220 } as const;
/** What a page does when it has loaded (charts, prefetched pages) is over by then. */
const SETTLED_MS = 2_500;

type Visit = { lcpMs: number; cls: number; scriptKb: number; laterKb: number };

const WATCH = `
window.seen = { lcp: 0, cls: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.seen.lcp = entry.startTime;
}).observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.cls += entry.value;
}).observe({ type: 'layout-shift', buffered: true });`;

/** Scripts that the document names are what it needs at first; all others are fetched by those. */
const READ = `(() => {
  const named = new Set([...document.querySelectorAll('script[src]')].map((script) => script.src));
  const sizes = { scriptKb: 0, laterKb: 0 };
  const loaded = performance.getEntriesByType('navigation')[0].loadEventStart;
  for (const entry of performance.getEntriesByType('resource'))
    if (/\\.js(\\?|$)/.test(entry.name))
      sizes[named.has(entry.name) && entry.startTime < loaded ? 'scriptKb' : 'laterKb'] += entry.encodedBodySize / 1024;
  return { lcpMs: window.seen.lcp, cls: window.seen.cls, ...sizes };
})()`;

async function visit(browser: Browser, address: string, cookies: Cookies): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await context.addCookies(cookies);
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    await page.goto(address, { waitUntil: 'load' });
    // Live keeps a connection open: quiet is a matter of time.
    await page.waitForTimeout(SETTLED_MS);
    // As text: tsx gives inner functions a helper of its own, which no page has.
    return (await page.evaluate(READ)) as Visit;
  } finally {
    await context.close();
  }
}

type Cookies = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['cookies']>>;

async function signIn(browser: Browser, demo: DemoFile): Promise<Cookies> {
  const owner = demo.accounts.find(({ role }) => role === 'owner');
  if (!owner) throw new Error('the demo has no owner');
  const context = await browser.newContext();
  try {
    const { csrfToken } = (await (await context.request.get(`${demo.base_url}/api/auth/csrf`)).json()) as {
      csrfToken: string;
    };
    const answer = await context.request.post(`${demo.base_url}/api/auth/callback/credentials`, {
      form: { csrfToken, email: owner.email, password: owner.password, json: 'true' },
    });
    if (!answer.ok()) throw new Error(`the owner cannot sign in: ${answer.status()}`);
    return await context.cookies();
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { demo: { type: 'string', default: '.watchword/demo.json' }, runs: { type: 'string', default: '5' } },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 50) throw new Error('--runs takes a whole number from 1 to 50');
  const demo = JSON.parse(readFileSync(values.demo, 'utf8')) as DemoFile;
  const browser = await chromium.launch({
    executablePath: requireChromium(),
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  const lines: string[] = [];
  try {
    const cookies = await signIn(browser, demo);
    for (const page of PAGES) {
      const visits: Visit[] = [];
      // The first warms the server, as the second visitor of a day finds it.
      for (let run = -1; run < runs; run += 1) {
        const seen = await visit(browser, `${demo.base_url}${page}`, cookies);
        if (run >= 0) visits.push(seen);
      }
      const of = (key: keyof Visit, share: number) =>
        quantile(
          visits.map((seen) => seen[key]),
          share,
        );
      const isMet = of('lcpMs', 0.5) <= AIMS.lcpMs && of('cls', 1) <= AIMS.cls && of('scriptKb', 1) <= AIMS.scriptKb;
      lines.push(
        `| ${page} | ${(of('lcpMs', 0.5) / 1000).toFixed(2)} / ${(of('lcpMs', 1) / 1000).toFixed(2)} s | ${of('cls', 1).toFixed(4)} | ${of('scriptKb', 1).toFixed(0)} KB | ${of('laterKb', 1).toFixed(0)} KB | ${isMet ? 'yes' : '**no**'} |`,
      );
      process.stdout.write(`${lines.at(-1)}\n`);
    }
  } finally {
    await browser.close();
  }
  const folder = path.join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'pages.md'),
    `# Pages

${new Date().toISOString()}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'processor'}, load of the machine ${(os.loadavg()[0] ?? 0).toFixed(1)}. The seeded demo, server and browser on the same machine, nothing cached, 1440 × 900, ${runs} visits each after one that warms the server.

Aims: largest paint within ${AIMS.lcpMs / 1000} s (median), moved at most ${AIMS.cls}, at most ${AIMS.scriptKb} KB of script compressed before the page has loaded. "Later": charts and pages that are fetched ahead, behind it.

| page | LCP, median / most | CLS, most | script | later | met |
|---|---|---|---|---|---|
${lines.join('\n')}
`,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
