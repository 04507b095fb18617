import { SETTLED_SECONDS } from '@/lib/db/analytics/alert-flows';
import type { Flow } from '@/lib/domain/alerts/flows';
import type { Channel } from '@/lib/domain/channel';
import { bucketOf } from '@/lib/domain/stats/histogram';
import type { Life, MessageLife } from './life';
import type { Phone, Request } from './rows';

/** What became of one live message, and since when the system knew. Milliseconds since 1970; null for never. */
export type Sent = {
  verificationId: string;
  appId: string;
  country: string;
  channel: Channel;
  connectionId: string;
  template: string;
  at: number;
  isUnanswered: boolean;
  answeredAt: number | null;
  takenAt: number | null;
  failedAt: number | null;
  /** When it arrived by the provider's clock, and when we were told. */
  arrivedAt: number | null;
  arrivalToldAt: number | null;
  heardAt: number | null;
  costMicros: number;
  costAt: number | null;
};

/** A live verification as the impact of a change counts it. */
type Asked = { at: number; country: string; useCase: string; costMicros: number };

/** A message without news is judged after this long. */
export const SETTLED_MS = SETTLED_SECONDS * 1_000;

/** Every live message in order of sending, so that somebody can look back at any moment. */
export class Journal {
  readonly #sent: Sent[] = [];
  readonly #asked: Asked[] = [];

  note(verificationId: string, life: Life, phone: Phone, request: Request): void {
    const { appId, useCase } = request;
    const costMicros = life.messages.reduce((sum, message) => sum + message.costMicros, 0);
    this.#asked.push({ at: life.at, country: phone.country, useCase, costMicros });
    for (const message of life.messages) {
      this.#sent.push({ verificationId, appId, country: phone.country, ...factsOf(message) });
    }
  }

  /** Lives overlap: their messages come out of order. Once, before anybody asks. */
  sort(): void {
    this.#sent.sort((a, b) => a.at - b.at);
    this.#asked.sort((a, b) => a.at - b.at);
  }

  sentBetween(from: number, to: number): Sent[] {
    return between(this.#sent, from, to);
  }

  countBetween(from: number, to: number): number {
    return placeOf(this.#sent, to) - placeOf(this.#sent, from);
  }

  askedBetween(from: number, to: number): Asked[] {
    return between(this.#asked, from, to);
  }
}

function between<T extends { at: number }>(list: readonly T[], from: number, to: number): T[] {
  return list.slice(placeOf(list, from), placeOf(list, to));
}

/** Of the first that is not earlier. */
function placeOf(list: readonly { at: number }[], at: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function factsOf(message: MessageLife): Omit<Sent, 'verificationId' | 'appId' | 'country'> {
  const { via, receipts, answeredAt } = message;
  const told = (statuses: readonly string[]) =>
    earliest(receipts.filter(({ status }) => statuses.includes(status)).map(({ receivedAt }) => receivedAt));
  const takenAt = message.isKnownToProvider ? answeredAt : null;
  const arrivalToldAt = told(['delivered', 'read']);
  return {
    channel: via.channel,
    connectionId: via.connectionId,
    template: via.template.name ?? via.template.id,
    at: message.submittedAt,
    isUnanswered: message.state === 'unknown',
    answeredAt,
    takenAt,
    failedAt: message.failedAt === null ? null : (told(['failed']) ?? answeredAt),
    arrivedAt: earliest([message.deliveredAt, message.readAt]),
    arrivalToldAt,
    heardAt: told(['sent', 'delivered', 'read', 'failed']),
    costMicros: message.costMicros,
    costAt: via.priceRule === 'delivered' ? arrivalToldAt : takenAt,
  };
}

function earliest(list: readonly (number | null)[]): number | null {
  const known = list.filter((at): at is number => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** The same sums as lib/db/analytics/alert-flows.ts makes of rows, from what was known at a moment; null: all that ever was. */
export function flowsOf(sent: readonly Sent[], now: number | null): Flow[] {
  const found = new Map<string, Flow & { delays: [number, number][] }>();
  const known = (at: number | null) => at !== null && (now === null || at <= now);
  for (const one of sent) {
    const { appId, country, channel, connectionId } = one;
    const key = `${appId} ${country} ${channel} ${connectionId}`;
    const flow = found.get(key) ?? { ...EMPTY, appId, country, channel, connectionId, delays: [] };
    found.set(key, flow);
    const isSettled = now === null || one.at < now - SETTLED_MS;
    const [isTaken, hasFailed, hasArrived] = [known(one.takenAt), known(one.failedAt), known(one.arrivalToldAt)];
    flow.submitted += 1;
    if (one.isUnanswered && known(one.answeredAt)) flow.unknown += 1;
    if ((isTaken || hasFailed) && (isSettled || hasArrived || hasFailed)) flow.answered += 1;
    if (hasArrived) flow.delivered += 1;
    if (isTaken && isSettled) flow.accepted += 1;
    if (isTaken && known(one.heardAt)) flow.heard += 1;
    if (known(one.costAt)) flow.costMicros += one.costMicros;
    if (hasArrived && one.arrivedAt !== null) flow.delays.push([bucketOf(one.arrivedAt - one.at), 1]);
  }
  return [...found.values()];
}

const EMPTY = { submitted: 0, unknown: 0, answered: 0, delivered: 0, accepted: 0, heard: 0, costMicros: 0 };
