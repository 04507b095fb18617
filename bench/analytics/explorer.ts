import type { Pool } from 'pg';
import type { SearchFilter } from '@/lib/db/explore-verifications';
import { publicId } from '@/lib/ids';
import { PATIENCE_MS, pageOfSearch } from '@/lib/operations/verifications/explore';
import { quantile } from './measure';

export type PageMeasurement = { filter: string; depth: number; rows: number; ms: number[]; failure: string | null };

const only = (key: SearchFilter['key'], ...values: (string | boolean)[]): SearchFilter => ({
  key,
  values,
  isExcluded: false,
});

const FILTERS: readonly { name: string; isOneApp?: boolean; filters: readonly SearchFilter[] }[] = [
  { name: 'none', filters: [] },
  { name: 'one app', isOneApp: true, filters: [] },
  { name: 'country BR', filters: [only('country', 'BR')] },
  { name: 'one app, expired', isOneApp: true, filters: [only('status', 'expired')] },
  { name: 'SMS', filters: [only('channel', 'sms')] },
  { name: 'one app, payment, DE', isOneApp: true, filters: [only('use_case', 'payment'), only('country', 'DE')] },
  // One in half a million: the page may have to walk far.
  { name: 'locked, GT', filters: [only('status', 'locked'), only('country', 'GT')] },
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
    for (const { name, isOneApp, filters } of FILTERS) {
      // As the API asks it: live traffic, and no longer than a page may take.
      const search = {
        filters: [only('mode', true), ...(isOneApp ? [only('app', options.appId)] : []), ...filters],
        createdAfter: null,
        createdBefore: null,
      };
      const ask = async () =>
        (
          await pageOfSearch(search, {
            startingAfter: after && publicId('verification', after),
            limit: PAGE,
            patienceMs: PATIENCE_MS.page,
            patienceEmptyMs: PATIENCE_MS.further,
          })
        ).data;
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
