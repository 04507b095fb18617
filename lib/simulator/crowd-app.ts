import { randomUUID } from 'node:crypto';
import type { Errand } from '@/lib/simulator/crowd-people';
import type { HttpClient } from '@/lib/simulator/http-client';
import { asObject, parseObject } from '@/lib/simulator/replies';

/** What a client of the app learns from a verification it asked for. */
export type Issued = { id: string; expiresAt: Date; resendAfter: Date; switchTo: string[] };

/** An answer that is no success is named by its error code, or by what the connection did. */
export type AppAnswer<T> = { ok: T } | { refused: string };

const TIMEOUT_MS = 15_000;

/** The app's public API as a customer uses it: over HTTP, with a key, knowing nothing else. */
export class CrowdApp {
  readonly #client: HttpClient;
  readonly #baseUrl: string;
  readonly #apiKey: string;

  constructor(client: HttpClient, baseUrl: string, apiKey: string) {
    this.#client = client;
    this.#baseUrl = baseUrl.replace(/\/$/, '');
    this.#apiKey = apiKey;
  }

  issue(errand: Errand): Promise<AppAnswer<Issued>> {
    const { person } = errand;
    const body = {
      to: person.to,
      use_case: errand.useCase,
      locale: person.locale,
      client: { ip: person.ip, user_agent: person.userAgent, device_id: person.deviceId, country: person.country },
      ...(errand.channel === null ? {} : { channel: errand.channel }),
      ...(errand.transaction === null ? {} : { transaction: errand.transaction }),
    };
    return this.#post('verifications', body, issuedFrom);
  }

  /** Answers the outcome: `approved`, `mismatch`, `expired` … */
  check(id: string, code: string, transaction: Errand['transaction']): Promise<AppAnswer<string>> {
    const body = { code, ...(transaction === null ? {} : { transaction }) };
    return this.#post(`verifications/${id}/check`, body, (answer) =>
      typeof answer.outcome === 'string' ? answer.outcome : null,
    );
  }

  resend(id: string, channel: string | null): Promise<AppAnswer<true>> {
    return this.#post(`verifications/${id}/resend`, channel === null ? {} : { channel }, () => true as const);
  }

  cancel(id: string): Promise<AppAnswer<true>> {
    return this.#post(`verifications/${id}/cancel`, {}, () => true as const);
  }

  async #post<T>(
    path: string,
    body: unknown,
    read: (answer: Record<string, unknown>) => T | null,
  ): Promise<AppAnswer<T>> {
    const result = await this.#client.call({
      url: `${this.#baseUrl}/api/v1/${path}`,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
    });
    if (result.kind === 'failed') return { refused: 'unreachable' };
    const answer = parseObject(result.body);
    if (result.status < 200 || result.status > 299) {
      const code = asObject(answer?.error)?.code;
      return { refused: typeof code === 'string' ? code.slice(0, 40) : `http_${result.status}` };
    }
    const value = answer === null ? null : read(answer);
    return value === null ? { refused: 'unreadable_answer' } : { ok: value };
  }
}

function issuedFrom(answer: Record<string, unknown>): Issued | null {
  const { id, expires_at: expiresAt, resend_after: resendAfter, switch_to: switchTo } = answer;
  if (typeof id !== 'string' || typeof expiresAt !== 'string') return null;
  return {
    id,
    expiresAt: new Date(expiresAt),
    resendAfter: new Date(typeof resendAfter === 'string' ? resendAfter : expiresAt),
    switchTo: Array.isArray(switchTo) ? switchTo.filter((channel) => typeof channel === 'string') : [],
  };
}
