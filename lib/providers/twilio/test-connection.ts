import { z } from 'zod';
import { exchange } from '@/lib/providers/http';
import { judgeExchange, type Refused } from '@/lib/providers/outcome';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { readRefusal, secretsOf } from '@/lib/providers/twilio/api';

const account = z.object({ sid: z.string(), status: z.string().max(40).optional().catch(undefined) });

/** Reads the account itself: proves address, account and token without sending anything. */
export async function testTwilio(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<{ isGood: boolean; detail: string }> {
  const { account_sid: sid = '' } = connection.settings;
  const { auth_token: token = '' } = connection.credentials;
  const url = `${connection.baseUrl}/2010-04-01/Accounts/${encodeURIComponent(sid)}.json`;
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
  const ended = await exchange({ method: 'GET', url, headers: { authorization } }, signal);
  const result = judgeExchange<{ kind: 'found'; status: string } | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, secretsOf(connection));
    const found = account.safeParse(answer);
    if (refusal || status >= 300 || !found.success) return refusal;
    return { kind: 'found', status: found.data.status ?? 'active' };
  });
  if (result.kind !== 'found') return { isGood: false, detail: result.detail };
  return { isGood: result.status === 'active', detail: `The account is ${result.status}` };
}
