/**
 * The two ends of a virtual connection, as the ports' Connection. Data is handed out part by part, and not while paused:
 * what waits then is not acknowledged, so that the sender's window closes. A close reaches the other end one way later
 * and ends it at once, like a reset: what is still on its way is lost.
 */
import type { Endpoint } from '../../base/endpoint.js';
import type { Clock } from '../../ports/clock.js';
import type { Connection, ReadHalf, ReadHandler, WriteHalf } from '../../ports/net.js';
import { Fifo } from './fifo.js';
import { Flow, type Segment } from './flow.js';
import type { Host } from './host.js';

export class End implements Connection, ReadHalf, WriteHalf {
  readonly remote: Endpoint;
  readonly incoming: boolean;
  readonly reader: ReadHalf = this;
  readonly writer: WriteHalf = this;
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #handler: ReadHandler | undefined;
  #paused = true;
  #ended: string | undefined;
  #closed = false;
  /** Arrived and not read; of the first, parts before `#part` are. */
  readonly #held = new Fifo<Segment>();
  #part = 0;
  #waking = false;
  /** Set once by `connect`. */
  out!: Flow;
  other!: End;

  /** `onOver`: this end takes part no more. */
  constructor(o: { readonly remote: Endpoint; readonly incoming: boolean; readonly clock: Clock; readonly onOver: () => void }) {
    this.remote = o.remote;
    this.incoming = o.incoming;
    this.#clock = o.clock;
    this.#onOver = o.onOver;
  }

  read(handler: ReadHandler): void {
    const first = this.#handler === undefined;
    this.#handler = handler;
    if (this.#ended !== undefined) this.#clock.after(0, () => this.#tellEnd(handler));
    else if (first) this.resume();
  }

  pause(): void {
    this.#paused = true;
  }

  /** What waits is handed out after the caller's step. */
  resume(): void {
    this.#paused = false;
    if (this.#held.size === 0 || this.#waking) return;
    this.#waking = true;
    this.#clock.after(0, () => {
      this.#waking = false;
      this.#handOut();
    });
  }

  /** Segments are no longer than the least that is asked for. */
  readAtMost(): void {}

  write(parts: readonly Uint8Array[], done: () => void): void {
    this.out.write(parts, done);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const alive = this.#ended === undefined;
    this.#leave();
    if (alive) this.out.whenCrossed(() => this.other.finish('closed by the peer'));
  }

  /** The connection is gone, by the other end's close or by a fault of the net. */
  finish(reason: string): void {
    if (this.#ended !== undefined || this.#closed) return;
    this.#ended = reason;
    this.#leave();
    if (this.#handler) this.#tellEnd(this.#handler);
  }

  take(segment: Segment): void {
    this.#held.push(segment);
    if (!this.#waking) this.#handOut();
  }

  #handOut(): void {
    for (let segment = this.#held.peek(); segment; segment = this.#held.peek()) {
      while (this.#part < segment.parts.length) {
        if (this.#closed || this.#ended !== undefined) return;
        if (this.#paused || !this.#handler) return;
        this.#handler.data(segment.parts[this.#part++]!);
      }
      this.#held.shift();
      this.#part = 0;
      segment.flow.consumed(segment);
    }
  }

  #leave(): void {
    this.out.end();
    this.#onOver();
  }

  #tellEnd(handler: ReadHandler): void {
    if (!this.#closed && this.#ended !== undefined && this.#handler === handler) handler.end(this.#ended);
  }
}

export interface Meeting {
  readonly dialer: { readonly host: Host; readonly end: End };
  readonly listener: { readonly host: Host; readonly end: End };
  readonly clock: Clock;
  readonly slowStart: boolean;
}

/** Joins two ends. */
export function connect({ dialer, listener, clock, slowStart }: Meeting): void {
  const options = { clock, slowStart };
  dialer.end.other = listener.end;
  listener.end.other = dialer.end;
  dialer.end.out = new Flow({ from: dialer.host, to: listener.host, deliver: (s) => listener.end.take(s) }, options);
  listener.end.out = new Flow({ from: listener.host, to: dialer.host, deliver: (s) => dialer.end.take(s) }, options);
}
