/**
 * Tier: the URLs of one tier of trackers (BEP 12) and where a round through them stands. They are shuffled once, and who answers is moved to
 * the front. In a round each is asked once, by every way there is to it: over IPv4, say, and over IPv6.
 */
import { shuffled, type Random } from '../base/random.js';

export class Tier {
  #order: readonly string[];
  #at = 0;
  /** How many ways to it have not come to an end, by URL. */
  readonly #open = new Map<string, number>();

  constructor(urls: readonly string[], random: Random) {
    this.#order = shuffled(urls, random);
  }

  get isEmpty(): boolean {
    return this.#order.length === 0;
  }

  /** There is one that was not asked in this round. */
  get hasNext(): boolean {
    return this.#at < this.#order.length;
  }

  /** All were asked in this round, and nobody is left who may answer. */
  get isSpent(): boolean {
    return !this.hasNext && this.#open.size === 0;
  }

  begin(): void {
    this.#at = 0;
    this.#open.clear();
  }

  /** Whom to ask now; `waysTo`: how many ways there are to it, at least one. */
  next(waysTo: (url: string) => number): string | undefined {
    const url = this.#order[this.#at];
    if (url === undefined) return undefined;
    this.#at++;
    this.#open.set(url, waysTo(url));
    return url;
  }

  /** One of the ways to it has come to an end. True where that was the last. */
  through(url: string): boolean {
    const left = (this.#open.get(url) ?? 0) - 1;
    if (left > 0) this.#open.set(url, left);
    else this.#open.delete(url);
    return left === 0;
  }

  promote(url: string): void {
    this.#order = [url, ...this.#order.filter((other) => other !== url)];
  }

  /** Never to be asked again. */
  drop(url: string): void {
    const at = this.#order.indexOf(url);
    if (at < 0) return;
    this.#order = this.#order.toSpliced(at, 1);
    if (at < this.#at) this.#at--;
  }
}
