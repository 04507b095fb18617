import type { RefusedIssues } from '@/lib/db/refused-issues';
import type { Channel } from '@/lib/domain/channel';
import { hasArrived } from '@/lib/domain/message/states';
import type { Random } from '@/lib/simulator/random';
import { type Author, type Errand, phoneOf } from './author';
import { type Eras, eraAt } from './eras';
import { type Incident, incidentsBefore, narrowNumber, PUMPING, pumpedNumber, pumpingSpan } from './incidents';
import type { Life } from './life';
import { choiceOf, conductOf, drawUseCase, noteRequest, People, type Person } from './people';
import { PLACES } from './places';
import { type Arrival, arrivals } from './traffic';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HALF_HOUR_MS = HOUR_MS / 2;

/** Live requests of the ordinary kind. */
const TOTAL = 51_000;
export const HISTORY_DAYS = 60;
/** History ends this long ago: the longest default lifetime, so that everything in it has ended. */
const ENDED_MS_AGO = 10 * MINUTE_MS;
const TEST_SHARE = 0.007;
const LIVES_PER_PIECE = 100;

/** A verification worth opening, by what it shows. */
export type Highlights = Map<string, string>;

/** Where history begins: a UTC midnight, 60 days and some hours ago. */
export function historySpan(now: number): { from: number; to: number } {
  return { from: Math.floor((now - HISTORY_DAYS * DAY_MS) / DAY_MS) * DAY_MS, to: now - ENDED_MS_AGO };
}

/** Sixty days of traffic of two apps, told in small pieces, so that rows can be written while later lives are lived. */
export class History {
  readonly highlights: Highlights = new Map();
  readonly incidents: readonly Incident[];
  /** What the limit per prefix kept out. */
  readonly refused: RefusedIssues[] = [];
  count = 0;
  readonly #author: Author;
  readonly #eras: Eras;
  readonly #appIds: readonly [string, string];
  readonly #random: Random;
  readonly #people: People;
  readonly #now: number;
  readonly #end: number;

  constructor(options: {
    author: Author;
    eras: Eras;
    appIds: readonly [string, string];
    random: Random;
    now: number;
  }) {
    this.#author = options.author;
    this.#eras = options.eras;
    this.#appIds = options.appIds;
    this.#random = options.random;
    this.#now = options.now;
    this.#people = new People(options.random);
    this.#end = historySpan(options.now).to;
    this.incidents = incidentsBefore(options.now).all;
  }

