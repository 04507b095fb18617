import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { simulatorControl } from '@/lib/simulator/control-client';
import type { DemoFile } from '../demo-file';
import { call } from './caller';

// A running demo, one number of each personality: which channel brought the code, after how long.

const file = path.resolve(process.argv[2] ?? '.watchword', 'demo.json');
const demo = JSON.parse(await readFile(file, 'utf8')) as DemoFile;
const key = demo.apps[0]?.live_key ?? '';
const simulator = simulatorControl(demo.simulator_url);
/** Long enough for the 45 s of 0004 behind a fallback at 30 s. */
const WATCH_MS = 60_000;
// A prefix of its own each time, so that a second look finds no memory of the first.
const prefix = `+55119${7000 + (Math.floor(Date.now() / 60_000) % 2999)}`;

type Seen = { last4: string; id: string; at: number };
const issued: Seen[] = [];
for (let n = 1; n <= 11; n += 1) {
  const last4 = n === 11 ? '4242' : String(n).padStart(4, '0');
  const answer = await call(demo.base_url, key, '/verifications', { to: `${prefix}${last4}` });
  if (answer.status !== 201) throw new Error(`${last4}: ${answer.status} ${JSON.stringify(answer.body)}`);
  issued.push({ last4, id: String(answer.body.id), at: Date.now() });
}
await new Promise((resolve) => setTimeout(resolve, WATCH_MS));

const rows: string[][] = [['number', 'status', 'messages (channel: state, reason)', 'reached the phone']];
for (const { last4, id, at } of issued) {
  const { body } = await call(demo.base_url, key, `/verifications/${id}`);
  const messages = body.messages as { channel: string; state: string; reason: string | null }[];
  const received = await simulator.messages(`${prefix}${last4}`);
  rows.push([
    last4,
    String(body.status),
    messages.map(({ channel, state, reason }) => `${channel}: ${state}${reason ? `, ${reason}` : ''}`).join(' → '),
    received.map(({ channel, received_at }) => `${channel} +${((Date.parse(received_at) - at) / 1000).toFixed(1)} s`).join(', ') || '—',
  ]);
}
for (const row of rows) process.stdout.write(`| ${row.join(' | ')} |\n`);
