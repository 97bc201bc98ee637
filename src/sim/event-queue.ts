/**
 * EventQueue: what is to happen, by time, and at one time in the order it was asked for. The hot path of a simulation:
 * a heap with four children a node over typed arrays, so that an event costs one closure and no object of its own, and
 * a step down looks at neighbours in memory. `push` and `pop` cost O(log n); a cancelled event costs its pop.
 */
import type { Millis } from '../base/units.js';
import type { Cancel } from '../ports/clock.js';

type Run = () => void;

const CHILDREN = 4;
const FIRST_ROOM = 1024;

export class EventQueue {
  /** The heap: three columns of one table. An event's order number breaks ties, its slot leads to its closure. */
  #time = new Float64Array(FIRST_ROOM);
  #order = new Float64Array(FIRST_ROOM);
  #slot = new Int32Array(FIRST_ROOM);
  #size = 0;
  #pushed = 0;
  readonly #runs: (Run | undefined)[] = [];
  readonly #orderOfSlot: number[] = [];
  readonly #freeSlots: number[] = [];

  /** Cancelled events that have not come up yet count too. */
  get size(): number {
    return this.#size;
  }

  /** Time of the next event; Infinity where there is none. */
  get nextAt(): Millis {
    return this.#size === 0 ? Infinity : this.#time[0]!;
  }

  push(at: Millis, run: Run): Cancel {
    const order = this.#pushed++;
    const slot = this.#freeSlots.pop() ?? this.#runs.length;
    this.#runs[slot] = run;
    this.#orderOfSlot[slot] = order;
    if (this.#size === this.#time.length) this.#grow();
    this.#rise(this.#size++, { at, order, slot });
    return () => {
      // The slot may be another event's by now.
      if (this.#orderOfSlot[slot] === order) this.#runs[slot] = undefined;
    };
  }

  /** Takes the next event out; undefined where it was cancelled. Only while `size` is not 0. */
  pop(): Run | undefined {
    const slot = this.#slot[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink({ at: this.#time[last]!, order: this.#order[last]!, slot: this.#slot[last]! });
    const run = this.#runs[slot];
    this.#runs[slot] = undefined;
    this.#orderOfSlot[slot] = -1;
    this.#freeSlots.push(slot);
    return run;
  }

  #rise(from: number, event: Entry): void {
    let hole = from;
    while (hole > 0) {
      const parent = Math.floor((hole - 1) / CHILDREN);
      if (this.#isBefore(parent, event)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, event);
  }

  /** Puts `event` where the root was. */
  #sink(event: Entry): void {
    let hole = 0;
    for (;;) {
      const first = hole * CHILDREN + 1;
      if (first >= this.#size) break;
      let least = first;
      const end = Math.min(first + CHILDREN, this.#size);
      for (let child = first + 1; child < end; child++) if (this.#precedes(child, least)) least = child;
      if (!this.#isBefore(least, event)) break;
      this.#move(least, hole);
      hole = least;
    }
    this.#put(hole, event);
  }

  #precedes(a: number, b: number): boolean {
    const [x, y] = [this.#time[a]!, this.#time[b]!];
    return x < y || (x === y && this.#order[a]! < this.#order[b]!);
  }

  #isBefore(index: number, { at, order }: Entry): boolean {
    const time = this.#time[index]!;
    return time < at || (time === at && this.#order[index]! < order);
  }

  #move(from: number, to: number): void {
    this.#time[to] = this.#time[from]!;
    this.#order[to] = this.#order[from]!;
    this.#slot[to] = this.#slot[from]!;
  }

  #put(index: number, { at, order, slot }: Entry): void {
    this.#time[index] = at;
    this.#order[index] = order;
    this.#slot[index] = slot;
  }

  #grow(): void {
    const wider = <A extends Float64Array | Int32Array>(column: A, bigger: A): A => {
      bigger.set(column);
      return bigger;
    };
    const room = 2 * this.#time.length;
    this.#time = wider(this.#time, new Float64Array(room));
    this.#order = wider(this.#order, new Float64Array(room));
    this.#slot = wider(this.#slot, new Int32Array(room));
  }
}

interface Entry {
  readonly at: Millis;
  readonly order: number;
  readonly slot: number;
}
