/**
 * Flow: one direction of a connection: what was written at one end, in order, on its way to the other. Bulk is cut to
 * segments that take their turn at both links. A small message in a flow with nothing else under way goes alone, as one
 * event: fair queueing on real routers lets such sparse traffic pass too, and most messages of a swarm are haves.
 *
 * Parts of a write are never copied nor joined: the reader gets the very views that the writer gave.
 */
import { BLOCK_BYTES, KIB, MIB, type Bytes, type Millis } from '../../base/units.js';
import type { Clock } from '../../ports/clock.js';
import { Fifo } from './fifo.js';
import type { Host } from './host.js';

/** What a link serves at once: a block with its header. */
export const SEGMENT_BYTES: Bytes = BLOCK_BYTES + 64;
/** About a packet. */
const LONE_BYTES: Bytes = 1500;
/** Sent and not acknowledged: what Linux lets it grow to, half of the 6 MiB that a socket may receive into. */
const MOST_WINDOW: Bytes = 3 * MIB;
/** With slow start a flow begins with this and doubles each round trip. Real stacks begin with 10 packets, 15 KB. */
const FIRST_WINDOW: Bytes = 32 * KIB;

export interface Segment {
  readonly flow: Flow;
  readonly parts: Uint8Array[];
  bytes: Bytes;
  /** The end of these writes is in it. */
  readonly done: (() => void)[];
  readonly lone: boolean;
}
interface Write {
  readonly parts: readonly Uint8Array[];
  readonly done: () => void;
  /** Which part is next, and from where. */
  part: number;
  from: number;
}
export interface FlowEnds {
  readonly from: Host;
  readonly to: Host;
  /** Takes what arrives, and says with `flow.consumed` when it is read. */
  readonly deliver: (segment: Segment) => void;
}

export class Flow {
  readonly #ends: FlowEnds;
  readonly #clock: Clock;
  readonly #delay: Millis;
  readonly #pending = new Fifo<Write>();
  #state: 'idle' | 'in turn' | 'on the link' | 'parked' | 'window full' = 'idle';
  #window: Bytes;
  /** Bulk that has been cut off and is not known to be acknowledged. */
  #inFlight: Bytes = 0;
  /** On their way back, or here: looked at only when the window is full, which is seldom. */
  readonly #acks = new Fifo<{ readonly at: Millis; readonly bytes: Bytes }>();
  /** Bulk segments that have been cut off and not delivered. */
  #underWay = 0;
  /** The lone message sent last, which takes along what is written in the same instant. */
  #lone: Segment | undefined;
  #loneAt: Millis = -Infinity;
  /** Nothing arrives before what was sent before it. */
  #lastArrival: Millis = 0;
  #over = false;

  constructor(ends: FlowEnds, o: { readonly clock: Clock; readonly slowStart: boolean }) {
    this.#ends = ends;
    this.#clock = o.clock;
    this.#delay = ends.from.link.delay + ends.to.link.delay;
    this.#window = o.slowStart ? FIRST_WINDOW : MOST_WINDOW;
  }

  write(parts: readonly Uint8Array[], done: () => void): void {
    if (this.#over) return done();
    if (this.#pending.size === 0 && this.#underWay === 0) {
      const bytes = parts.reduce((n, p) => n + p.length, 0);
      if (bytes <= LONE_BYTES) {
        this.#sendAlone(parts, bytes);
        return done();
      }
    }
    this.#pending.push({ parts, done, part: 0, from: 0 });
    if (this.#state === 'idle') this.#queue();
  }

  /** The connection is gone: what has not left never will. */
  end(): void {
    this.#over = true;
    for (let write = this.#pending.shift(); write; write = this.#pending.shift()) write.done();
  }

  /** Runs at the other end, one way from now. */
  whenCrossed(run: () => void): void {
    this.#arriveAt(this.#clock.now() + this.#delay, run);
  }

  #sendAlone(parts: readonly Uint8Array[], bytes: Bytes): void {
    const now = this.#clock.now();
    const { from, to } = this.#ends;
    from.slipUp(bytes);
    to.slipDown(bytes);
    if (this.#lone && this.#loneAt === now) return void this.#lone.parts.push(...parts);
    const lone: Segment = { flow: this, parts: [...parts], bytes, done: [], lone: true };
    this.#lone = lone;
    this.#loneAt = now;
    const crossing = (bytes / from.link.up + bytes / to.link.down) * 1000;
    this.#arriveAt(now + crossing + this.#delay, () => {
      this.#lone = this.#lone === lone ? undefined : this.#lone;
      this.deliver(lone);
    });
  }

  #arriveAt(time: Millis, arrive: () => void): void {
    this.#lastArrival = Math.max(this.#lastArrival, time);
    this.#clock.after(this.#lastArrival - this.#clock.now(), arrive);
  }

