/**
 * Replay: a recorded choker (record.ts) once more, with another policy that is asked at each decision what it would do. As with a shadow
 * its answers have no effect: peers are choked as they were then. Asked the same with the same chance, the policy that was recorded
 * agrees everywhere. O(peers) a decision.
 */
import type { PeerKey } from '../../base/brand.js';
import type { Millis } from '../../base/units.js';
import { differences, type Differences } from './differences.js';
import { Known, type Occasion } from './known.js';
import type { Decided, Fact } from './record.js';
import { Seat, type Choice, type Chosen } from './seat.js';

export interface Compared extends Occasion {
  readonly differences: Differences;
}

export class Replay {
  private readonly known: Known;
  private readonly seat: Seat;
  private readonly clock: () => Millis;

  constructor(chosen: Chosen, clock: () => Millis) {
    this.seat = new Seat(chosen);
    this.known = new Known([chosen.policy]);
    this.clock = clock;
  }

  /** The comparison, where the fact is a decision; in words, what was wrong with the policy's answer to it. */
  take(fact: Fact): Compared | string | undefined {
    switch (fact.fact) {
      case 'policy': return undefined;
      case 'join': return void this.known.join(fact.peer);
      case 'leave': return void this.known.leave(fact.peer);
      case 'report': return void this.known.report(fact.peer, fact.report, fact.now);
      case 'torrent': return void this.known.torrent(fact.view);
      case 'torrentLeft':
        this.seat.forget(fact.torrent);
        return void this.known.torrentLeft(fact.torrent);
      case 'limit': return void this.known.linkLimit(fact.limit);
      case 'decided': return this.decided(fact);
    }
  }

  private decided(fact: Decided): Compared | string {
    const { trigger, subjects, now, entropy } = fact;
    if (trigger === 'tick') this.known.endRound();
    const scene = this.known.scene({ trigger, subjects, now }, { watcher: 0, tickMs: this.seat.timing.tickMs });
    const { choice, fault } = this.seat.ask({ scene, entropy, clock: this.clock });
    if (!choice) return fault ?? 'gave no answer';
    for (const [peer, why] of fact.orders) this.known.ordered(peer, why === null, now);
    if (trigger === 'tick') this.known.beginRound(now);
    return { trigger, subjects, now, differences: differences(scene.peers, { live: choiceOf(fact), shadow: choice }) };
  }
}

const choiceOf = ({ unchoked, untouched }: Decided): Choice => ({
  unchoked: new Map<PeerKey, { why: (typeof unchoked)[number][1] }>(unchoked.map(([peer, why]) => [peer, { why }])),
  untouched: new Set(untouched), requestTickIn: undefined,
});
