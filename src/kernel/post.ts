/**
 * Post: one queue for all mail of a kernel, first in first out. Draining runs to the end before the port's callback that started it
 * returns, so a step is never re-entered, the stack stays flat and a run is deterministic. Such a drain is a turn.
 * Every message is counted by edge and kind, always: two map look-ups on interned strings, and nothing allocated. Whoever wants to see
 * more than counts taps the post (tap.ts).
 */
import type { Millis } from '../base/units.js';
import type { Cell } from './cell.js';
import type { Msg } from './mailbox.js';
import type { Tap } from './tap.js';
import type { Edge } from './topology.js';

export interface Counter {
  count: number;
}
/** Receiver's process name -> kind -> counter: shared by all processes of one name. */
export type Outgoing = Map<string, Map<string, Counter>>;

/** Past this many delivered messages the queue's front is cut off, so that a long drain does not hold dead mail. */
const COMPACT_AT = 4096;

export interface PostOptions {
  readonly now: () => Millis;
  readonly deliver: (to: Cell, message: Msg, from: Cell | undefined) => void;
  /** Asked once per new edge; may throw. */
  readonly admit: (from: Cell, edge: Edge) => void;
}

export class Post {
  /** When the turn began. */
  turn: Millis = 0;
  /** Each sees all mail; almost always there is none. */
  taps: readonly Tap[] = [];
  private readonly options: PostOptions;
  private readonly counters = new Map<string, Outgoing>();
  private to: Cell[] = [];
  private mail: Msg[] = [];
  /** Senders; undefined for what comes from outside. */
  private from: (Cell | undefined)[] = [];
  private head = 0;
  private draining = false;

  constructor(options: PostOptions) {
    this.options = options;
  }

  push(to: Cell, message: Msg, from?: Cell): void {
    to.depth++;
    this.to.push(to);
    this.mail.push(message);
    this.from.push(from);
    if (this.taps.length > 0) for (const tap of this.taps) tap.sent(to, message, from);
  }

  tell(from: Cell, to: Cell, message: Msg): void {
    const counter = from.out.get(to.process)?.get(message.type) ?? this.open(from, to, message.type);
    counter.count++;
    this.push(to, message, from);
  }

  drain(): void {
    if (this.draining) return;
    this.draining = true;
    this.turn = this.options.now();
    try {
      while (this.head < this.to.length) {
        const cell = this.to[this.head]!;
        const message = this.mail[this.head]!;
        const from = this.from[this.head];
        this.head++;
        cell.depth--;
        if (this.taps.length > 0) this.show(cell, message, from);
        else this.options.deliver(cell, message, from);
        if (this.head >= COMPACT_AT) this.compact();
      }
    } finally {
      this.compact();
      this.draining = false;
    }
  }

  /** What is being delivered just now. */
  get underWay(): { readonly to: Cell | undefined; readonly message: Msg | undefined } {
    const at = this.draining ? this.head - 1 : -1;
    return { to: this.to[at], message: this.mail[at] };
  }

  outgoingOf(process: string): Outgoing {
    let out = this.counters.get(process);
    if (!out) this.counters.set(process, (out = new Map()));
    return out;
  }

  edges(): (Edge & Counter)[] {
    return [...this.counters].flatMap(([from, out]) => [...out].flatMap(([to, kinds]) =>
      [...kinds].map(([kind, { count }]) => ({ from, to, kind, count }))));
  }

  /** Delivers before the eyes of the taps. */
  private show(to: Cell, message: Msg, from: Cell | undefined): void {
    const { taps } = this;
    for (const tap of taps) tap.takes(to, message, from);
    this.options.deliver(to, message, from);
    for (const tap of taps) tap.took?.(to);
  }

  private open(from: Cell, to: Cell, kind: string): Counter {
    this.options.admit(from, { from: from.process, to: to.process, kind });
    const kinds = from.out.get(to.process) ?? new Map<string, Counter>();
    from.out.set(to.process, kinds);
    const counter = { count: 0 };
    kinds.set(kind, counter);
    return counter;
  }

  private compact(): void {
    if (this.head === this.to.length) {
      this.to.length = 0;
      this.mail.length = 0;
      this.from.length = 0;
    } else {
      this.to = this.to.slice(this.head);
      this.mail = this.mail.slice(this.head);
      this.from = this.from.slice(this.head);
    }
    this.head = 0;
  }
}
