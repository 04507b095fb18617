import { type Exchange, exchange } from '@/lib/providers/http';
import type { ConnectionAccess } from '@/lib/providers/provider';

/**
 * One call of the Graph API as this connection: `path` follows the version, each part already encoded. A setting that is
 * missing makes an impossible URL or header, which is `unsendable`.
 */
export function callGraph(
  connection: ConnectionAccess,
  call: { method: 'GET' | 'POST'; path: string; body?: unknown },
  signal: AbortSignal,
): Promise<Exchange> {
  const { api_version: version } = connection.settings;
  const { access_token: token } = connection.credentials;
  if (!version || !token) return Promise.resolve({ kind: 'unsendable', code: 'incomplete_connection' });

  const base = { method: call.method, url: `${connection.baseUrl}/${version}/${call.path}` };
  const authorization = `Bearer ${token}`;
  return call.body === undefined
    ? exchange({ ...base, headers: { authorization } }, signal)
    : exchange(
        { ...base, headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(call.body) },
        signal,
      );
}
