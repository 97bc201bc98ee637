/**
 * The last messages of a process, by kind, sender and time: for post-mortems and the live page. Strings and numbers only, so that it
 * keeps no buffer alive; and written over in place, so that a message allocates nothing.
 */
import type { Millis } from '../base/units.js';

export interface Letter {
  /** When it was taken, by the run's clock: the start of the turn in which it was. */
  readonly at: Millis;
  /** Id of the sender; undefined for what came from a port or from outside the tree. */
  readonly from: string | undefined;
  readonly kind: string;
}

const SIZE = 16;

export class Ring {
  private readonly times: Millis[] = [];
  private readonly senders: (string | undefined)[] = [];
  private readonly kinds: string[] = [];
  private next = 0;

  push(at: Millis, from: string | undefined, kind: string): void {
    this.times[this.next] = at;
    this.senders[this.next] = from;
    this.kinds[this.next] = kind;
    this.next = (this.next + 1) % SIZE;
  }

  /** Oldest first. */
  list(): readonly Letter[] {
    const letters = this.kinds.map((kind, i): Letter => ({ at: this.times[i]!, from: this.senders[i], kind }));
    return [...letters.slice(this.next), ...letters.slice(0, this.next)];
  }
}
