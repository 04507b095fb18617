import { readFile } from 'node:fs/promises';
import { simulatorControl } from '@/lib/simulator/control-client';
import type { DemoFile } from '../demo-file';
import { call, field, pause } from './ground';

/**
 * What each personality of the simulator does to a code: which channel brought it, after how long. Runs against a demo that
 * is running: `node --import tsx scripts/campaigns/personalities.ts [.watchword/demo.json]`.
 */
const file = process.argv[2] ?? '.watchword/demo.json';
const demo = JSON.parse(await readFile(file, 'utf8')) as DemoFile;
const simulator = simulatorControl(demo.simulator_url);
const key = demo.apps[0]?.live_key ?? '';
const WAIT_MS = 110_000;
const unique = String(Date.now() % 100_000).padStart(5, '0');

const PERSONALITIES: Record<string, string> = {
  '0001': 'not on WhatsApp: failed by webhook',
  '0002': 'send refused at once',
  '0003': 'sent, never delivered',
  '0004': 'delivered after 45 s',
  '0005': 'receipts twice and out of order',
  '0006': 'provider answers 500',
  '0007': 'provider never answers',
  '0008': 'SMS undelivered',
  '0009': 'every channel fails',
  '0010': 'receipt before the send has answered',
};

type Message = { channel: string; state: string; cause: string; reason: string | null; submitted_at: string };
type Life = { status: string; messages: Message[]; decisions: { kind: string; detail: { cause?: string } }[] };

async function follow(lastFour: string): Promise<string[]> {
  const to = `+62812${unique}${lastFour}`;
  const began = Date.now();
  const issued = await call('POST', `${demo.base_url}/api/v1/verifications`, key, { body: { to } });
  const id = field(issued.body, 'id');
  if (issued.status !== 201)
    return [lastFour, PERSONALITIES[lastFour] ?? '', `${issued.status}`, field(issued.body, 'error'), '', ''];
  let life: Life | null = null;
  let received: Awaited<ReturnType<typeof simulator.messages>> = [];
  while (Date.now() - began < WAIT_MS) {
    received = await simulator.messages(to);
    life = (await call('GET', `${demo.base_url}/api/v1/verifications/${id}`, key)).body as Life;
    if (received.length > 0 || life.status !== 'pending') break;
    await pause(100);
  }
  const [first] = received;
  const seconds = first ? ((Date.parse(first.received_at) - began) / 1000).toFixed(1) : '—';
  const checked = first
    ? field(
        (await call('POST', `${demo.base_url}/api/v1/verifications/${id}/check`, key, { body: { code: first.code } }))
          .body,
        'outcome',
      )
    : (life?.status ?? '');
  // Receipts may still be on their way; a moment later the trail is what the console shows.
  await pause(3_500);
  life = (await call('GET', `${demo.base_url}/api/v1/verifications/${id}`, key)).body as Life;
  const trail = life.messages
    .map(({ channel, state, reason }) => `${channel} ${state}${reason ? ` (${reason})` : ''}`)
    .join(' → ');
  return [lastFour, PERSONALITIES[lastFour] ?? '', first?.channel ?? 'none', seconds, trail, checked];
}

const rows = [
  ['ends in', 'behaves', 'code came by', 'after s', 'messages', 'check'],
  ...(await Promise.all(Object.keys(PERSONALITIES).map(follow))),
];
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
for (const row of rows) console.log(row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  '));
process.exit(0);
