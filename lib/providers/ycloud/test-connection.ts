import { z } from 'zod';
import { judgeExchange, type Refused } from '@/lib/providers/outcome';
import type { ConnectionAccess } from '@/lib/providers/provider';
import { callYCloud } from '@/lib/providers/ycloud/api';
import { readRefusal } from '@/lib/providers/ycloud/reasons';

const balance = z.object({ amount: z.number(), currency: z.string().regex(/^[A-Z]{3}$/) });

/** Reads the account's balance: proves address and key without sending anything. */
export async function testYCloud(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<{ isGood: boolean; detail: string }> {
  const ended = await callYCloud(connection, { path: 'balance' }, signal);
  const result = judgeExchange<{ kind: 'found'; words: string } | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, Object.values(connection.credentials));
    const found = balance.safeParse(answer);
    if (refusal || status >= 300 || !found.success) return refusal;
    return { kind: 'found', words: `The balance is ${found.data.amount.toFixed(2)} ${found.data.currency}` };
  });
  return result.kind === 'found' ? { isGood: true, detail: result.words } : { isGood: false, detail: result.detail };
}
