/**
 * Topology: the process graph as data. Each process declares whom it tells and what; diagrams, the live page and the tests
 * read these declarations, and the compiler holds `tell` against them.
 */
import type { Plan } from './process.js';

export type Scope = 'client' | 'torrent' | 'peer';

export interface Declaration {
  readonly name: string;
  readonly scope: Scope;
  /** One line for diagrams: what this process decides or owns. */
  readonly doc: string;
  /** Process name -> the kinds of message it may be told. */
  readonly tells: Readonly<Record<string, readonly string[]>>;
}

/** Keeps the literal types, so that `Self.tell` knows every declared edge. */
export const declare = <const D extends Declaration>(declaration: D): D => declaration;

/** Supervision is a second graph, never mixed with the first: a group is a supervisor, below its owner, with the processes it starts. */
export interface Group {
  readonly name: string;
  /** One of it for each. */
  readonly scope: Scope;
  /** The process that starts it; the root has none. */
  readonly owner: string | undefined;
  readonly strategy: Plan['strategy'];
  /** In the order in which they start. */
  readonly owns: readonly string[];
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

export const edgesOf = (declarations: readonly Declaration[]): Edge[] =>
  declarations.flatMap((d) =>
    Object.entries(d.tells).flatMap(([to, kinds]) => kinds.map((kind) => ({ from: d.name, to, kind }))));

export const isDeclared = (d: Declaration, e: Edge): boolean => d.tells[e.to]?.includes(e.kind) ?? false;

/** A process's name, from its id: `Client/TorrentMgr/Torrent-1/Tracker-0` is a Tracker. */
export const nameIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1).replace(/-\d+$/, '');

export const showEdge = (e: Edge): string => `${e.from} -> ${e.to}: ${e.kind}`;

/** What a mailbox takes, for readers. */
export interface MessageDoc {
  readonly kind: string;
  /** The doc comment of its type, on one line. */
  readonly doc: string;
  /** The names of its fields. */
  readonly carries: readonly string[];
}
