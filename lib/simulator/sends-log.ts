import type { Channel, ProviderName } from '@/lib/domain/channel';
import { IndexedRing } from '@/lib/simulator/indexed-ring';

/**
 * One call to a provider's send endpoint, taken or not. `outcome` is `accepted`, `refused:<provider's code>`, or the
 * way the provider misbehaved (`hang`, `reset`, `error500` …). `because` names the rule that decided.
 */
export type LoggedSend = {
  at: string;
  provider: ProviderName;
  channel: Channel;
  to: string | null;
  opaque_id: string | null;
  provider_message_id: string | null;
  outcome: string;
  because: string;
};

export class SendsLog {
  readonly #ring: IndexedRing<LoggedSend>;
  readonly #counts = new Map<string, number>();

  constructor(keep: number) {
    this.#ring = new IndexedRing(keep, (send) => send.to ?? '');
  }

  add(send: Omit<LoggedSend, 'at'>): void {
    this.#ring.add({ at: new Date().toISOString(), ...send });
    const name = `${send.provider}.${send.channel}.${send.outcome}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  list(to: string | null, limit = 1000): LoggedSend[] {
    return to === null ? this.#ring.newest(limit) : this.#ring.of(to).slice(-limit);
  }

  /** Calls so far by `provider.channel.outcome`. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  clear(): void {
    this.#ring.clear();
    this.#counts.clear();
  }
}
