import type { ConnectionAccess } from '@/lib/providers/provider';
import { notDone, secretsOf } from '@/lib/providers/smtp/send';
import { converse, serverOf } from '@/lib/providers/smtp/session';

/** Connects, secures the connection, logs in and hangs up. */
export async function testConnection(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<{ isGood: boolean; detail: string }> {
  const { username: user, password: pass } = connection.credentials;
  const server = serverOf(connection);
  if ('flaw' in server || !user || !pass) return { isGood: false, detail: 'The connection cannot be called' };
  const ended = await converse(server, { user, pass }, null, signal);
  if (ended.kind === 'done') return { isGood: true, detail: 'The server took the credentials' };
  const { detail } = notDone(ended, secretsOf(connection));
  return { isGood: false, detail: ended.kind === 'refused' ? `The server answered ${ended.code}: ${detail}` : detail };
}
