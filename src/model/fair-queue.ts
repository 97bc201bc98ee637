/**
 * FairQueue: who waits for how many bytes, served in turns of at most one quantum each (round-robin by deficit).
 * A turn that is paid in parts is finished before the next begins, so two keys of one weight that wait all the time never
 * differ by more than two quanta, however uneven the parts are, or the turns. A key with a part of the heaviest one's weight
 * earns that part of a quantum each time it is passed, and has a turn whenever it has earned one. Keys with an account put
 * their turns together: each such turn goes to the one of them that most is owed.
 * Cost: O(1) for each call and each grant; while weights differ, and with accounts, O(waiters) for each turn.
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
  before: Waiter<K>;
  after: Waiter<K>;
}

/** How long a turn of `key` is: a quantum at most. */
export type TurnLength<K> = (key: K) => Bytes;

/** Who has less than this part of the heaviest weight counts as having it: so many rounds at most until somebody has a turn. */
const LEAST_PART = 1 / 64;

export class FairQueue<K> {
  private readonly quantum: Bytes;
  private readonly lengthOf: TurnLength<K>;
  private readonly waiters = new Map<K, Waiter<K>>();
  /** What those that wait no longer have earned towards a turn. */
  private readonly kept = new Map<K, Bytes>();
  /** Whose place in the ring the running turn comes from, or who is looked at first for the next. */
  private head: Waiter<K> | null = null;
  /** The head has earned its part of this round. */
  private passed = false;
  /** Who has the turn: the head, or whom more is owed. */
  private holder: Waiter<K> | null = null;
  /** What the holder still has to get in its turn. */
  private due: Bytes = 0;
  /** How many have a weight other than 1. */
  private weighted = 0;
  private wanted: Bytes = 0;

  constructor(quantum: Bytes, lengthOf: TurnLength<K> = () => quantum) {
    this.quantum = quantum;
    this.lengthOf = lengthOf;
  }

  /** How many keys wait. */
  get size(): number {
    return this.waiters.size;
  }

  /** For how much they wait. */
  get total(): Bytes {
    return this.wanted;
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

  /** From now on `key` waits for `bytes`, whatever it was before, and with this rank; a new key comes last. */
  want(key: K, bytes: Bytes, { weight = 1, account }: Rank = {}): void {
    if (!(bytes > 0)) return this.rest(key);
    const waiter = this.waiters.get(key) ?? this.append(key);
    this.wanted += bytes - waiter.wants;
    waiter.wants = bytes;
    this.rank(waiter, weight, account);
  }

  /** `key` waits no longer, and is forgotten. */
  drop(key: K): void {
    this.rest(key);
    this.kept.delete(key);
  }

  /** Whose turn it is, and what is due in it; undefined where nobody waits. */
  turn(): { readonly key: K; readonly due: Bytes } | undefined {
    if (this.head === null) return undefined;
    const { key, wants } = this.holder ?? this.elect(this.head);
    return { key, due: Math.min(this.due, wants) };
  }

  /** So much of the running turn, of what is due at most. */
  pay(bytes: Bytes): void {
    const waiter = this.holder;
    if (waiter === null || this.head === null) throw new Error('nobody has a turn');
    waiter.wants -= bytes;
    this.wanted -= bytes;
    if (waiter.account) waiter.account.had += bytes;
    this.due -= bytes;
    if (this.due === 0 || waiter.wants === 0) this.holder = null;
    if (waiter.wants === 0) this.rest(waiter.key);
    else if (this.holder === null && this.head.earned < this.turnOf(this.head)) this.pass(this.head);
  }

  /** Whose turn is next, from `first` on: each earns its part of one as it is passed, and has turns as long as it can pay for them. */
  private elect(first: Waiter<K>): Waiter<K> {
    const heaviest = this.heaviest();
    let waiter = first;
    for (;;) {
      const holder = waiter.account ? this.mostOwed(waiter) : waiter;
      const due = this.turnOf(holder);
      if (!this.passed) waiter.earned += this.quantum * Math.max(LEAST_PART, waiter.weight / heaviest);
      this.passed = true;
      if (waiter.earned >= due) {
        waiter.earned = Math.min(waiter.earned - due, this.quantum);
        this.holder = holder;
        this.due = due;
        return holder;
      }
      waiter = this.pass(waiter);
    }
  }

  private turnOf({ key, wants }: Waiter<K>): Bytes {
    return Math.min(wants, this.lengthOf(key));
  }

  private pass(head: Waiter<K>): Waiter<K> {
    this.head = head.after;
    this.passed = false;
    return head.after;
  }

  /** Of those with an account; of several that as much is owed, the first from `first` on. */
  private mostOwed(first: Waiter<K>): Waiter<K> {
    let most = first;
    for (let waiter = first.after; waiter !== first; waiter = waiter.after) {
      if (waiter.account && owed(waiter.account) > owed(most.account!)) most = waiter;
    }
    return most;
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
    const waiter = { key, wants: 0, weight: 1, account: undefined, earned: this.kept.get(key) ?? 0 } as Omit<
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

  /** It waits no longer. It often wants more soon: without what it had earned it would have less than its weight is worth. */
  private rest(key: K): void {
    const waiter = this.waiters.get(key);
    if (waiter === undefined) return;
    this.kept.set(key, waiter.earned);
    this.wanted -= waiter.wants;
    this.waiters.delete(key);
    if (this.holder === waiter) this.holder = null;
    if (this.head === waiter && this.pass(waiter) === waiter) this.head = null;
    waiter.before.after = waiter.after;
    waiter.after.before = waiter.before;
    this.rank(waiter, 1, undefined);
  }
}

const owed = ({ claim, had }: Account): Bytes => claim - had;
