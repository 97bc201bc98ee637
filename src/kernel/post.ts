/**
 * Post: one queue for all mail of a kernel, first in first out. Draining runs to the end before the port's callback that started it
 * returns, so a step is never re-entered, the stack stays flat and a run is deterministic. Such a drain is a turn.
 * Every message is counted by edge and kind: two map look-ups on interned strings, and nothing allocated. Whoever wants to see more than
 * counts looks on by a tap (tap.ts). What the kernel itself has to do in a process's turn waits in line with the mail, as a notice.
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

export const NOTICE = 'kernel.notice';
/** Past this many delivered messages the queue's front is cut off, so that a long drain does not hold dead mail. */
const COMPACT_AT = 4096;

/** What the kernel has to do with a process in its turn. */
export class Notice implements Msg {
  readonly type = NOTICE;
  readonly act: () => void;

  constructor(act: () => void) {
    this.act = act;
  }
}

export interface PostOptions {
  readonly now: () => Millis;
  readonly deliver: (to: Cell, message: Msg, from: Cell | undefined) => void;
  /** Asked once per new edge; may throw. */
  readonly admit: (from: Cell, edge: Edge) => void;
  readonly counting: boolean;
  readonly tap: Tap | undefined;
}

export class Post {
  /** When the turn began. */
  turn: Millis = 0;
  private readonly options: PostOptions;
  private readonly counting: boolean;
  private readonly tap: Tap | undefined;
  private readonly counters = new Map<string, Outgoing>();
  private to: Cell[] = [];
  private mail: Msg[] = [];
  /** Senders; undefined for what comes from outside. */
  private from: (Cell | undefined)[] = [];
  private head = 0;
  private draining = false;

  constructor(options: PostOptions) {
    this.options = options;
    this.counting = options.counting;
    this.tap = options.tap;
  }

  push(to: Cell, message: Msg, from?: Cell): void {
    this.enqueue(to, message, from);
    if (this.tap) this.tap.sent(to, message, from);
  }

  notice(to: Cell, act: () => void): void {
    this.enqueue(to, new Notice(act), undefined);
  }

  tell(from: Cell, to: Cell, message: Msg): void {
    if (this.counting) {
      const counter = from.out.get(to.process)?.get(message.type) ?? this.open(from, to, message.type);
      counter.count++;
    }
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
        this.options.deliver(cell, message, from);
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

  private enqueue(to: Cell, message: Msg, from: Cell | undefined): void {
    to.depth++;
    this.to.push(to);
    this.mail.push(message);
    this.from.push(from);
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
