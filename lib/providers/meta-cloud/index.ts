import { readMetaEvents } from '@/lib/providers/meta-cloud/receipts';
import { sendTemplate } from '@/lib/providers/meta-cloud/send';
import { answerHandshake, isFromMeta } from '@/lib/providers/meta-cloud/signature';
import { createTemplate, listTemplates } from '@/lib/providers/meta-cloud/templates';
import { testMeta } from '@/lib/providers/meta-cloud/test-connection';
import type { Provider } from '@/lib/providers/provider';

/** WhatsApp through Meta's Cloud API. Lost callbacks are redelivered for up to 7 days, so there is nothing to poll. */
export const metaCloud: Provider = {
  name: 'meta-cloud',
  channels: ['whatsapp'],
  defaultBaseUrl: 'https://graph.facebook.com',
  send: sendTemplate,
  isAuthentic: isFromMeta,
  // An app has one callback address for all its numbers.
  sharedSecret: 'app_secret',
  readEvents: readMetaEvents,
  answerChallenge: answerHandshake,
  testConnection: testMeta,
  templates: { create: createTemplate, list: listTemplates },
};
