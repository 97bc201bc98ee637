/**
 * Optimistic unchokes in turns: peers stand in a line, the first that may is tried for some rounds, then goes to the
 * end. A line and not a lottery: with n peers waiting and no newcomers each has every n-th turn, where a lottery would
 * leave some waiting for long. A newcomer is three times as likely to be put at the head as at any other place. State
 * is plain JSON. O(peers) a call. Source: BEP 3, "choking and optimistic unchoking".
 */
import type { PeerKey } from '../../base/brand.js';
import type { Random } from '../../base/random.js';

const HEAD_WEIGHT = 3;

export type Turn = { readonly peer: PeerKey; readonly roundsLeft: number };
export type Rotation = {
  /** Connected peers that have wanted something; who starts a turn moves to the end. */
  readonly line: readonly PeerKey[];
  readonly turns: readonly Turn[];
};
export const NO_ROTATION: Rotation = { line: [], turns: [] };

export interface Meeting {
  readonly connected: ReadonlySet<PeerKey>;
  /** In key order; those that are not in the line yet are newcomers. */
  readonly wanting: readonly PeerKey[];
}

/**
 * The line without those that are gone, and with the newcomers. Whoever loses interest or its slot keeps its place:
 * else a peer could come back as a newcomer as often as it liked.
 */
export function meet(r: Rotation, { connected, wanting }: Meeting, random: Random): Rotation {
  const line = r.line.filter((peer) => connected.has(peer));
  const known = new Set(line);
  for (const peer of wanting) {
    if (known.has(peer)) continue;
    const place = random.below(line.length + HEAD_WEIGHT) - (HEAD_WEIGHT - 1);
    line.splice(Math.max(0, place), 0, peer);
  }
  return { ...r, line };
}

export interface Turns {
  readonly slots: number;
  /** Rounds that a turn lasts. */
  readonly rounds: number;
  /** A round has passed: turns grow older. */
  readonly tick: boolean;
  /** Who may have one now. */
  readonly among: Pick<ReadonlySet<PeerKey>, 'has'>;
}

/**
 * Turns that still run go on, those with most rounds left first if slots have become fewer; the line fills the rest.
 */
export function rotate(r: Rotation, { slots, rounds, tick, among }: Turns): Rotation {
  const running = r.turns
    .map((t) => ({ ...t, roundsLeft: t.roundsLeft - (tick ? 1 : 0) }))
    .filter((t) => t.roundsLeft > 0)
    .sort((a, b) => b.roundsLeft - a.roundsLeft);
  const turns: Turn[] = [];
  const offer = (turn: Turn): void => {
    if (turns.length < slots && among.has(turn.peer)) turns.push(turn);
  };
  running.forEach(offer);
  const before = new Set(turns.map((t) => t.peer));
  for (const peer of r.line) if (!before.has(peer)) offer({ peer, roundsLeft: rounds });
  const started = turns.map((t) => t.peer).filter((peer) => !before.has(peer));
  const moved = new Set(started);
  return { line: [...r.line.filter((peer) => !moved.has(peer)), ...started], turns };
}
