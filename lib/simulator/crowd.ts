import { CrowdApp } from '@/lib/simulator/crowd-app';
import { crowdAt } from '@/lib/simulator/crowd-countries';
import { People } from '@/lib/simulator/crowd-people';
import { visit } from '@/lib/simulator/crowd-visit';
import { HttpClient } from '@/lib/simulator/http-client';
import type { World } from '@/lib/simulator/world';

export type CrowdStats = {
  per_minute: number;
  app: string | null;
  /** Visits going on now. */
  active: number;
  /** Visits begun since the start. */
  started: number;
  /** Visits not begun because too many were going on. */
  skipped: number;
  /** What happened, by `issue.ok`, `issue.<error code>`, `check.approved` … */
  counts: Record<string, number>;
};

const ACTIVE_MAX = 3000;
/** Names of outcomes come from the app, so their number is bounded here. */
const COUNTS_MAX = 200;

/**
 * A steady crowd of pretend users. They arrive one by one, at random, more of them where it is day; the rate is per
 * wall-clock minute whatever the speed. Nothing the app answers can stop them.
 */
export class Crowd {
  readonly #world: World;
  readonly #people: People;
  /** Connections of its own: an app that keeps people waiting must not hold up its webhooks. */
  readonly #client = new HttpClient(32);
  readonly #counts = new Map<string, number>();
  #app: CrowdApp | null = null;
  #baseUrl: string | null = null;
  #perMinute = 0;
  #timer: NodeJS.Timeout | null = null;
  #active = 0;
  #started = 0;
  #skipped = 0;

  constructor(world: World) {
    this.#world = world;
    this.#people = new People(world.random);
  }

  /** Sets the rate; 0 lets nobody in any more. The app's address and key are remembered from the first time. */
  set(perMinute: number, baseUrl?: string, apiKey?: string): CrowdStats {
    if (baseUrl !== undefined && apiKey !== undefined) {
      this.#baseUrl = baseUrl;
      this.#app = new CrowdApp(this.#client, baseUrl, apiKey);
    }
    this.#perMinute = perMinute;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#schedule();
    return this.stats();
  }

  stats(): CrowdStats {
    return {
      per_minute: this.#perMinute,
      app: this.#baseUrl,
      active: this.#active,
      started: this.#started,
      skipped: this.#skipped,
      counts: Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** For good: also ends the connections. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#perMinute = 0;
    this.#client.close();
  }

  /** People do not queue for the door: gaps between them are exponential. */
  #schedule(): void {
    if (this.#app === null || this.#perMinute <= 0) return;
    const perMs = (this.#perMinute * crowdAt(new Date()).busy) / 60_000;
    const gapMs = -Math.log(1 - this.#world.random()) / perMs;
    this.#timer = setTimeout(() => {
      this.#admit();
      this.#schedule();
    }, gapMs);
  }

  #admit(): void {
    if (this.#app === null) return;
    if (this.#active >= ACTIVE_MAX) {
      this.#skipped += 1;
      return;
    }
    this.#active += 1;
    this.#started += 1;
    const tally = (what: string) => this.#count(what);
    visit(this.#world, this.#app, this.#people.next(new Date()), tally)
      .catch(() => this.#count('person.stumbled'))
      .finally(() => {
        this.#active -= 1;
      });
  }

  #count(what: string): void {
    const name = this.#counts.has(what) || this.#counts.size < COUNTS_MAX ? what : 'other';
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}
