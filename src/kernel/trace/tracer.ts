/**
 * Tracer: writes down what it sees of a kernel. Every message counts by its edge; one that is not written, because only one in so many is
 * (block messages) or because there is no room (a slow disk), is counted by the next of its edge that is, or at the end. So the sum of an
 * edge's counts is the number of its messages, whatever was left out.
 */
import type { Millis } from '../../base/units.js';
import type { Msg } from '../mailbox.js';
import { summary } from '../summary.js';
import type { Party, Tap } from '../tap.js';
import type { Sampling, TraceFormat, TraceHead } from './format.js';

export interface TracerOptions {
  /** A fine clock. */
  readonly now: () => Millis;
  readonly head: TraceHead;
  readonly format: TraceFormat;
  readonly sink: TraceSink;
}

export interface TraceSink {
  /** Whether it may be written to. The head and the end always are. */
  readonly room: boolean;
  write(text: string): void;
}

/** Of one edge. */
interface Tally {
  readonly from: string | undefined;
  readonly to: string;
  readonly kind: string;
  readonly every: number;
  /** In all. */
  seen: number;
  unwritten: number;
}

export class Tracer implements Tap {
  private readonly o: TracerOptions;
  private readonly began: Millis;
  private readonly tallies = new Map<string, Tally>();
  /** When each message was sent that is on its way; those before `head` have arrived. */
  private sends: Millis[] = [];
  private head = 0;
  /** The message whose step runs was written. */
  private shown = false;
  private lost = 0;
  private closed = false;

  constructor(o: TracerOptions) {
    this.o = o;
    this.began = o.now();
    o.sink.write(o.format.head(o.head));
  }

  /** Nothing is seen after that. How many messages and lives there was no room for. */
  close(): number {
    this.closed = true;
    const unwritten = [...this.tallies.values()].filter((t) => t.unwritten > 0)
      .map(({ from, to, kind, unwritten: count }) => ({ from, to, kind, count }));
    this.o.sink.write(this.o.format.end({ at: this.at(), unwritten, lost: this.lost }));
    return this.lost;
  }

  // AS A TAP ---------------------------------------------------------------------------

  sent(): void {
    this.sends.push(this.at());
  }

  takes(to: Party, message: Msg, from: Party | undefined): void {
    this.shown = this.show(to, message, { from, missed: false });
  }

  took(): void {
    if (this.shown && !this.closed) this.o.sink.write(this.o.format.took(this.at()));
    this.shown = false;
  }

  missed(to: Party, message: Msg, from: Party | undefined): void {
    this.show(to, message, { from, missed: true });
  }

  started({ id }: Party): void {
    if (this.hasRoom()) this.o.sink.write(this.o.format.life({ at: this.at(), id, life: 'started' }));
  }

  ended({ id }: Party, crash?: { readonly error: unknown }): void {
    if (!this.hasRoom()) return;
    const how = crash ? { life: 'crashed' as const, error: summary({ type: '', error: crash.error } as Msg) } : { life: 'ended' as const };
    this.o.sink.write(this.o.format.life({ at: this.at(), id, ...how }));
  }

  // INSIDE -----------------------------------------------------------------------------

  /** Whether it is written. */
  private show(to: Party, message: Msg, { from, missed }: { readonly from: Party | undefined; readonly missed: boolean }): boolean {
    const sentAt = this.arrival();
    const tally = this.tallyOf(to, message.type, from);
    const due = tally.seen++ % tally.every === 0;
    tally.unwritten++;
    if (!due || !this.hasRoom()) return false;
    const { unwritten: count } = tally;
    tally.unwritten = 0;
    this.o.sink.write(this.o.format.message({
      at: this.at(), sentAt, from: from?.id, to: to.id, kind: message.type, summary: summary(message), count, missed,
    }));
    return true;
  }

  private tallyOf(to: Party, kind: string, from: Party | undefined): Tally {
    const key = `${from?.process ?? ''} ${to.process} ${kind}`;
    let tally = this.tallies.get(key);
    if (!tally) {
      const every = everyOf(this.o.head.sampled, to.process, kind);
      this.tallies.set(key, (tally = { from: from?.process, to: to.process, kind, every, seen: 0, unwritten: 0 }));
    }
    return tally;
  }

  private hasRoom(): boolean {
    if (this.closed) return false;
    const { room } = this.o.sink;
    if (!room) this.lost++;
    return room;
  }

  /** When the message was sent that arrives. */
  private arrival(): Millis {
    const sentAt = this.sends[this.head++] ?? this.at();
    if (this.head >= this.sends.length) {
      this.sends = [];
      this.head = 0;
    }
    return sentAt;
  }

  private at(): Millis {
    return this.o.now() - this.began;
  }
}

const everyOf = (sampled: Sampling | undefined, process: string, kind: string): number =>
  (sampled?.kinds[process]?.includes(kind) ? sampled.every : 1);
