/**
 * Post: one queue for all mail of a kernel, first in first out. Draining runs to the end before the port's callback that started it
 * returns, so a step is never re-entered, the stack stays flat and a run is deterministic.
 * Every message is counted by edge and kind, always: two map look-ups on interned strings.
 */
import type { Cell } from './cell.js';
import type { Msg } from './mailbox.js';
import type { Edge } from './topology.js';

export interface Counter {
  count: number;
}
/** Receiver's process name -> kind -> counter: shared by all processes of one name. */
export type Outgoing = Map<string, Map<string, Counter>>;

/** Past this many delivered messages the queue's front is cut off, so that a long drain does not hold dead mail. */
const COMPACT_AT = 4096;

export class Post {
  private readonly counters = new Map<string, Outgoing>();
  private readonly deliver: (to: Cell, message: Msg) => void;
  private readonly admit: (from: Cell, edge: Edge) => void;
  private to: Cell[] = [];
  private mail: Msg[] = [];
  private head = 0;
  private draining = false;

  /** `admit` is asked once per new edge and may throw. */
  constructor(o: { deliver: (to: Cell, message: Msg) => void; admit: (from: Cell, edge: Edge) => void }) {
    this.deliver = o.deliver;
    this.admit = o.admit;
  }

  push(to: Cell, message: Msg): void {
    to.depth++;
    this.to.push(to);
    this.mail.push(message);
  }

  tell(from: Cell, to: Cell, message: Msg): void {
    const counter = from.out.get(to.process)?.get(message.type) ?? this.open(from, to, message.type);
    counter.count++;
    this.push(to, message);
  }

  drain(): void {
    if (this.draining) return;
    this.draining = true;
    try {
      while (this.head < this.to.length) {
        const cell = this.to[this.head]!;
        const message = this.mail[this.head]!;
        this.head++;
        cell.depth--;
        this.deliver(cell, message);
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

  private open(from: Cell, to: Cell, kind: string): Counter {
    this.admit(from, { from: from.process, to: to.process, kind });
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
    } else {
      this.to = this.to.slice(this.head);
      this.mail = this.mail.slice(this.head);
    }
    this.head = 0;
  }
}
