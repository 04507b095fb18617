import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AccountsInput } from '@/lib/simulator/accounts';
import { type SimulatorOptions, startSimulator } from '@/lib/simulator/server';

/**
 * Runs the provider simulator: `node --import tsx scripts/simulator.ts [--port 4100] [--smtp-port 4125] [--config accounts.json]
 * [--speed 1] [--seed 1] [--ordinary believable|prompt] [--crowd http://127.0.0.1:3000 --crowd-key ww_live_… [--crowd-rate 40]]`.
 * Prints one line of JSON when it answers. Ends at once on SIGTERM and SIGINT.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'smtp-port': { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    config: { type: 'string' },
    speed: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    ordinary: { type: 'string', default: 'believable' },
    crowd: { type: 'string' },
    'crowd-key': { type: 'string' },
    'crowd-rate': { type: 'string', default: '40' },
  },
});

const options: SimulatorOptions = {
  port: Number(values.port),
  smtpPort: Number(values['smtp-port']),
  host: values.host,
  speed: Number(values.speed),
  seed: Number(values.seed),
  settings: { ordinary: values.ordinary === 'prompt' ? 'prompt' : 'believable' },
};
if (values.config !== undefined) options.accounts = JSON.parse(readFileSync(values.config, 'utf8')) as AccountsInput;
if (values.crowd !== undefined && values['crowd-key'] !== undefined) {
  options.crowd = { baseUrl: values.crowd, apiKey: values['crowd-key'], perMinute: Number(values['crowd-rate']) };
}

const simulator = await startSimulator(options);
console.log(
  JSON.stringify({ event: 'simulator.ready', url: simulator.url, smtp_url: simulator.smtpUrl, pid: process.pid }),
);

const end = () => void simulator.close().then(() => process.exit(0));
process.once('SIGTERM', end);
process.once('SIGINT', end);
