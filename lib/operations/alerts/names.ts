import type { Names } from '@/lib/domain/alerts/sentence';
import type { Configuration } from '@/lib/operations/configuration/snapshot';

const regions = new Intl.DisplayNames('en', { type: 'region' });
const CHANNELS: Readonly<Record<string, string>> = {
  whatsapp: 'WhatsApp',
  sms: 'SMS',
  email: 'E-mail',
  voice: 'Voice',
};

/** What people call connections, countries and channels, as configuration names them now. */
export const namesOf = (configuration: Configuration): Names => ({
  connection: (id) => configuration.connections.get(id)?.name ?? 'a removed connection',
  country: (code) => (/^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code),
  channel: (channel) => CHANNELS[channel] ?? channel,
});
