/**
 * Scenario: a swarm to be simulated, as data. What its content is, who takes part and with which links, when each comes
 * and goes. Together with a seed and the run's policy it determines a run wholly. Bytes, bytes/s, ms.
 */
import type { ChosenPolicy } from '../../client.js';
import type { PickOrder } from '../../policy/pick/selection.js';
import type { Bytes, BytesPerSec, Millis } from '../../base/units.js';

/** Peers that are alike. */
export interface PeerClass {
  readonly name: string;
  readonly count: number;
  readonly up: BytesPerSec;
  readonly down: BytesPerSec;
  /** From the host to the middle of the net: half of what two such hosts are apart, one way. */
  readonly delay: Millis;
  readonly arrives: Arrival;
  /** Share of the pieces it has at its start, drawn for each peer anew: 1 is a seed. */
  readonly has: number;
  /** Its own; absent: that of the run. */
  readonly policy?: ChosenPolicy;
  readonly picks: PickOrder;
  /** Pieces that it grants to those it chokes (BEP 6). */
  readonly allowedFast: number;
  readonly leaves: Departure;
  /** Mean time after which one who is not complete gives up, exponentially distributed. */
  readonly givesUpAfter: Millis;
  readonly behindNat: boolean;
  /** Whatever it sends is wrong. */
  readonly corrupt: boolean;
  /** Its disk answers no read in this time, so that it sends no block; absent: it always does. */
  readonly silent?: Period;
  /** Connections; the CLI's default is 80. */
  readonly maxPeers: number;
  /** The client's own upload limit, as a share of the link; 0: none. */
  readonly limitsUpTo: number;
}

/** Of a run. */
export interface Period {
  readonly from: Millis;
  readonly to: Millis;
}

export type Arrival =
  /** All at once. */
  | { readonly kind: 'at'; readonly at: Millis }
  /** A Poisson process: `mean` between two, from `from` on. */
  | { readonly kind: 'poisson'; readonly mean: Millis; readonly from: Millis };

/** After completion; who was complete at the start counts from there. */
export type Departure =
  | { readonly kind: 'never' }
  | { readonly kind: 'after'; readonly ms: Millis }
  /** Exponentially distributed. */
  | { readonly kind: 'about'; readonly mean: Millis };

export interface Scenario {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly size: Bytes;
  readonly pieceLength: Bytes;
  readonly classes: readonly PeerClass[];
  /** The run ends when nobody is left to complete, and after this long at the latest. */
  readonly lasts: Millis;
  readonly announceEvery: Millis;
  readonly slowStart: boolean;
  readonly connectionsBreakAfter: Millis;
}
