/**
 * Whom to serve in the torrents we seed: everyone in turn, longest waiting first, each for the same time.
 *
 * A seed gets nothing back, so rates say nothing about merit. Serving the fastest (mainline before 4.0) moves most
 * bytes but lets a few peers take all; counting turns in bytes makes fast peers wait for slow ones (libtorrent's
 * issue 1171). Equal time lets everyone make progress while fast peers still take what they can carry, and no free
 * rider keeps a slot. Only a third of the slots changes hands in one round, lest all connections start slowly
 * together. Times in ms. Source: mainline 4 seed mode (equal service time), libtorrent's round_robin (order of
 * waiting, minimum of a minute).
 */
import type { Random } from '../../base/random.js';
import type { Millis } from '../../base/units.js';
import type { PeerView } from './policy.js';
import { rank } from './rank.js';

export interface SeedTurns {
  readonly now: Millis;
  readonly slots: number;
  /** Length of a turn. */
  readonly turnMs: Millis;
  readonly roundMs: Millis;
  /** False between rounds: then free slots are filled and nobody's turn ends. */
  readonly tick: boolean;
  readonly random: Random;
}

/** `peers`: interested ones of torrents we seed that may be unchoked. Answers at most `slots` of them. */
export function serveInTurn(peers: readonly PeerView[], o: SeedTurns): readonly PeerView[] {
  const holders = rank(peers.filter((p) => !p.amChoking), (a, b) => servedSince(b) - servedSince(a), o.random);
  const waiting = rank(peers.filter((p) => p.amChoking), (a, b) => waitingSince(a) - waitingSince(b), o.random);
  const over = o.tick ? holders.filter((p) => turnIsOver(p, o)) : [];
  const leaving = new Set(over.slice(-Math.ceil(o.slots / 3)));
  const order = [...holders.filter((p) => !leaving.has(p)), ...waiting, ...holders.filter((p) => leaving.has(p))];
  return order.slice(0, o.slots);
}

const servedSince = (p: PeerView): Millis => p.lastUnchokedAt ?? p.lastChokeChangeAt;

/**
 * From the end of its last turn, or from its arrival: so that a stream of newcomers cannot pass those that were here.
 */
const waitingSince = (p: PeerView): Millis => (p.lastUnchokedAt === null ? p.connectedAt : p.lastChokeChangeAt);

/** Time used up; or two rounds gone without taking anything, which is interest in name only. */
function turnIsOver(p: PeerView, { now, turnMs, roundMs }: SeedTurns): boolean {
  const servedMs = now - servedSince(p);
  const unused = p.upLastRound === 0 && p.queuedFromPeer === 0;
  return servedMs >= turnMs || (unused && servedMs >= 2 * roundMs);
}
