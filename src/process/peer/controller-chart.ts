/**
 * The Controller's state chart: what may happen with a peer, and when. It gates messages; blocks never pass through it.
 * A connection is `greeting` until the peer's handshake is through, and `open` after that. In `open` four things change independently
 * (BEP 3: choke and interest, both ways), and the peer may tell all it has (bitfield, have all, have none) once, before any `have`.
 */
import { initialTransition, setup, transition, type SnapshotFrom } from 'xstate';

export type ChartEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'amChoking' | 'amUnchoking' | 'amInterested' | 'amNotInterested' }
  | { readonly type: 'peerChokes' | 'peerUnchokes' | 'peerInterested' | 'peerNotInterested' }
  | { readonly type: 'toldPieces' };

export const chart = setup({ types: { events: {} as ChartEvent } }).createMachine({
  id: 'Controller',
  initial: 'greeting',
  states: {
    greeting: { on: { opened: 'open' } },
    open: {
      type: 'parallel',
      states: {
        amChoking: {
          initial: 'yes',
          states: { yes: { on: { amUnchoking: 'no' } }, no: { on: { amChoking: 'yes' } } },
        },
        amInterested: {
          initial: 'no',
          states: { no: { on: { amInterested: 'yes' } }, yes: { on: { amNotInterested: 'no' } } },
        },
        peerChoking: {
          initial: 'yes',
          states: { yes: { on: { peerUnchokes: 'no' } }, no: { on: { peerChokes: 'yes' } } },
        },
        peerInterested: {
          initial: 'no',
          states: { no: { on: { peerInterested: 'yes' } }, yes: { on: { peerNotInterested: 'no' } } },
        },
        pieces: {
          initial: 'untold',
          states: { untold: { on: { toldPieces: 'told' } }, told: {} },
        },
      },
    },
  },
});

type Snapshot = SnapshotFrom<typeof chart>;

/** The chart's state, with its answers at hand: they are read for every block. */
export interface Standing {
  readonly open: boolean;
  readonly amChoking: boolean;
  readonly amInterested: boolean;
  readonly peerChoking: boolean;
  readonly peerInterested: boolean;
  /** The peer may still tell what it has. */
  readonly untold: boolean;
  readonly snapshot: Snapshot;
  /** Event -> the standing after it, as far as it was ever asked. */
  readonly after: Map<ChartEvent['type'], Standing>;
}

export const initialStanding = (): Standing => initial;

/**
 * The next state; the same object where the event changes nothing. Working one out takes XState some ten microseconds, and interest
 * changes often in a large swarm: so each is worked out once, for the chart has 33 states and no memory.
 */
export function next(s: Standing, event: ChartEvent): Standing {
  const known = s.after.get(event.type);
  if (known) return known;
  const found = intern(transition(chart, s.snapshot, event)[0]);
  s.after.set(event.type, found);
  return found;
}

const standings = new Map<string, Standing>();

function intern(snapshot: Snapshot): Standing {
  const key = JSON.stringify(snapshot.value);
  const standing = standings.get(key) ?? standingOf(snapshot);
  standings.set(key, standing);
  return standing;
}

function standingOf(snapshot: Snapshot): Standing {
  return {
    open: snapshot.matches('open'),
    amChoking: !snapshot.matches({ open: { amChoking: 'no' } }),
    amInterested: snapshot.matches({ open: { amInterested: 'yes' } }),
    peerChoking: !snapshot.matches({ open: { peerChoking: 'no' } }),
    peerInterested: snapshot.matches({ open: { peerInterested: 'yes' } }),
    untold: snapshot.matches({ open: { pieces: 'untold' } }),
    snapshot,
    after: new Map(),
  };
}

const initial = intern(initialTransition(chart)[0]);
