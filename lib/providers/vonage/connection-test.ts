import { judgeExchange, type Refused } from '@/lib/providers/outcome';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { callVonage, readRefusal } from '@/lib/providers/vonage/api';

/**
 * Posts an empty message. Nothing can be sent by it: bad credentials are told first (401), good ones get as far as the
 * missing fields (422). The application's JWT opens no door that only reads.
 */
export async function testConnection(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<{ isGood: boolean; detail: string }> {
  const { ended, secrets } = await callVonage(connection, {}, signal);
  const judged = judgeExchange<Refused | { kind: 'good' }>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, secrets, false);
    return refusal && status === 422 ? { kind: 'good' } : refusal;
  });
  if (judged.kind === 'good') return { isGood: true, detail: 'Vonage took the credentials' };
  return { isGood: false, detail: judged.detail };
}
