import type { HttpClient, HttpResult } from '@/lib/simulator/http-client';
import type { SimTime } from '@/lib/simulator/sim-time';

/** How stubborn a provider is when the app does not take a webhook. */
export type RetryRule = {
  triesMax: number;
  /** Simulated milliseconds before the second try; doubles with each further one. */
  backoffMs: number;
  retries(result: HttpResult): boolean;
};

export type OutboundWebhook = { url: string; headers: Record<string, string>; body: string; retry: RetryRule };

export type WebhookFate = 'taken' | 'given_up' | 'dropped';

/** The app should answer within a second; a real provider waits about this long. Unscaled. */
const TIMEOUT_MS = 15_000;

export const isTaken = (result: HttpResult): boolean =>
  result.kind === 'answered' && result.status >= 200 && result.status < 300;

/** Posts webhooks: a bounded number at once, a bounded number waiting, a bounded number of tries each. */
export class WebhooksOut {
  readonly #client: HttpClient;
  readonly #time: SimTime;
  readonly #atOnceMax: number;
  readonly #waitingMax: number;
  #queue: (() => void)[] = [];
  #inFlight = 0;
  #held = 0;
  readonly counts = { posted: 0, taken: 0, retried: 0, given_up: 0, dropped: 0 };

  constructor(client: HttpClient, time: SimTime, atOnceMax = 64, waitingMax = 50_000) {
    this.#client = client;
    this.#time = time;
    this.#atOnceMax = atOnceMax;
    this.#waitingMax = waitingMax;
  }

  /** Webhooks not yet taken or given up. */
  get held(): number {
    return this.#held;
  }

  /** Resolves when the webhook was taken, given up after its last try, or dropped because too many wait. */
  async post(webhook: OutboundWebhook): Promise<WebhookFate> {
    if (this.#held >= this.#waitingMax) {
      this.counts.dropped += 1;
      return 'dropped';
    }
    this.#held += 1;
    const fate = await this.#try(webhook);
    this.#held -= 1;
    this.counts[fate] += 1;
    return fate;
  }

  async #try(webhook: OutboundWebhook): Promise<WebhookFate> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.#postOnce(webhook);
      if (isTaken(result)) return 'taken';
      if (attempt >= webhook.retry.triesMax || !webhook.retry.retries(result)) return 'given_up';
      this.counts.retried += 1;
      await this.#time.wait(webhook.retry.backoffMs * 2 ** (attempt - 1));
    }
  }

  async #postOnce(webhook: OutboundWebhook): Promise<HttpResult> {
    if (this.#inFlight >= this.#atOnceMax) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#inFlight += 1;
    this.counts.posted += 1;
    try {
      return await this.#client.call({
        url: webhook.url,
        headers: webhook.headers,
        body: webhook.body,
        timeoutMs: TIMEOUT_MS,
      });
    } finally {
      this.#inFlight -= 1;
      this.#queue.shift()?.();
    }
  }
}
