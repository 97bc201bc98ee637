/**
 * FairQueue: who waits for how many bytes, served in turns of at most one quantum each (round-robin by deficit).
 * A turn cut short for want of bytes is finished at the next `share`, so two keys of one weight that wait all the time never
 * differ by more than one quantum, however small or uneven the portions are. A key with a part of the heaviest one's weight
 * earns that part of a turn each time it is passed, and has its turn once it has earned it. Keys with an account put their turns
 * together: each such turn goes to the one of them that most is owed.
 * Cost: O(1) for each call and each grant; while weights differ, O(waiters) for each `share` too, and with accounts for each turn.
 * The waiters form a ring.
 */
import type { Bytes } from '../base/units.js';

/** What a key has a claim to in all, and what it had: grants are added here, the rest is the owner's to keep up. */
export interface Account {
  claim: Bytes;
  had: Bytes;
}
/** How a key stands to others. */
export interface Rank {
  /** 1 if absent. */
  readonly weight?: number | undefined;
  readonly account?: Account | undefined;
}
interface Waiter<K> {
  readonly key: K;
  wants: Bytes;
  weight: number;
  account: Account | undefined;
  /** Towards its next turn. */
  earned: Bytes;
  /** Granted by the running `share`. */
  granted: Bytes;
  before: Waiter<K>;
  after: Waiter<K>;
}

/** Who has less than this part of the heaviest weight counts as having it: so many rounds at most until somebody has a turn. */
const LEAST_PART = 1 / 64;

export class FairQueue<K> {
  private readonly waiters = new Map<K, Waiter<K>>();
  /** What those that wait no longer have earned towards a turn. */
  private readonly kept = new Map<K, Bytes>();
  /** Whose place in the ring the running turn comes from, or who is looked at first for the next. */
  private head: Waiter<K> | null = null;
  /** Who has the turn: the head, or whom more is owed. */
  private holder: Waiter<K> | null = null;
  /** What the holder still has to get in its turn. */
  private due: Bytes = 0;
  /** How many have a weight other than 1. */
  private weighted = 0;

  /** How many keys wait. */
  get size(): number {
    return this.waiters.size;
  }

  /** Who waits for what, the first `most` in the order of their turns. */
  first(most: number): readonly (readonly [key: K, wants: Bytes])[] {
    const listed: (readonly [K, Bytes])[] = [];
    let waiter = this.head;
    for (let left = Math.min(most, this.size); waiter !== null && left > 0; left--) {
      listed.push([waiter.key, waiter.wants]);
      waiter = waiter.after;
    }
    return listed;
  }

  /** From now on `key` waits for `bytes`, whatever it was before; a new key comes last. */
  want(key: K, bytes: Bytes): void {
    this.waitFor(key, bytes, { instead: true });
  }

  /** Adds `bytes` to what `key` waits for, from now on with this rank; a new key comes last. */
  wantMore(key: K, bytes: Bytes, rank: Rank = {}): void {
    this.waitFor(key, bytes, { ...rank, instead: false });
  }

  private waitFor(key: K, bytes: Bytes, { instead, weight = 1, account }: Rank & { readonly instead: boolean }): void {
    if (!(bytes > 0)) return;
    const waiter = this.waiters.get(key) ?? this.append(key);
    waiter.wants = instead ? bytes : waiter.wants + bytes;
    this.rank(waiter, weight, account);
  }

  /** `key` waits no longer, and is forgotten. */
  drop(key: K): void {
    this.kept.delete(key);
    const waiter = this.waiters.get(key);
    if (waiter !== undefined) this.unlink(waiter);
  }

  /** Hands out up to `available` bytes, `quantum` at a turn. Each key is listed once, in order of its first grant. */
  share(available: Bytes, quantum: Bytes): readonly (readonly [key: K, granted: Bytes])[] {
    const given: Waiter<K>[] = [];
    const heaviest = this.heaviest();
    let left = available;
    while (left > 0 && this.head !== null) {
      const waiter = this.holder ?? this.elect(this.head, quantum, heaviest);
      const grant = Math.min(this.due, waiter.wants, left);
      if (waiter.granted === 0) given.push(waiter);
      waiter.granted += grant;
      waiter.wants -= grant;
      if (waiter.account) waiter.account.had += grant;
      this.due -= grant;
      left -= grant;
      if (this.due === 0 || waiter.wants === 0) this.endTurn(this.head);
      if (waiter.wants === 0) this.satisfied(waiter);
    }
    return given.map((waiter) => {
      const { key, granted } = waiter;
      waiter.granted = 0;
      return [key, granted] as const;
    });
  }

  /** Whose turn is next, from `first` on: each that is looked at earns its part of one. */
  private elect(first: Waiter<K>, quantum: Bytes, heaviest: number): Waiter<K> {
    let waiter = first;
    for (;;) {
      const holder = waiter.account ? this.mostOwed(waiter) : waiter;
      const due = Math.min(holder.wants, quantum);
      waiter.earned += quantum * Math.max(LEAST_PART, waiter.weight / heaviest);
      if (waiter.earned >= due) {
        waiter.earned = Math.min(waiter.earned - due, quantum);
        this.head = waiter;
        this.holder = holder;
        this.due = due;
        return holder;
      }
      waiter = waiter.after;
    }
  }

  /** Of those with an account; of several that as much is owed, the first from `first` on. */
  private mostOwed(first: Waiter<K>): Waiter<K> {
    let most = first;
    for (let waiter = first.after; waiter !== first; waiter = waiter.after) {
      if (waiter.account && owed(waiter.account) > owed(most.account!)) most = waiter;
    }
    return most;
  }

  private endTurn(head: Waiter<K>): void {
    this.head = head.after;
    this.holder = null;
  }

  private heaviest(): number {
    if (this.weighted === 0) return 1;
    let most = 0;
    for (const { weight } of this.waiters.values()) most = Math.max(most, weight);
    return most || 1;
  }

  private rank(waiter: Waiter<K>, weight: number, account: Account | undefined): void {
    this.weighted += Number(weight !== 1) - Number(waiter.weight !== 1);
    waiter.weight = weight;
    waiter.account = account;
  }

  private append(key: K): Waiter<K> {
    const waiter = { key, wants: 0, weight: 1, account: undefined, earned: this.kept.get(key) ?? 0, granted: 0 } as Omit<
      Waiter<K>, 'before' | 'after'> as Waiter<K>;
    const first = this.head ?? waiter;
    const last = this.head?.before ?? waiter;
    waiter.before = last;
    waiter.after = first;
    last.after = waiter;
    first.before = waiter;
    this.head ??= waiter;
    this.waiters.set(key, waiter);
    return waiter;
  }

  /** It often wants more soon: without what it had earned it would have less than its weight is worth. */
  private satisfied(waiter: Waiter<K>): void {
    this.kept.set(waiter.key, waiter.earned);
    this.unlink(waiter);
  }

  private unlink(waiter: Waiter<K>): void {
    this.waiters.delete(waiter.key);
    waiter.before.after = waiter.after;
    waiter.after.before = waiter.before;
    this.rank(waiter, 1, undefined);
    if (this.holder === waiter) this.holder = null;
    if (this.head === waiter) this.head = waiter.after === waiter ? null : waiter.after;
  }
}

const owed = ({ claim, had }: Account): Bytes => claim - had;
