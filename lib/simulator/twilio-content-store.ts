/** One Content resource: a WhatsApp authentication template in one language. */
export type TwilioContent = {
  sid: string;
  accountSid: string;
  friendlyName: string;
  language: string;
  isSecured: boolean;
  expirationMinutes: number | null;
  copyCodeText: string | null;
  approval: { name: string; status: string } | null;
  createdAt: Date;
};

const CONTENTS_MAX = 2000;

export class TwilioContents {
  readonly #bySid = new Map<string, TwilioContent>();

  /** Null when this simulator holds as many as it will. */
  put(content: TwilioContent): TwilioContent | null {
    if (this.#bySid.size >= CONTENTS_MAX && !this.#bySid.has(content.sid)) return null;
    this.#bySid.set(content.sid, content);
    return content;
  }

  find(accountSid: string, sid: string): TwilioContent | null {
    const content = this.#bySid.get(sid);
    return content?.accountSid === accountSid ? content : null;
  }

  remove(sid: string): void {
    this.#bySid.delete(sid);
  }
}
