/**
 * A sequence: what a few processes told each other in a stretch of a run, in order. tools/sequences.ts cuts them out of simulated runs;
 * sequence-svg.ts and sequence-mermaid.ts draw them.
 */
import type { Millis } from '../base/units.js';
import type { Scope } from '../kernel/topology.js';

export interface Lifeline {
  readonly id: string;
  readonly title: string;
  /** Which of several, as `peer 2`. */
  readonly note?: string;
  readonly scope: Scope;
}

export type Moment =
  /** `from` is undefined for what came from a socket, the disk, the clock or the program. */
  | { readonly type: 'message'; readonly at: Millis; readonly from: string | undefined; readonly to: string; readonly kind: string;
      readonly detail: string }
  | { readonly type: 'end'; readonly at: Millis; readonly who: string };

export interface Sequence {
  readonly title: string;
  /** What is to be seen, in a sentence or two. */
  readonly doc: string;
  /** From left to right; ids are those of the moments. */
  readonly lifelines: readonly Lifeline[];
  /** Their times count from the first. */
  readonly moments: readonly Moment[];
}

/** `0`, `81.4 ms`, `206 ms`, `3.67 s`. */
export const timeText = (at: Millis): string =>
  (at === 0 ? '0' : at < 1000 ? `${Number(at.toFixed(at < 100 ? 1 : 0))} ms` : `${Number((at / 1000).toFixed(2))} s`);

/** The time of a moment, where it is not that of the one before. */
export function timeAt(moments: readonly Moment[], i: number): string | undefined {
  const text = timeText(moments[i]!.at);
  return i > 0 && timeText(moments[i - 1]!.at) === text ? undefined : text;
}
