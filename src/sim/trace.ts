/**
 * Trace: two runs are the same when their traces are. It is a running hash (FNV-1a, twice over with different starts,
 * so 64 bits) of what every client told of itself, and when, but for the figures it tells each second: what moved those
 * shows in the rest.
 */
import type { Millis } from '../base/units.js';
import type { ClientEvent } from '../ports/events.js';

export class Trace {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;

  add(at: Millis, who: string, event: ClientEvent): void {
    if (event.event === 'stats') return;
    const line = `${at} ${who} ${JSON.stringify(event)}`;
    let [a, b] = [this.#a, this.#b];
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x01000193) ^ (b >>> 15);
    }
    this.#a = a;
    this.#b = b;
  }

  get hash(): string {
    return [this.#a, this.#b].map((n) => (n >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
