import { z } from 'zod';
import { readRefusal } from '@/lib/providers/meta-cloud/errors';
import { callGraph } from '@/lib/providers/meta-cloud/graph';
import { judgeExchange, type Refused } from '@/lib/providers/outcome';
import type { ConnectionAccess } from '@/lib/providers/provider';

const phoneNumber = z.object({
  id: z.string(),
  verified_name: z.string().max(200).optional().catch(undefined),
  display_phone_number: z.string().max(40).optional().catch(undefined),
});

/** Reads the sender's own phone number object: proves address, token and number without sending anything. */
export async function testMeta(
  connection: ConnectionAccess,
  signal: AbortSignal,
): Promise<{ isGood: boolean; detail: string }> {
  const { phone_number_id: id } = connection.settings;
  const path = `${encodeURIComponent(id ?? '')}?fields=id,verified_name,display_phone_number`;
  const ended = await callGraph(connection, { method: 'GET', path }, signal);
  const result = judgeExchange<{ kind: 'found'; name: string | null } | Refused>(ended, (answer, status) => {
    const refusal = readRefusal(answer, status, Object.values(connection.credentials));
    const found = phoneNumber.safeParse(answer);
    if (refusal || status >= 300 || !found.success) return refusal;
    return { kind: 'found', name: found.data.verified_name ?? null };
  });
  if (result.kind === 'found') return { isGood: true, detail: result.name ? `Sends as ${result.name}` : 'Works' };
  return { isGood: false, detail: result.detail };
}
