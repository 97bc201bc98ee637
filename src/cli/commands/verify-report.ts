/**
 * What a check found, in runs: neighbouring pieces with the same fault, and all the files they touch, but for padding. Pure; O(pieces).
 */
import type { Layout } from '../../model/layout.js';
import { count } from '../../base/format.js';

export interface BadRun {
  /** Both ends included. */
  readonly first: number;
  readonly last: number;
  /** Their files are not there or too short; otherwise the content is wrong. */
  readonly absent: boolean;
  readonly files: readonly number[];
}
type Verdict = 'match' | 'mismatch' | 'absent' | 'trouble';

export function badRuns(verdicts: readonly Verdict[], layout: Layout): readonly BadRun[] {
  const runs: BadRun[] = [];
  for (let first = 0, last; first < verdicts.length; first = last + 1) {
    for (last = first; verdicts[last + 1] === verdicts[first]; last++);
    if (verdicts[first] === 'match') continue;
    const from = first * layout.pieceLength;
    const to = Math.min(layout.totalBytes, (last + 1) * layout.pieceLength);
    const files = [...new Set(layout.spans(from, to - from).map((span) => span.file))].filter((i) => !layout.files[i]!.padding);
    runs.push({ first, last, absent: verdicts[first] === 'absent', files });
  }
  return runs;
}

/** `piece 7 is wrong`, `pieces 3-5 are missing`. */
export function verdictOf({ first, last, absent }: BadRun): string {
  const what = first === last ? `piece ${count(first)} is` : `pieces ${count(first)}-${count(last)} are`;
  return `${what} ${absent ? 'missing' : 'wrong'}`;
}
