/**
 * FairQueue: who waits for how many bytes, served in turns of at most one quantum each (round-robin by deficit).
 * A turn cut short for want of bytes is finished at the next `share`, so two keys that wait all the time never differ
 * by more than one quantum, however small or uneven the portions are.
 * Cost: O(1) for each call and each grant; the waiters form a ring in order of their next turn.
 */
import type { Bytes } from '../base/units.js';

interface Waiter<K> {
  readonly key: K;
  wants: Bytes;
  /** Granted by the running `share`. */
  granted: Bytes;
  before: Waiter<K>;
  after: Waiter<K>;
}

export class FairQueue<K> {
  private readonly waiters = new Map<K, Waiter<K>>();
  /** Whose turn it is. */
  private head: Waiter<K> | null = null;
  /** What the head has had of its turn. */
  private served: Bytes = 0;

  /** How many keys wait. */
  get size(): number {
    return this.waiters.size;
  }

  /** From now on `key` waits for `bytes`, whatever it was before; a new key comes last. */
  want(key: K, bytes: Bytes): void {
    if (!(bytes > 0)) return;
    const known = this.waiters.get(key);
    if (known !== undefined) {
      known.wants = bytes;
      return;
    }
    this.waiters.set(key, this.append(key, bytes));
  }

  /** `key` waits no longer. */
  drop(key: K): void {
    const waiter = this.waiters.get(key);
    if (waiter !== undefined) this.unlink(waiter);
  }

  /** Hands out up to `available` bytes, `quantum` at a turn. Each key is listed once, in order of its first grant. */
  share(available: Bytes, quantum: Bytes): readonly (readonly [key: K, granted: Bytes])[] {
    const given: Waiter<K>[] = [];
    let left = available;
    while (left > 0 && this.head !== null) {
      const waiter = this.head;
      const due = Math.min(waiter.wants, Math.max(1, quantum - this.served));
      const grant = Math.min(due, left);
      if (waiter.granted === 0) given.push(waiter);
      waiter.granted += grant;
      waiter.wants -= grant;
      this.served += grant;
      left -= grant;
      if (waiter.wants === 0) this.unlink(waiter);
      else if (grant === due) this.turnTo(waiter.after);
    }
    return given.map((waiter) => {
      const { key, granted } = waiter;
      waiter.granted = 0;
      return [key, granted] as const;
    });
  }

  private append(key: K, wants: Bytes): Waiter<K> {
    const waiter = { key, wants, granted: 0 } as Waiter<K>;
    const first = this.head ?? waiter;
    const last = this.head?.before ?? waiter;
    waiter.before = last;
    waiter.after = first;
    last.after = waiter;
    first.before = waiter;
    if (this.head === null) this.turnTo(waiter);
    return waiter;
  }

  private unlink(waiter: Waiter<K>): void {
    this.waiters.delete(waiter.key);
    waiter.before.after = waiter.after;
    waiter.after.before = waiter.before;
    if (this.head === waiter) this.turnTo(waiter.after === waiter ? null : waiter.after);
  }

  private turnTo(waiter: Waiter<K> | null): void {
    this.head = waiter;
    this.served = 0;
  }
}
