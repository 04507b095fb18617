/** Things that will happen, taken in order of time; what is due at the same millisecond happens in order of booking. */
export class Agenda {
  readonly #entries: { at: number; run: (now: number) => void }[] = [];

  /** `at` in whole milliseconds since 1970. */
  book(at: number, run: (now: number) => void): void {
    const whole = Math.round(at);
    let place = this.#entries.length;
    while (place > 0 && (this.#entries[place - 1]?.at ?? 0) > whole) place -= 1;
    this.#entries.splice(place, 0, { at: whole, run });
  }

  /** Lets everything happen that is due by `until`, including what is booked on the way. */
  runUntil(until: number): void {
    for (let first = this.#entries[0]; first && first.at <= until; first = this.#entries[0]) {
      this.#entries.shift();
      first.run(first.at);
    }
  }
}
