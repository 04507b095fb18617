import type { Pool } from 'pg';
import { database } from '@/lib/db/client';
import { type ListFilter, listVerificationRows } from '@/lib/db/list-verifications';
import { quantile } from './measure';

export type PageMeasurement = { filter: string; depth: number; rows: number; ms: number[]; failure: string | null };

const ANY: ListFilter = {
  statuses: null,
  channels: null,
  countries: null,
  useCases: null,
  reference: null,
  toBlind: null,
  createdAfter: null,
  createdBefore: null,
};

const FILTERS: readonly { name: string; isOneApp?: boolean; filter: Partial<ListFilter> }[] = [
  { name: 'none', filter: {} },
  { name: 'one app', isOneApp: true, filter: {} },
  { name: 'country BR', filter: { countries: ['BR'] } },
  { name: 'one app, expired', isOneApp: true, filter: { statuses: ['expired'] } },
  { name: 'SMS', filter: { channels: ['sms'] } },
  { name: 'one app, payment, DE', isOneApp: true, filter: { useCases: ['payment'], countries: ['DE'] } },
  // One in half a million: the page may have to walk far.
  { name: 'locked, GT', filter: { statuses: ['locked'], countries: ['GT'] } },
];
const PAGE = 50;

/** Pages of the explorer by keyset, at several depths and under several filters. */
export async function measurePages(
  raw: Pool,
  options: { appId: string; runs: number; depths: readonly number[] },
  say: (line: string) => void,
): Promise<PageMeasurement[]> {
  const measured: PageMeasurement[] = [];
  for (const depth of options.depths) {
    const { rows } = await raw.query<{ id: string }>('SELECT id FROM verification ORDER BY id DESC OFFSET $1 LIMIT 1', [
      depth,
    ]);
    const after = depth === 0 ? null : (rows[0]?.id ?? null);
    if (depth > 0 && after === null) continue;
    for (const { name, isOneApp, filter } of FILTERS) {
      const ask = () =>
        listVerificationRows(
          database(),
          { appId: isOneApp ? options.appId : null, livemode: true },
          { ...ANY, ...filter },
          { after, limit: PAGE },
        );
      const one: PageMeasurement = { filter: name, depth, rows: 0, ms: [], failure: null };
      try {
        for (let run = -2; run < options.runs; run += 1) {
          const began = performance.now();
          one.rows = (await ask()).length;
          if (run >= 0) one.ms.push(performance.now() - began);
        }
      } catch (error: unknown) {
        one.failure = error instanceof Error ? error.message : String(error);
      }
      measured.push(one);
      say(
        `page after ${depth} rows, ${name}: ${one.failure ?? `${quantile(one.ms, 0.95).toFixed(1)} ms at p95, ${one.rows} rows`}`,
      );
    }
  }
  return measured;
}
