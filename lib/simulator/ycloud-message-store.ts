import type { PlannedReceipt } from '@/lib/simulator/plan';

/** One message of YCloud's API, WhatsApp or SMS, with the account that owns it. */
export type YCloudMessage = {
  id: string;
  apiKey: string;
  channel: 'whatsapp' | 'sms';
  /** What was asked for and echoes back: from, to, type, template, text, senderId, externalId. */
  asked: Record<string, unknown>;
  wabaId: string | null;
  wamid: string | null;
  country: string | null;
  segments: number;
  priceUsd: number;
  status: string;
  /** Meta's code at WhatsApp; SMS tells none unless a scenario names one. */
  errorCode: number | null;
  createdAt: Date;
  updatedAt: Date;
  /** The event of each status that was told: a repetition carries the same id. */
  eventIds: Record<string, string>;
  happened: Partial<Record<PlannedReceipt['status'], Date>>;
};

/** Messages that can be asked for by id: the newest `keep` of them. */
export class YCloudMessages {
  readonly #byId = new Map<string, YCloudMessage>();
  readonly #keep: number;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get size(): number {
    return this.#byId.size;
  }

  add(message: YCloudMessage): void {
    this.#byId.set(message.id, message);
    if (this.#byId.size <= this.#keep) return;
    const oldest = this.#byId.keys().next();
    if (!oldest.done) this.#byId.delete(oldest.value);
  }

  find(apiKey: string, channel: YCloudMessage['channel'], id: string): YCloudMessage | null {
    const message = this.#byId.get(id);
    return message?.apiKey === apiKey && message.channel === channel ? message : null;
  }

  clear(): void {
    this.#byId.clear();
  }
}
