/**
 * Topology: the process graph as data. Each process declares whom it tells and what; diagrams, the live page and the tests
 * read these declarations, and the compiler holds `tell` against them.
 */
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

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

export const edgesOf = (declarations: readonly Declaration[]): Edge[] =>
  declarations.flatMap((d) =>
    Object.entries(d.tells).flatMap(([to, kinds]) => kinds.map((kind) => ({ from: d.name, to, kind }))));

export const isDeclared = (d: Declaration, e: Edge): boolean => d.tells[e.to]?.includes(e.kind) ?? false;

export const showEdge = (e: Edge): string => `${e.from} -> ${e.to}: ${e.kind}`;
