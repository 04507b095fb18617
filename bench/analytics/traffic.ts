import type { Pool } from 'pg';
import { database, reports } from '@/lib/db/client';
import { issueVerifications } from '@/lib/db/issue-verifications';
import { recordSends } from '@/lib/db/messages';
import { countedUntil } from '@/lib/db/rollups/project';
import { CHANGES_MAX, refreshRollups } from '@/lib/operations/rollups/refresh';
import { readNumber } from '@/lib/phone/number';
import { mobileNumber } from '@/lib/simulator/crowd-people';
import { seededRandom, weighted } from '@/lib/simulator/random';
import { PLACES } from '../../scripts/seed/places';
import { issueRowTo } from '../prepared';
import { sceneApps, USE_CASE_WEIGHTS, USE_CASES } from './scenery';

export type TrafficMeasurement = {
  perSecond: number;
  seconds: number;
  issued: number;
  /** Each refresh that took something, in milliseconds. */
  refreshMs: number[];
  /** Changes that each took. */
  changes: number[];
  /** How far the rollups were behind, looked at four times a second. */
  lagMs: number[];
};

const PER_SECOND = 300;
const BATCH_MS = 100;
/** As the worker does (lib/worker/timers.ts). */
const SWEEP_EVERY_MS = 500;

type Request = { appId: string; to: string; useCase: string };

/** Who asks: people of all countries, use cases and apps as in the history (bench/analytics/scenery.ts), no prefix more often than its limit of 20 an hour allows. */
async function drawRequests(raw: Pool, total: number): Promise<Request[]> {
  const random = seededRandom(300);
  const { rows } = await raw.query<{ id: string; name: string }>('SELECT id, name FROM app');
  const apps = sceneApps(0).flatMap(({ name, share }) => {
    const id = rows.find((row) => row.name === name)?.id;
    return id ? [[id, share] as const] : [];
  });
  const places = PLACES.map(({ country, weight }) => [country, weight] as const);
  const useCases = USE_CASES.map((useCase, n) => [useCase, USE_CASE_WEIGHTS[n] ?? 0] as const);
  const requests: Request[] = [];
  const ofPrefix = new Map<string, number>();
  while (requests.length < total) {
    const to = mobileNumber(weighted(random, places), random);
    const read = readNumber(to);
    if (typeof read === 'string') continue;
    const { prefix } = read;
    // One statement takes a prefix once; the same in the next hundred milliseconds would wait for the one before.
    const latest = ofPrefix.get(prefix);
    if (latest !== undefined && requests.length - latest < PER_SECOND) continue;
    ofPrefix.set(prefix, requests.length);
    requests.push({ appId: weighted(random, apps), to, useCase: weighted(random, useCases) });
  }
  return requests;
}

/**
 * Traffic of one busy hour while the sweep runs as it does in the worker: 300 verifications a second issued by the server's own
 * statement; of each the answer of the provider after 0.3 s, the delivery after 3 s and, of four in five, the approval after 9 s.
 * Codes and receipts are written as their rows: their own statements are measured by `npm run bench`.
 */
export async function measureTraffic(raw: Pool, seconds: number): Promise<TrafficMeasurement> {
  const made: TrafficMeasurement = { perSecond: PER_SECOND, seconds, issued: 0, refreshMs: [], changes: [], lagMs: [] };
  const requests = await drawRequests(raw, PER_SECOND * seconds);
  const began = Date.now();
  let isOver = false;
  const pending: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const later = (ms: number, work: () => Promise<unknown>) => {
    const done = new Promise((resolve) => setTimeout(resolve, ms))
      .then(work)
      .catch((error: unknown) => failures.push(error));
    pending.push(done);
  };

  const sweep = async () => {
    while (!isOver) {
      const at = performance.now();
      const taken = await refreshRollups();
      if (taken > 0) {
        made.refreshMs.push(performance.now() - at);
        made.changes.push(taken);
      }
      if (taken < CHANGES_MAX) await new Promise((resolve) => setTimeout(resolve, SWEEP_EVERY_MS));
    }
  };
  const look = async () => {
    while (!isOver) {
      made.lagMs.push(Math.max(0, Date.now() - (await countedUntil(reports())).getTime()));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const watching = [sweep(), look()];

  const perBatch = (PER_SECOND * BATCH_MS) / 1_000;
  for (let batch = 0; batch * BATCH_MS < seconds * 1_000; batch += 1) {
    const waitMs = began + batch * BATCH_MS - Date.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    later(0, async () => {
      const asked = requests.slice(batch * perBatch, (batch + 1) * perBatch);
      const rows = (await Promise.all(asked.map(issueRowTo))).map(({ row }) => row);
      const results = await issueVerifications(database(), rows);
      const refused = results.find(({ kind }) => kind !== 'issued');
      if (refused) throw new Error(`a verification was not issued: ${refused.kind}`);
      made.issued += rows.length;
      later(300, () =>
        recordSends(
          database(),
          rows.map(({ messageId, leaseToken }) => ({
            messageId,
            leaseToken,
            state: 'accepted',
            providerMessageId: `wamid.HBgM${messageId}`,
            segments: 1,
            reason: null,
            isOffChannel: false,
            providerCode: null,
            detail: null,
            polls: false,
          })),
        ),
      );
      later(3_000, () =>
        raw.query(
          `UPDATE message SET state = 'delivered', state_rank = 6, delivered_at = now(), cost_micros = price_micros WHERE id = ANY ($1::uuid[])`,
          [rows.map(({ messageId }) => messageId)],
        ),
      );
      later(9_000, () =>
        raw.query(
          `UPDATE verification SET status = 'approved', approved_at = now(), ended_at = now(), is_checkable = false, code_macs = '{}', code_sealed = NULL, checks_used = 1 WHERE id = ANY ($1::uuid[])`,
          [rows.slice(0, Math.round(perBatch * 0.8)).map(({ id }) => id)],
        ),
      );
    });
  }
  for (let n = 0; n < pending.length; n += 1) await pending[n];
  isOver = true;
  await Promise.all(watching);
  if (failures.length > 0) throw failures[0];
  return made;
}
