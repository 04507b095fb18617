import { z } from 'zod';
import { judgeExchange, type Refused } from '@/lib/providers/outcome';
import type { ConnectionAccess, ProviderEvent } from '@/lib/providers/provider';
import { callYCloud, type MessageResource, messageResource } from '@/lib/providers/ycloud/api';
import { readRefusal } from '@/lib/providers/ycloud/reasons';
import { readReceipt } from '@/lib/providers/ycloud/receipts';

type Found = { kind: 'found'; message: MessageResource };
const page = z.object({ items: z.array(z.unknown()).max(100) });

/**
 * Asks what became of a message: a WhatsApp message by its id, else an SMS, of which there is only a list to filter. Null
 * when YCloud gives no answer or has not got further than accepting it.
 */
export async function fetchReceipt(
  connection: ConnectionAccess,
  providerMessageId: string,
  signal: AbortSignal,
): Promise<ProviderEvent | null> {
  const id = encodeURIComponent(providerMessageId);
  const secrets = Object.values(connection.credentials);
  for (const path of [`whatsapp/messages/${id}`, `sms?limit=1&filter.id=${id}`]) {
    const ended = await callYCloud(connection, { path }, signal);
    const read = judgeExchange<Found | Refused>(ended, (answer, status) => {
      const listed = page.safeParse(answer);
      const parsed = messageResource.safeParse(listed.success ? listed.data.items[0] : answer);
      if (status >= 300 || !parsed.success) return readRefusal(answer, status, secrets);
      return { kind: 'found', message: parsed.data };
    });
    if (read.kind === 'found' && read.message.id === providerMessageId) {
      return readReceipt(read.message, new Date(), secrets);
    }
    if (ended.kind !== 'answered' || ended.status !== 404) return null;
  }
  return null;
}
