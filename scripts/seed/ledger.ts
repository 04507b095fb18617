import { sendLimitKey } from '@/lib/db/bytes';
import type { Channel } from '@/lib/domain/channel';
import { bytes, time, times, truth } from './copy';
import type { Life } from './life';
import type { Phone, Request } from './rows';
import type { Buffers } from './tables';

type Budget = { request: Request; phone: Phone; failures: number[]; sinceSuccess: number; updatedAt: number };
type Sends = { key: Buffer; at: number[]; usedAt: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Counters of sends are forgotten after two days, numbers off a channel after nobody asks (lib/db/retention.ts). */
export const SENDS_KEPT_MS = 2 * DAY_MS;

/** The counters that the system keeps beside verifications: wrong guesses, sends, and numbers that are off a channel. */
export class Ledger {
  readonly #budgets = new Map<string, Budget>();
  readonly #sends = new Map<string, Sends>();
  readonly #off = new Map<string, { phone: Phone; channel: Channel; at: number }>();

  /** When the number proved not to be on the channel; null when it never did. */
  offSince(phone: Phone, channel: Channel): number | null {
    return this.#off.get(`${phone.to} ${channel}`)?.at ?? null;
  }

  /** `isLate`: recent enough for its sends to be counted still. */
  note(life: Life, phone: Phone, request: Request, isLate: boolean): void {
    for (const { channel, at } of life.offChannel) this.#off.set(`${phone.to} ${channel}`, { phone, channel, at });
    this.#noteGuesses(life, phone, request);
    if (isLate) this.#noteSends(life, phone, request);
  }

  #noteGuesses(life: Life, phone: Phone, request: Request): void {
    const key = [request.appId, request.livemode, phone.to, request.useCase].join(' ');
    for (const { at, outcome } of life.attempts) {
      // Too late: nothing was guessed.
      if (outcome === 'expired') continue;
      const known = this.#budgets.get(key);
      if (outcome === 'approved') {
        if (known && known.sinceSuccess > 0) Object.assign(known, { sinceSuccess: 0, updatedAt: at });
        continue;
      }
      const failures = [...(known?.failures ?? []).filter((then) => then > at - DAY_MS), at];
      const sinceSuccess = (known?.sinceSuccess ?? 0) + 1;
      this.#budgets.set(key, { request, phone, failures, sinceSuccess, updatedAt: at });
    }
  }

  #noteSends(life: Life, phone: Phone, request: Request): void {
    const number = sendLimitKey('number', request.livemode, phone.toBlind);
    const prefix = sendLimitKey('prefix', request.livemode, phone.prefixBlind);
    const resends = life.events.filter(({ kind }) => kind === 'resend').map(({ at }) => at);
    for (const at of [life.at, ...resends]) this.#count(number, at, DAY_MS);
    this.#count(prefix, life.at, HOUR_MS);
    // An approval gives its prefix one send back.
    if (life.approvedAt !== null) this.#sends.get(prefix.toString('latin1'))?.at.pop();
  }

  #count(key: Buffer, at: number, windowMs: number): void {
    const name = key.toString('latin1');
    const kept = (this.#sends.get(name)?.at ?? []).filter((then) => then > at - windowMs);
    this.#sends.set(name, { key, at: [...kept, at], usedAt: at });
  }

  addRows(buffers: Buffers, now: number): void {
    for (const { request, phone, failures, sinceSuccess, updatedAt } of this.#budgets.values()) {
      buffers.failure_budget.add([
        request.appId,
        truth(request.livemode),
        bytes(phone.toBlind),
        request.useCase,
        times(failures),
        String(sinceSuccess),
        time(updatedAt),
      ]);
    }
    for (const { key, at, usedAt } of this.#sends.values()) {
      if (usedAt > now - SENDS_KEPT_MS) buffers.send_limit.add([bytes(key), times(at), time(usedAt)]);
    }
    for (const { phone, channel, at } of this.#off.values()) {
      buffers.reachability.add([bytes(phone.toBlind), channel, truth(false), time(at)]);
    }
  }
}
