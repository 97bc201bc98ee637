/**
 * Turnstile: at most so many questions a second from one address, and so many addresses a second at all, so that neither one asker nor a
 * crowd of forged ones costs more than that. Counts start anew each second; memory is bounded by `addresses`.
 */
import { SECOND, type Millis } from '../base/units.js';

export interface TurnstileLimits {
  readonly perAddress: number;
  readonly addresses: number;
}

export class Turnstile {
  readonly #limits: TurnstileLimits;
  readonly #counts = new Map<string, number>();
  #since: Millis = -Infinity;

  constructor(limits: TurnstileLimits) {
    this.#limits = limits;
  }

  admits(address: string, now: Millis): boolean {
    if (now - this.#since >= SECOND) {
      this.#counts.clear();
      this.#since = now;
    }
    const count = this.#counts.get(address);
    if (count === undefined && this.#counts.size >= this.#limits.addresses) return false;
    this.#counts.set(address, (count ?? 0) + 1);
    return (count ?? 0) < this.#limits.perAddress;
  }
}
