import type { Provider } from '@/lib/providers/provider';
import { testConnection } from '@/lib/providers/smtp/connection-test';
import { sendMail } from '@/lib/providers/smtp/send';

/** E-mail through a mail server. Nothing calls back: bounces go to the sender's own mailbox. */
export const smtp: Provider = {
  name: 'smtp',
  channels: ['email'],
  // Every house has its own server; without an address it is the one on this machine.
  defaultBaseUrl: 'smtp://localhost:587',
  send: sendMail,
  isSilent: true,
  isAuthentic: () => false,
  readEvents: () => [],
  testConnection,
};