  /** Yields after every hundred lives; `day` counts from 1. */
  *tell(): Generator<{ day: number }> {
    const span = historySpan(this.#now);
    const pumping = pumpingSpan(this.#now);
    let hasPumped = false;
    let told = 0;
    for (const arrival of arrivals(span, PLACES, TOTAL, this.#random)) {
      if (!hasPumped && arrival.at >= pumping.from) {
        hasPumped = true;
        this.#pump();
      }
      this.#request(arrival);
      if (this.count - told < LIVES_PER_PIECE) continue;
      told = this.count;
      yield { day: 1 + Math.floor((arrival.at - span.from) / DAY_MS) };
    }
  }

  #request({ at, place }: Arrival): void {
    const random = this.#random;
    const { person, isNew } = this.#people.next(place, at);
    const useCase = drawUseCase(person, isNew, random);
    const route = eraAt(this.#eras, at).configuration.routeFor(person.phone.country);
    const channel = choiceOf(person, route, random);
    const choices = route.channels
      .filter((entry) => entry.enabled && entry.channel !== channel)
      .map((entry) => entry.channel);
    const errand = this.#errand(person, at, useCase, channel, choices);
    const { life } = this.#write(errand);
    let freeAt = life.expiresAt + 5 * MINUTE_MS;
    if (life.supersededAt !== null) {
      const again = this.#errand(person, life.supersededAt, useCase, channel, choices);
      freeAt =
        this.#write({ ...again, conduct: { ...again.conduct, renewsAfterMs: null } }).life.expiresAt + 5 * MINUTE_MS;
    }
    noteRequest(person, at, freeAt);
  }

  #errand(person: Person, at: number, useCase: string, channel: Channel | null, choices: readonly Channel[]): Errand {
    const random = this.#random;
    const conduct = conductOf(person.phone.country, useCase, choices, random);
    // Whoever begins anew must have ended by now as well.
    const isTooLate = conduct.renewsAfterMs !== null && at + conduct.renewsAfterMs > this.#end;
    return {
      at,
      phone: person.phone,
      appId: this.#appIds[person.app],
      livemode: random() >= TEST_SHARE,
      useCase,
      channel,
      locale: person.locale,
      client: person.client,
      conduct: isTooLate ? { ...conduct, renewsAfterMs: null } : conduct,
      troubles: this.incidents.map(({ trouble }) => trouble),
      ...this.#story(person.app, useCase),
    };
  }

  /** What the app wrote beside the request. */
  #story(app: 0 | 1, useCase: string): Pick<Errand, 'reference' | 'metadata' | 'transaction'> {
    const random = this.#random;
    const number = () => Math.floor(random() * 1e9).toString(36);
    if (useCase === 'payment' || useCase === 'withdrawal') {
      const amount = Math.round(4 + 180 * random() ** 2) * 1_000_000;
      const payee =
        ['Acme Shop', 'Harbour Air', 'Corner Pharmacy', 'Metro Cards', 'Green Grocer'][Math.floor(random() * 5)] ??
        'Acme Shop';
      return { reference: `pay-${number()}`, metadata: null, transaction: { amount, currency: 'USD', payee } };
    }
    if (app === 1 && random() < 0.5)
      return {
        reference: `parcel-${number()}`,
        metadata: { hub: `H${1 + Math.floor(random() * 12)}` },
        transaction: null,
      };
    return { reference: null, metadata: null, transaction: null };
  }

  #pump(): void {
    const random = this.#random;
    const { from, to } = pumpingSpan(this.#now);
    const seen = new Set<string>();
    const sends = new Map<string, number[]>();
    const { prefixPerHour } = eraAt(this.#eras, from).configuration.sendLimits;
    const burst = (perHour: number, draw: (random: Random) => string) =>
      Array.from({ length: perHour * PUMPING.hours }, (_, n) => ({
        at: from + Math.floor(((n + random()) / (perHour * PUMPING.hours)) * (to - from)),
        number: draw(random),
      }));
    const wanted = [...burst(PUMPING.perHour, pumpedNumber), ...burst(PUMPING.narrowPerHour, narrowNumber)];
    for (const { at, number } of wanted.sort((a, b) => a.at - b.at)) {
      if (seen.has(number)) continue;
      seen.add(number);
      const prefix = phoneOf(number).prefixBlind.toString('hex');
      const within = (sends.get(prefix) ?? []).filter((then) => then > at - HOUR_MS);
      sends.set(prefix, within);
      if (within.length >= prefixPerHour) {
        this.#refuse(at);
        continue;
      }
      within.push(at);
      const doesEnter = random() < PUMPING.entersShare;
      this.#write({
        at,
        phone: phoneOf(number),
        appId: this.#appIds[1],
        livemode: true,
        useCase: 'registration',
        channel: 'sms',
        locale: 'en',
        client: { user_agent: 'okhttp/4.12.0' },
        reference: null,
        metadata: null,
        transaction: null,
        conduct: {
          ...conductOf(PUMPING.country, 'registration', [], random),
          guesses: doesEnter ? [{ afterMs: 30_000, isRight: true }] : [],
          resends: [],
          renewsAfterMs: null,
          cancelsAfterMs: null,
        },
        troubles: [],
      });
    }
  }

  /** lib/operations/usage/refusals.ts: counted by half-hour. */
  #refuse(moment: number): void {
    const at = new Date(Math.floor(moment / HALF_HOUR_MS) * HALF_HOUR_MS);
    const known = this.refused.find((row) => row.at.getTime() === at.getTime());
    if (known) known.n += 1;
    else {
      const about = { appId: this.#appIds[1], country: PUMPING.country, useCase: 'registration' };
      this.refused.push({ ...about, at, code: 'too_many_verifications', n: 1 });
    }
  }

  #write(errand: Errand): { id: string; life: Life } {
    const written = this.#author.write(errand);
    this.count += 1;
    for (const what of highlightsOf(written.life)) this.highlights.set(what, written.id);
    return written;
  }
}

/** What a life shows well. The newest of a kind is remembered: its number has not been forgotten yet. */
function highlightsOf(life: Life): string[] {
  const [first, second] = life.messages;
  const fellBack = life.events.find(({ kind }) => kind === 'fallback');
  const found: string[] = [];
  if (
    fellBack &&
    first &&
    second &&
    hasArrived(first.state) &&
    (first.deliveredAt ?? 0) > second.submittedAt &&
    life.status === 'approved'
  ) {
    found.push('WhatsApp arrived after its SMS went out');
  }
  if (fellBack?.detail.cause === 'failed' && life.status === 'approved' && life.attempts.length > 1)
    found.push('fell back, mistyped, approved');
  if (first?.state === 'unknown' && life.status === 'approved') found.push('a send that was never answered');
  if (life.status === 'locked') found.push('locked after too many guesses');
  if (life.resendsUsed > 0 && life.status === 'approved') found.push('asked again, then approved');
  return found;
}
