/**
 * A graph before it has positions: what every renderer (Mermaid, DOT, SVG, JSON, the live page) is given. Made from the declarations by
 * talks.ts, owns.ts and one-process.ts.
 */
import type { Scope } from '../kernel/topology.js';

export interface GraphNode {
  /** The name of the process or group. */
  readonly id: string;
  readonly kind: 'process' | 'group';
  readonly scope: Scope;
  /** A few words below the name; may be empty. */
  readonly note: string;
  /** What it does, in one line. */
  readonly doc: string;
  /** It sets alarms with the Timer: its lines to everybody would hide all others, so a sign on the box stands for them. */
  readonly alarms: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Kinds of message that `from` tells `to`, and the other way; neither where the edge means "owns". */
  readonly there: readonly string[];
  readonly back: readonly string[];
  /** Written on the line. */
  readonly label: readonly string[];
}

/** A scope, with the boxes in it. */
export interface Frame {
  readonly scope: Scope;
  readonly title: string;
}

export interface Graph {
  readonly title: string;
  /** Absent: the boxes stand without frames. */
  readonly frames: readonly Frame[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly direction: 'down' | 'right';
}

export const FRAMES: readonly Frame[] = [
  { scope: 'client', title: 'once a client' },
  { scope: 'torrent', title: 'once a torrent' },
  { scope: 'peer', title: 'once a peer' },
];

/** Everybody may set an alarm: see GraphNode.alarms. */
export const TIMER = 'Timer';
