import { parseArgs } from 'node:util';
import { generate } from './build';

/**
 * `npm run demo`: a whole installation on this machine, with a believable past and a crowd that requests codes.
 * Everything it makes is in `.watchword/`. Ctrl-C ends what it started; the next start finds data and keys again.
 */
const HELP = `npm run demo -- [options]
  --port N            address of the console and the API (default 3000, or a free one)
  --simulator-port N  address of the pretend carriers (default 4010, or a free one)
  --fresh             forget everything an earlier demo made
  --crowd N           codes that a crowd requests per minute, 0 to 600 (default 2, as much as in the seeded past)
  --quiet-crowd       nobody requests codes but you
  --no-seed           no history: only apps, keys, accounts, routes and templates
  --dev               Next's development server: no build, changes show at once`;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'simulator-port': { type: 'string' },
    fresh: { type: 'boolean', default: false },
    crowd: { type: 'string', default: '2' },
    'quiet-crowd': { type: 'boolean', default: false },
    'no-seed': { type: 'boolean', default: false },
    dev: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const crowdPerMinute = values['quiet-crowd'] ? 0 : Number(values.crowd);
if (!Number.isInteger(crowdPerMinute) || crowdPerMinute < 0 || crowdPerMinute > 600) {
  console.error('--crowd takes a whole number from 0 to 600.');
  process.exit(1);
}

const began = Date.now();
const say = (line: string) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);

let stack: import('./stack').Stack | null = null;
let isEnding = false;
async function end(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  console.log('\nending');
  await stack?.stop();
  process.exit(exitCode);
}
// Before the first child exists. A signal while things still start waits until they have, so that nothing is left behind.
let wantsToEnd = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    wantsToEnd = true;
    if (stack) void end(0);
  });
}
// npm hands signals on, unless it is killed itself: then we have become an orphan that nobody can find.
const npm = process.env.npm_lifecycle_event ? process.ppid : null;
setInterval(() => {
  if (npm !== null && process.ppid !== npm && stack) void end(0);
}, 1_000).unref();

try {
  generate();
  const { startStack } = await import('./stack');
  const { port, 'simulator-port': simulatorPort } = values;
  stack = await startStack({
    folder: '.watchword',
    seed: values['no-seed'] ? 'none' : 'demo',
    fresh: values.fresh,
    crowdPerMinute,
    isDevelopment: values.dev,
    ports: {
      ...(port ? { web: Number(port) } : {}),
      ...(simulatorPort ? { simulator: Number(simulatorPort) } : {}),
    },
    onProgress: say,
  });
} catch (error: unknown) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
if (wantsToEnd) await end(0);

say('ready');
console.log(introduction(stack.demo));
void stack.web.exited.then(() => ended('server', 'server.log'));
void stack.simulator.exited.then(() => ended('simulator', 'simulator.log'));

function ended(what: string, log: string): void {
  if (isEnding) return;
  console.error(`\nThe ${what} ended by itself; its last lines are in .watchword/${log}`);
  void end(1);
}

function introduction({ base_url, simulator_url, apps, accounts }: import('./demo-file').DemoFile): string {
  const people = accounts.map(({ role, email, password }) => `    ${role.padEnd(10)} ${email.padEnd(28)} ${password}`);
  return `
  Console    ${base_url}
${people.join('\n')}

  Issue a code (numbers that end in 0001 to 0010 misbehave, see README.md):
    curl -s ${base_url}/api/v1/verifications -H 'authorization: Bearer ${apps[0]?.live_key}' \\
      -H 'content-type: application/json' -d '{"to": "+6281234567890", "use_case": "login"}'

  Read it on the pretend phone:
    curl -s '${simulator_url}/_control/messages?to=%2B6281234567890'

  Check it:
    curl -s ${base_url}/api/v1/verifications/<id>/check -H 'authorization: Bearer ${apps[0]?.live_key}' \\
      -H 'content-type: application/json' -d '{"code": "<code>"}'

  Keys, accounts and secrets are in .watchword/demo.json, logs beside it. Ctrl-C ends everything.
`;
}
