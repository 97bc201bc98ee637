/**
 * Turns: who of those that want to may go on, where only so many may at once. Whoever has a turn keeps it for as long as it is wanted;
 * one that is free goes to the first of those who wait, in the order in which they joined. Cost: O(log n) a change.
 */
import { Heap, type Placed } from './heap.js';

interface Member<K> extends Placed {
  readonly who: K;
  readonly number: number;
  wants: boolean;
  has: boolean;
}

export class Turns<K> {
  private readonly members = new Map<K, Member<K>>();
  private readonly waiting = new Heap<Member<K>>((a, b) => a.number < b.number);
  private joined = 0;
  private free: number;

  constructor(most: number) {
    this.free = most;
  }

  /** Wants nothing as yet. */
  join(who: K): void {
    this.members.set(who, { who, number: this.joined++, wants: false, has: false, place: 0 });
  }

  /** Answers who has got a turn by that; so do the others. */
  leave(who: K): K | undefined {
    const next = this.want(who, false);
    this.members.delete(who);
    return next;
  }

  /** Of one that has joined. */
  want(who: K, wants: boolean): K | undefined {
    const member = this.members.get(who)!;
    if (member.wants === wants) return undefined;
    member.wants = wants;
    if (wants) this.waiting.push(member);
    else if (member.has) this.end(member);
    else this.waiting.remove(member);
    return this.begin();
  }

  has(who: K): boolean {
    return this.members.get(who)?.has === true;
  }

  private end(member: Member<K>): void {
    member.has = false;
    this.free++;
  }

  /** One at most: no turn is ever free while somebody waits. */
  private begin(): K | undefined {
    const { first } = this.waiting;
    if (!first || this.free === 0) return undefined;
    this.waiting.remove(first);
    first.has = true;
    this.free--;
    return first.who;
  }
}
