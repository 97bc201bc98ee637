/**
 * A graph before it has positions: what every renderer (Mermaid, DOT, SVG, JSON, the live page) is given. Made from the declarations by
 * talks.ts, owns.ts, one-process.ts and state-chart.ts.
 */
import type { Scope } from '../kernel/topology.js';

export interface GraphNode {
  /** In the graphs of processes, the name of the process or group. */
  readonly id: string;
  readonly title: string;
  /** `start` is the dot from which a state chart begins. */
  readonly kind: 'process' | 'group' | 'state' | 'start';
  /** Gives the colour. */
  readonly scope: Scope;
  /** Id of the frame it stands in. */
  readonly frame?: string;
  /** A few words below the title. */
  readonly note?: string;
  /** What it does, in one line. */
  readonly doc: string;
  /** Drawn as a stack: there were several of it. */
  readonly stacked?: boolean;
  /** It sets alarms with the Timer: its lines to everybody would hide all others, so a sign on the box stands for them. */
  readonly alarms?: boolean;
  /** It tells the Api how things are, or is told by it: likewise. */
  readonly watched?: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Kinds of message that `from` tells `to`, and the other way; neither where the edge means "owns". */
  readonly there: readonly string[];
  readonly back: readonly string[];
  /** Written on the line, one below the other. */
  readonly label?: readonly string[];
  /** How thick the line is: from 0, as others are, to 1. */
  readonly weight?: number;
}

/** A scope with the boxes in it; or, in a state chart, a state with others in it. */
export interface Frame {
  readonly id: string;
  readonly title: string;
  readonly scope: Scope;
  readonly parent?: string;
}

export interface Graph {
  readonly title: string;
  readonly frames: readonly Frame[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly direction: 'down' | 'right';
}

/** Several as one, for formats that hold one in a file: a process beside its states. No two of them have a box of the same id. */
export const together = (graphs: readonly Graph[]): Graph => ({
  ...graphs[0]!,
  frames: graphs.flatMap((g) => g.frames), nodes: graphs.flatMap((g) => g.nodes), edges: graphs.flatMap((g) => g.edges),
});

export const FRAMES: readonly Frame[] = [
  { id: 'client', scope: 'client', title: 'once a client' },
  { id: 'torrent', scope: 'torrent', title: 'once a torrent' },
  { id: 'peer', scope: 'peer', title: 'once a peer' },
];

/** Everybody may set an alarm, and the live page looks at most: see GraphNode.alarms and watched. */
export const TIMER = 'Timer';
export const API = 'Api';
export const HUBS: readonly string[] = [TIMER, API];
