import pg from 'pg';
import type { Db, Statement } from '@/lib/db/client';
import { addRefusedIssues } from '@/lib/db/refused-issues';
import { env } from '@/lib/env';
import { publicId } from '@/lib/ids';
import { reloadConfiguration } from '@/lib/operations/configuration/snapshot';
import { rebuildRollups } from '@/lib/operations/rollups/rebuild';
import { seededRandom } from '@/lib/simulator/random';
import type { SeedSize } from '../demo-file';
import { writeAlarms } from './alarms';
import { Author } from './author';
import { makeChanges, writeVersions } from './changes';
import type { Eras } from './eras';
import { HISTORY_DAYS, History } from './history';
import { incidentsBefore, PUMPING, pumpingSpan } from './incidents';
import type { Installation } from './installation';
import { Journal } from './journal';
import { writeSamples } from './samples';
import { type Buffers, newBuffers, TABLES, writeBuffers } from './tables';

/** The same seed tells the same story; ids, keys and sealed bytes differ each time. */
export const SEED = 20_260_101;

const DAY_MS = 86_400_000;

/** What an issue does in its own statement: the numbers of verifications that live belong to them. */
const HOLD_NUMBERS = `INSERT INTO live_verification (to_blind, app_id, use_case, livemode, verification_id)
SELECT to_blind, app_id, use_case, livemode, id FROM verification WHERE is_checkable`;

type Scene = {
  client: pg.Client;
  buffers: Buffers;
  author: Author;
  installation: Installation;
  now: number;
  say(line: string): void;
};

/**
 * Writes the past of an installation in one transaction: all of it or none. Only what people changed is live before: history is sent under it.
 *
 * @param options.isCounted false leaves the rollups to the worker: for tests that look at rows
 */
export async function writePast(
  size: Exclude<SeedSize, 'none'>,
  options: {
    installation: Installation;
    publicUrl: string;
    now: Date;
    isCounted?: boolean;
    onProgress(line: string): void;
  },
): Promise<void> {
  const { installation, publicUrl, onProgress: say } = options;
  const now = options.now.getTime();
  const client = new pg.Client({ connectionString: env().DATABASE_URL, application_name: 'watchword-seed' });
  await client.connect();
  try {
    const changes = size === 'demo' ? await makeChanges(now, installation.metaId) : null;
    const eras: Eras = changes?.eras ?? [{ from: 0, configuration: await reloadConfiguration(), overrides: [] }];
    await client.query('BEGIN');
    await client.query('SELECT begin_monthly_partitions($1)', [new Date(now - HISTORY_DAYS * DAY_MS)]);
    const random = seededRandom(SEED);
    const buffers = newBuffers();
    const journal = new Journal();
    const author = new Author(eras, buffers, random, now, changes ? journal : null);
    const scene: Scene = { client, buffers, author, installation, now, say };
    let links: string[] = [];
    if (changes) {
      const history = new History({ author, eras, appIds: installation.appIds, random, now });
      await writeHistory(scene, history);
      journal.sort();
      const tx = inTransaction(client);
      await addRefusedIssues(tx, history.refused);
      await writeVersions(tx, changes, journal);
      const { metaId, since } = installation;
      say(`${await writeAlarms(tx, { changes, journal, metaId, since, now })} alerts`);
      links = linksOf(history, publicUrl, now);
    } else {
      const count = writeSamples(author, installation.appIds, random, now);
      say(`${count} verifications, one of every kind`);
    }
    author.writeLedger();
    await writeBuffers(client, buffers);
    await client.query(HOLD_NUMBERS);
    await client.query('COMMIT');
    // A fresh table has no statistics, and a console page planned without them is slow until autovacuum comes by, which then looks closer.
    await client.query('SET default_statistics_target = 25');
    await client.query(`ANALYZE ${TABLES.join(', ')}`);
    // Else the worker would count it piece by piece after the start, while whoever opens the console looks at zeros.
    if (options.isCounted ?? true) say(`${await rebuildRollups({ from: null, to: null })} verifications counted`);
    for (const link of links) say(link);
  } finally {
    await client.end();
  }
}

/** The seed's own connection as statements of lib/db want it. */
const inTransaction = (client: pg.Client): Db => ({
  async query<Row extends pg.QueryResultRow>({ text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    return (await client.query<Row>(text, [...values])).rows;
  },
});

const REPORT_EVERY_DAYS = 10;
/** More than this many verifications never wait in memory for Postgres. */
const WAITING_MAX = 10_000;

/** Lives on while Postgres takes in what was lived so far. */
async function writeHistory({ client, buffers, installation, now, say }: Scene, history: History): Promise<void> {
  let rows = 0;
  let writing: Promise<void> | null = null;
  let failure: unknown = null;
  const write = async () => {
    try {
      rows += await writeBuffers(client, buffers);
    } catch (error: unknown) {
      failure = error;
    }
    writing = null;
  };
  let nextReport = REPORT_EVERY_DAYS;
  try {
    for (const { day } of history.tell()) {
      if (failure !== null) throw failure;
      writing ??= write();
      // Each piece gives the writer a turn; when it falls far behind, wait for it.
      if (buffers.verification.size > WAITING_MAX) await writing;
      else await new Promise((resolve) => setImmediate(resolve));
      if (day <= nextReport) continue;
      say(`day ${nextReport} of ${HISTORY_DAYS}: ${history.count} verifications so far`);
      nextReport += REPORT_EVERY_DAYS;
    }
  } finally {
    // Also when a life could not be lived: nobody may close the connection under the writer.
    await writing;
  }
  if (failure !== null) throw failure;
  rows += await writeBuffers(client, buffers);
  const { token } = incidentsBefore(now);
  await client.query("UPDATE connection SET alerted_at = $2, alert_reason = 'credentials_rejected' WHERE id = $1", [
    installation.metaId,
    new Date(token.to),
  ]);
  say(`${history.count} verifications in ${rows} rows`);
}

/** Addresses of screens worth opening. Wall times are UTC. */
function linksOf(history: History, publicUrl: string, now: number): string[] {
  const wall = (at: number) => new Date(at).toISOString().slice(0, 16);
  const HOUR_MS = 3_600_000;
  const list = (filter: string, span: { from: number; to: number }) =>
    `${publicUrl}/verifications?${filter}range=custom&from=${wall(span.from - HOUR_MS)}&to=${wall(span.to + HOUR_MS)}`;
  const spans = history.incidents.map((incident) => ({
    about: incident.about,
    url: list(incident.country ? `country=${incident.country}&` : '', incident),
  }));
  const pumping = {
    about: 'SMS to one range of numbers that nobody reads',
    url: list(`country=${PUMPING.country}&`, pumpingSpan(now)),
  };
  const lives = [...history.highlights].map(([about, id]) => ({
    about,
    url: `${publicUrl}/verifications/${publicId('verification', id)}`,
  }));
  return [
    'worth opening (times in UTC):',
    ...[...spans, pumping, ...lives].flatMap(({ about, url }) => [`  ${about}`, `    ${url}`]),
  ];
}
