import type { Provider } from '@/lib/providers/provider';
import { fetchReceipt } from '@/lib/providers/ycloud/poll';
import { readYCloudEvents } from '@/lib/providers/ycloud/receipts';
import { sendMessage } from '@/lib/providers/ycloud/send';
import { isFromYCloud } from '@/lib/providers/ycloud/signature';
import { createTemplate, listTemplates } from '@/lib/providers/ycloud/templates';
import { testYCloud } from '@/lib/providers/ycloud/test-connection';

/** WhatsApp and SMS through YCloud. A lost callback is redelivered for some hours only: poll. */
export const ycloud: Provider = {
  name: 'ycloud',
  channels: ['whatsapp', 'sms'],
  defaultBaseUrl: 'https://api.ycloud.com',
  send: sendMessage,
  isAuthentic: isFromYCloud,
  readEvents: readYCloudEvents,
  fetchReceipt,
  testConnection: testYCloud,
  templates: { create: createTemplate, list: listTemplates },
};
