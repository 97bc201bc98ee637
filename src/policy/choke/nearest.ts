/**
 * "Did you mean": the known name nearest to what was typed, by Levenshtein distance. O(name x known) steps, on input
 * that is cut to 64 characters. No guess where more than a third of the longer name, or three letters, would have to
 * change.
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const name = typed.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let least = 4;
  for (const candidate of known) {
    const d = distance(name, candidate.toLowerCase());
    if (d < least && d <= Math.ceil(Math.max(name.length, candidate.length) / 3)) [best, least] = [candidate, d];
  }
  return best;
}

/** The tail of a message: ` (did you mean wgo?)`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const guess = nearest(typed, known);
  return guess === undefined ? '' : ` (did you mean ${guess}?)`;
}

function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    above = row;
  }
  return above[b.length]!;
}
