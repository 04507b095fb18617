import type { Provider } from '@/lib/providers/provider';
import { testConnection } from '@/lib/providers/vonage/connection-test';
import { readVonageEvents } from '@/lib/providers/vonage/receipts';
import { sendMessage } from '@/lib/providers/vonage/send';
import { isFromVonage } from '@/lib/providers/vonage/signature';

/** SMS and WhatsApp through Vonage's Messages API. Lost callbacks are repeated for a day, so there is nothing to poll. */
export const vonage: Provider = {
  name: 'vonage',
  channels: ['sms', 'whatsapp'],
  defaultBaseUrl: 'https://api.nexmo.com',
  send: sendMessage,
  isAuthentic: isFromVonage,
  readEvents: readVonageEvents,
  testConnection,
};
