/**
 * Fair share: how much of the memory for unfinished pieces one peer may fill with requests. A request window (request-window.ts)
 * looks at one peer alone; together, windows can ask for far more than there is room for, and who comes first would have all of it.
 * - A peer may hold as much as it leaves free for others. So n peers that want all they can get end with the (n + 1)th part each,
 *   whatever order they come in, one alone with half, and what slow ones do not use is for the rest. Nobody has to be counted.
 *   Switches share the memory of their ports so: "dynamic thresholds", Choudhury and Hahne 1998.
 * - A peer at its share waits until a quarter of it is free, so that requests go out in batches and not one for each block.
 * All in blocks.
 */

/** However little memory there is: fewer leave the pipe dry between an answer and the next request. */
const LEAST = 4;
const BATCH = 1 / 4;

export interface Claim {
  /** What the peer could take. */
  readonly wanted: number;
  /** What it holds. */
  readonly held: number;
  /** What nobody holds. */
  readonly free: number;
}

/** How many more it gets now. */
export function grant({ wanted, held, free }: Claim): number {
  const share = Math.max(LEAST, Math.floor((held + free) / 2));
  const more = share - held;
  if (wanted <= more) return wanted;
  return held > 0 && more < share * BATCH ? 0 : Math.max(0, more);
}
