import type { Channel } from '@/lib/domain/channel';

/** One message resource of Twilio's API. `to` and `from` are as the caller wrote them. */
export type TwilioMessage = {
  sid: string;
  accountSid: string;
  channel: Channel;
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  segments: number;
  status: string;
  errorCode: number | null;
  price: string | null;
  callbackUrl: string | null;
  createdAt: Date;
  sentAt: Date | null;
  updatedAt: Date;
};

/** Messages that can be asked for by sid: the newest `keep` of them. */
export class TwilioMessages {
  readonly #bySid = new Map<string, TwilioMessage>();
  readonly #keep: number;

  constructor(keep: number) {
    this.#keep = keep;
  }

  add(message: TwilioMessage): void {
    this.#bySid.set(message.sid, message);
    if (this.#bySid.size <= this.#keep) return;
    const oldest = this.#bySid.keys().next();
    if (!oldest.done) this.#bySid.delete(oldest.value);
  }

  find(accountSid: string, sid: string): TwilioMessage | null {
    const message = this.#bySid.get(sid);
    return message?.accountSid === accountSid ? message : null;
  }

  clear(): void {
    this.#bySid.clear();
  }
}

/** Twilio writes times as RFC 2822 and prices as negative texts. */
export function twilioMessageJson(message: TwilioMessage): Record<string, unknown> {
  const time = (at: Date) => at.toUTCString().replace('GMT', '+0000');
  const uri = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  return {
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: time(message.createdAt),
    date_sent: message.sentAt === null ? null : time(message.sentAt),
    date_updated: time(message.updatedAt),
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments:
      message.messagingServiceSid !== null && message.status === 'accepted' ? '0' : String(message.segments),
    price: message.price,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}