  // BULK ---------------------------------------------------------------------------------

  #queue(): void {
    this.#state = 'in turn';
    this.#ends.from.takeTurn(this);
  }

  /** Its turn at the sender's link: the next segment, or undefined where it must wait or has nothing left. */
  cut(): Segment | undefined {
    if (this.#pending.size === 0) this.#state = 'idle';
    else if (this.#isFull()) this.#awaitAck();
    else if (!this.#ends.to.admits(this)) this.#state = 'parked';
    else return this.#cutNow();
    return undefined;
  }

  #cutNow(): Segment {
    const segment: Segment = { flow: this, parts: [], bytes: 0, done: [], lone: false };
    for (let write = this.#pending.peek(); write && segment.bytes < SEGMENT_BYTES; write = this.#pending.peek()) {
      if (!fill(segment, write)) break;
      if (write.part < write.parts.length) continue;
      segment.done.push(write.done);
      this.#pending.shift();
    }
    this.#state = 'on the link';
    this.#inFlight += segment.bytes;
    this.#underWay++;
    this.#ends.to.expect(segment);
    return segment;
  }

  hasLeft(segment: Segment): void {
    for (const done of segment.done) done();
    this.#arriveAt(this.#clock.now() + this.#delay, () => this.#ends.to.arrive(segment));
    if (this.#pending.size === 0) this.#state = 'idle';
    else this.#queue();
  }

  unpark(): void {
    this.#queue();
  }

  deliver(segment: Segment): void {
    if (!segment.lone) this.#underWay--;
    this.#ends.deliver(segment);
  }

  /** The other end has read it: its acknowledgement comes back. */
  consumed(segment: Segment): void {
    if (segment.lone) return;
    this.#acks.push({ at: this.#clock.now() + this.#delay, bytes: segment.bytes });
    if (this.#state === 'window full' && this.#acks.size === 1) this.#awaitAck();
  }

  #isFull(): boolean {
    if (this.#inFlight < this.#window) return false;
    const now = this.#clock.now();
    for (let ack = this.#acks.peek(); ack && ack.at <= now; ack = this.#acks.peek()) {
      this.#inFlight -= ack.bytes;
      this.#window = Math.min(MOST_WINDOW, this.#window + ack.bytes);
      this.#acks.shift();
    }
    return this.#inFlight >= this.#window;
  }

  /** Until the next one is here; where none is on its way, until the other end reads on. */
  #awaitAck(): void {
    this.#state = 'window full';
    const next = this.#acks.peek();
    if (next) this.#clock.after(next.at - this.#clock.now(), () => this.#queue());
  }
}

/** Moves the next part of the write into the segment; false where it has to wait for the next segment. */
function fill(segment: Segment, write: Write): boolean {
  const part = write.parts[write.part]!;
  const rest = part.length - write.from;
  const room = SEGMENT_BYTES - segment.bytes;
  // A part that would fit a segment of its own is not torn.
  if (rest > room && rest <= SEGMENT_BYTES && segment.bytes > 0) return false;
  const n = Math.min(rest, room);
  segment.parts.push(n === part.length ? part : part.subarray(write.from, write.from + n));
  segment.bytes += n;
  if (n === rest) {
    write.part++;
    write.from = 0;
  } else {
    write.from += n;
  }
  return true;
}
