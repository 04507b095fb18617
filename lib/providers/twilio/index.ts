import type { Provider } from '@/lib/providers/provider';
import { fetchReceipt } from '@/lib/providers/twilio/poll';
import { readTwilioEvents } from '@/lib/providers/twilio/receipts';
import { sendMessage } from '@/lib/providers/twilio/send';
import { isFromTwilio } from '@/lib/providers/twilio/signature';
import { testTwilio } from '@/lib/providers/twilio/test-connection';

/** SMS, and WhatsApp through Twilio's Content templates. A lost callback is not redelivered for long: poll. */
export const twilio: Provider = {
  name: 'twilio',
  channels: ['sms', 'whatsapp'],
  defaultBaseUrl: 'https://api.twilio.com',
  send: sendMessage,
  isAuthentic: isFromTwilio,
  readEvents: readTwilioEvents,
  fetchReceipt,
  testConnection: testTwilio,
};
