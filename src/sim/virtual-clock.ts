/**
 * VirtualClock: time that steps from event to event. One for a whole swarm, so that all its clients live in one order
 * of events, and the same start gives the same run.
 *
 * Ports that answer with promises do so through `later`: their continuations run in microtasks, which a loop of plain
 * calls would never let happen. After an event that settled a promise the clock waits for one turn of the event loop,
 * before time moves on; after all others (nearly all) it does not, for a turn costs more than most events.
 */
import type { Millis } from '../base/units.js';
import type { Cancel, Clock } from '../ports/clock.js';
import { EventQueue } from './event-queue.js';

/** Virtual runs begin at 2020-01-01, whenever they are made. */
const EPOCH: Millis = 1_577_836_800_000;

/**
 * Times are whole multiples of 1/65536 ms: sums and differences of them are exact, so that what waits for `a + b` never
 * finds at its waking that it is short of it by a rounding, and wakes for ever without time moving on.
 */
const GRAINS = 65_536;
const onGrain = (time: Millis): Millis => Math.ceil(time * GRAINS) / GRAINS;

export interface ClockOptions {
  /** One turn of the real event loop. */
  readonly turn: () => Promise<void>;
  /** Waits after every event: slow, and without effect on the run, which is what a test holds it to. */
  readonly cautious?: boolean;
}

export class VirtualClock implements Clock {
  readonly #queue = new EventQueue();
  readonly #options: ClockOptions;
  #now: Millis = 0;
  #events = 0;
  #settled = true;

  constructor(options: ClockOptions) {
    this.#options = options;
  }

  now(): Millis {
    return this.#now;
  }

  wall(): Millis {
    return EPOCH + this.#now;
  }

  after(delay: Millis, run: () => void): Cancel {
    return this.#queue.push(onGrain(this.#now + Math.max(0, delay)), run);
  }

  /** A promise of what `make` returns after `delay`; it rejects where `make` throws. */
  later<T>(delay: Millis, make: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.after(delay, () => {
        this.#settled = false;
        try {
          resolve(make());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /** For a callback behind which somebody keeps a promise of their own. */
  unsettle(): void {
    this.#settled = false;
  }

  /** Events that have happened. */
  get events(): number {
    return this.#events;
  }

  /** Lets happen what is due up to `end`, or up to when `over` says so. */
  async run(end: Millis, over: () => boolean = () => false): Promise<void> {
    const { turn, cautious } = this.#options;
    while (this.#queue.size > 0 && this.#queue.nextAt <= end && !over()) {
      this.#now = this.#queue.nextAt;
      const event = this.#queue.pop();
      if (!event) continue;
      this.#events++;
      event();
      if (this.#settled && !cautious) continue;
      this.#settled = true;
      await turn();
    }
  }
}
