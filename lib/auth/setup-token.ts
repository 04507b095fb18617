import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { database } from '@/lib/db/client';
import { hasAnyUser } from '@/lib/db/users';
import { env } from '@/lib/env';

export type SetupToken =
  /** Nothing to set up: there are users. */
  { kind: 'closed' } | { kind: 'from_environment'; token: string } | { kind: 'from_file'; token: string; file: string };

function tokenFile(): string {
  return path.resolve(env().WATCHWORD_DATA_DIR ?? '.watchword', 'setup-token');
}

/**
 * The one-time token that opens /setup while no user exists. Taken from WATCHWORD_SETUP_TOKEN, else made and kept in a
 * file that only this user can read; whoever starts the server tells where. Any number of processes agree on one file.
 */
export async function ensureSetupToken(): Promise<SetupToken> {
  if (await hasAnyUser(database())) return { kind: 'closed' };
  const given = env().WATCHWORD_SETUP_TOKEN;
  if (given) return { kind: 'from_environment', token: given };

  const file = tokenFile();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    },
  );
  return { kind: 'from_file', token: (await readFile(file, 'utf8')).trim(), file };
}

/** True while the installation has no user. */
export async function isSetupOpen(): Promise<boolean> {
  return !(await hasAnyUser(database()));
}

/** Compares in constant time. False as well when there is nothing to set up. */
export async function isSetupToken(given: string): Promise<boolean> {
  const expected = await ensureSetupToken();
  if (expected.kind === 'closed') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given.trim()), digest(expected.token));
}

/** Used up: the file goes. A token from the environment opens nothing any more, because a user exists. */
export async function forgetSetupToken(): Promise<void> {
  await rm(tokenFile(), { force: true });
}
