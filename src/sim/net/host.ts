/**
 * Host: a machine and its access link, the only bottleneck of the virtual net. Up and down have a rate each and serve
 * one segment (at most a block) after the other: up, the flows that have something take turns; down, in order of
 * arrival. So a host's active flows share each way equally, as long-lived TCP flows with like round trips about do.
 *
 * Nothing is ever lost. A flow whose receiver has QUEUE_MS worth of data on its way is parked there and let go, first
 * come first served, as that drains: the sender's link serves others meanwhile. That is what congestion control comes
 * to, without its sawtooth. Packet headers and acknowledgements cost nothing. Rates in bytes/s, times in ms.
 */
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';
import type { Clock } from '../../ports/clock.js';
import { Fifo } from './fifo.js';
import { SEGMENT_BYTES, type Flow, type Segment } from './flow.js';

export interface Link {
  readonly up: BytesPerSec;
  readonly down: BytesPerSec;
  /** From this host to the middle of the net: between two hosts it takes the sum of theirs, one way. */
  readonly delay: Millis;
}

/** As much as this may be under way to a host, or waiting at its door: more than a usual round trip, less than bloat. */
const QUEUE_MS: Millis = 250;
const LEAST_QUEUE: Bytes = 4 * SEGMENT_BYTES;

export class Host {
  readonly address: string;
  readonly link: Link;
  readonly #clock: Clock;

  /** Flows that may send, in turn. */
  readonly #turns = new Fifo<Flow>();
  #sending = false;
  #sent: Bytes = 0;

  readonly #arrived = new Fifo<Segment>();
  readonly #parked = new Fifo<Flow>();
  readonly #room: Bytes;
  #receiving = false;
  #inbound: Bytes = 0;
  #received: Bytes = 0;
  /** Of lone messages, which slip between the segments of a busy link: served with the next segment. */
  readonly #slipped = { up: 0, down: 0 };

  constructor(address: string, link: Link, clock: Clock) {
    this.address = address;
    this.link = link;
    this.#clock = clock;
    this.#room = Math.max(LEAST_QUEUE, link.down * QUEUE_MS / 1000);
  }

  /** Bytes of all kinds that have crossed the link. */
  get sent(): Bytes {
    return this.#sent;
  }

  get received(): Bytes {
    return this.#received;
  }

  // UP -----------------------------------------------------------------------------------

  /** The flow has something to send. */
  takeTurn(flow: Flow): void {
    this.#turns.push(flow);
    this.#send();
  }

  #send(): void {
    while (!this.#sending && this.#turns.size > 0) {
      const segment = this.#turns.shift()!.cut();
      if (!segment) continue;
      this.#sending = true;
      const bytes = segment.bytes + this.#slipped.up;
      this.#slipped.up = 0;
      this.#clock.after(bytes / this.link.up * 1000, () => {
        this.#sending = false;
        this.#sent += segment.bytes;
        segment.flow.hasLeft(segment);
        this.#send();
      });
    }
  }

  // DOWN ---------------------------------------------------------------------------------

  /** Whether a flow may send to here; if not, it is parked, and `takeTurn` is called for it later. */
  admits(flow: Flow): boolean {
    if (this.#inbound < this.#room) return true;
    this.#parked.push(flow);
    return false;
  }

  /** The segment is about to leave its sender. */
  expect(segment: Segment): void {
    this.#inbound += segment.bytes;
  }

  arrive(segment: Segment): void {
    this.#arrived.push(segment);
    this.#receive();
  }

  #receive(): void {
    if (this.#receiving) return;
    const segment = this.#arrived.shift();
    if (!segment) return;
    this.#receiving = true;
    const bytes = segment.bytes + this.#slipped.down;
    this.#slipped.down = 0;
    this.#clock.after(bytes / this.link.down * 1000, () => {
      this.#receiving = false;
      this.#received += segment.bytes;
      this.#inbound -= segment.bytes;
      this.#unpark();
      this.#receive();
      segment.flow.deliver(segment);
    });
  }

  /** All that wait, and not only as many as there is room for: some have ended, others stand in line at a slow link. */
  #unpark(): void {
    if (this.#inbound >= this.#room) return;
    for (let n = this.#parked.size; n > 0; n--) this.#parked.shift()!.unpark();
  }

  // LONE MESSAGES ------------------------------------------------------------------------

  slipUp(bytes: Bytes): void {
    this.#sent += bytes;
    if (this.#sending) this.#slipped.up += bytes;
  }

  slipDown(bytes: Bytes): void {
    this.#received += bytes;
    if (this.#receiving) this.#slipped.down += bytes;
  }
}
