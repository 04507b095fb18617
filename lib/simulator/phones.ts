import type { Channel, ProviderName } from '@/lib/domain/channel';
import { ALPHABETS } from '@/lib/domain/policy/alphabet';
import { IndexedRing } from '@/lib/simulator/indexed-ring';

/** One message that reached a phone: what its owner can read. `to` and `from` are E.164 unless a sender has a name. */
export type ReceivedMessage = {
  id: string;
  channel: Channel;
  provider: ProviderName;
  provider_message_id: string;
  to: string;
  from: string;
  /** E-mail only. */
  subject?: string;
  text: string;
  code: string | null;
  received_at: string;
};

type Listener = (message: ReceivedMessage) => void;

/** All simulated phones. A message is here only once it was delivered, never because it was sent. */
export class Phones {
  readonly #inbox: IndexedRing<ReceivedMessage>;
  readonly #listeners = new Map<string, Set<Listener>>();
  #count = 0;

  constructor(keep: number) {
    this.#inbox = new IndexedRing(keep, (message) => message.to);
  }

  get received(): number {
    return this.#count;
  }

  get kept(): number {
    return this.#inbox.size;
  }

  receive(message: Omit<ReceivedMessage, 'id' | 'received_at'>): void {
    this.#count += 1;
    const received = { id: `sim_${this.#count}`, ...message, received_at: new Date().toISOString() };
    this.#inbox.add(received);
    for (const listener of [...(this.#listeners.get(message.to) ?? [])]) listener(received);
  }

  /** What one phone received, or the newest of all phones, oldest first. */
  list(to: string | null, limit = 1000): ReceivedMessage[] {
    return to === null ? this.#inbox.newest(limit) : this.#inbox.of(to).slice(-limit);
  }

  /** Calls back at every arrival on one phone until the returned function is called. */
  onArrival(to: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(to) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(to, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(to);
    };
  }

  clear(): void {
    this.#inbox.clear();
  }
}

/** Where a message lies: an address in lower case, else a number as `e164` writes it. */
export function mailboxOrPhone(written: string | null | undefined): string | null {
  return written?.includes('@') ? written.trim().toLowerCase() : e164(written);
}

/** The four digits that decide a personality: the end of a number, or of an address before its @ (`person+0008@…`). */
export function lastFourOf(to: string): string {
  return to.includes('@') ? (/(\d{4})@/.exec(to)?.[1] ?? '') : to.slice(-4);
}

/** `+` and digits, from any of the ways a number is written in a URL or a provider's field; null when there is none. */
export function e164(written: string | null | undefined): string | null {
  const digits = (written ?? '').replace(/\D/g, '');
  return digits === '' ? null : `+${digits}`;
}

/** A word that letters and digits were drawn for. */
const LETTERED = new RegExp(`(?<![\\w.,+])[${ALPHABETS.letters_and_digits}]{4,10}(?!\\w)`, 'g');

/** The code a person would read in a text: the domain-bound last line first, else the first group that looks like one. */
export function codeIn(text: string): string | null {
  const bound = /@\S+ #(\S+)\s*$/.exec(text);
  if (bound?.[1]) return bound[1];
  const grouped = /(?<!\d)(\d{3})[- ](\d{3})(?!\d)/.exec(text);
  // Not an amount: `4990 JPY`.
  const plain = /(?<![\w.,+])\d{4,10}(?!\w|[.,]\d|\s[A-Z]{3}\b)/.exec(text);
  const words = [...text.matchAll(LETTERED)].map(([word]) => word);
  const mixed = words.find((word) => /\d/.test(word) && /[A-Z]/.test(word));
  if (mixed && (!plain || text.indexOf(mixed) < plain.index)) return mixed;
  if (plain && (!grouped || plain.index <= grouped.index)) return plain[0];
  // A code may be drawn without a digit among its letters.
  return grouped ? `${grouped[1]}${grouped[2]}` : (words[0] ?? null);
}
