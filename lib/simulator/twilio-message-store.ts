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
