import { blindIndex } from '@/lib/crypto/blind-index';
import type { Channel } from '@/lib/domain/channel';
import { fallbackFirst } from '@/lib/domain/routing/override';
import type { Plan } from '@/lib/domain/routing/plan';
import { REACHABILITY_DAYS, REPROBE_ONE_IN } from '@/lib/domain/verification/limits';
import { alternativeStep, planFor, policyOf, requireSteps } from '@/lib/operations/routes/plan-for';
import { readNumber } from '@/lib/phone/number';
import type { Random } from '@/lib/simulator/random';
import { carrierTo, type Trouble } from './carriers';
import { type Eras, eraAt } from './eras';
import type { Journal } from './journal';
import { Ledger, SENDS_KEPT_MS } from './ledger';
import { type Conduct, type Life, live } from './life';
import { addRows, type Phone, type Request } from './rows';
import type { Buffers } from './tables';

/** One wish to be verified. */
export type Errand = Request & {
  at: number;
  phone: Phone;
  locale: string | null;
  /** The person's own choice. */
  channel: Channel | null;
  conduct: Conduct;
  troubles: readonly Trouble[];
};

const DAY_MS = 86_400_000;

/** A number as every row about it needs it; null for one that the API would refuse. */
export function phoneIn(to: string): Phone | null {
  const read = readNumber(to);
  if (typeof read === 'string') return null;
  return {
    to,
    country: read.country,
    masked: read.masked,
    toBlind: blindIndex('number', read.e164),
    prefixBlind: blindIndex('prefix', read.prefix),
  };
}

/** The same for a number that is known to be served; throws when it is not. */
export function phoneOf(to: string): Phone {
  const phone = phoneIn(to);
  if (!phone) throw new Error(`${to} is not a number that the API takes`);
  return phone;
}

/** Writes lives into the buffers: plans them with the configuration of the database, lives them, and keeps the counters beside them. */
export class Author {
  readonly #eras: Eras;
  readonly #journal: Journal | null;
  readonly #buffers: Buffers;
  readonly #random: Random;
  readonly #until: number;
  readonly #plans = new Map<string, Plan>();
  readonly #ttls: ReadonlyMap<string, number | null>;
  readonly #ledger = new Ledger();

  /**
   * @param eras the configuration of each time, oldest first; before the first one the first one holds
   * @param until the present; nothing later has happened
   * @param journal told of every live verification
   */
  constructor(eras: Eras, buffers: Buffers, random: Random, until: number, journal: Journal | null = null) {
    this.#eras = eras;
    this.#journal = journal;
    this.#ttls = new Map(
      eras.flatMap(({ configuration }) => configuration.templates).map(({ id, ttlSeconds }) => [id, ttlSeconds]),
    );
    this.#buffers = buffers;
    this.#random = random;
    this.#until = until;
  }

  /** Errands must come in order of time, as far as they concern one number. Answers the life and its uuid. */
  write(errand: Errand): { id: string; life: Life } {
    const { at, phone, channel, livemode } = errand;
    const plan = this.#plan(errand, at);
    const life = live({
      random: this.#random,
      at,
      until: this.#until,
      plan,
      firstStep: this.#firstStep(plan, phone, at),
      channel,
      livemode,
      conduct: errand.conduct,
      carrier: carrierTo(phone, this.#random, errand.troubles, (id) => this.#ttls.get(id) ?? null),
      segmentsOf: ({ channel, segments = 1 }) => (channel === 'sms' ? segments : null),
    });
    this.#ledger.note(life, phone, errand, at > this.#until - SENDS_KEPT_MS - DAY_MS);
    const id = addRows(this.#buffers, life, phone, errand, this.#until);
    if (livemode) this.#journal?.note(id, life, phone, errand);
    return { id, life };
  }

  /** Adds what the counters hold at the end: budgets, limits and remembered numbers. */
  writeLedger(): void {
    this.#ledger.addRows(this.#buffers, this.#until);
  }

  #plan(errand: Errand, at: number): Plan {
    const { appId, useCase, phone, channel, locale } = errand;
    const era = eraAt(this.#eras, at);
    const override = era.overrides.find(
      (each) => each.country === phone.country && at >= each.from && at < each.until.getTime(),
    );
    const key = [era.from, override?.id, appId, useCase, phone.country, channel, locale].join(' ');
    const known = this.#plans.get(key);
    if (known) return known;
    const { configuration } = era;
    const planned = planFor(configuration, {
      country: phone.country,
      policy: policyOf(configuration, useCase),
      channel,
      locale,
      app: configuration.apps.get(appId) ?? null,
      // One connection per channel: nothing is drawn.
      draw: 0,
    });
    // Whether an override runs is judged by the clock of now; this one ran then.
    const made = override ? fallbackFirst(planned, override) : planned;
    requireSteps(made, channel, phone.country);
    this.#plans.set(key, made);
    return made;
  }

  /** The second channel for a number that was off the first one lately; one in twenty is tried again all the same. */
  #firstStep(plan: Plan, phone: Phone, at: number): number {
    const alternative = alternativeStep(plan);
    const first = plan.steps[0]?.channel;
    if (alternative === null || first === undefined) return 0;
    const offAt = this.#ledger.offSince(phone, first);
    if (offAt === null || offAt > at || offAt < at - REACHABILITY_DAYS * DAY_MS) return 0;
    return this.#random() * REPROBE_ONE_IN < 1 ? 0 : alternative;
  }
}
