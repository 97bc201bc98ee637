/**
 * Turns: who of those that want to may go on, where only so many may at once. Whoever has a turn keeps it for as long as it is wanted;
 * those that are free go to the others in their order. Pure; one walk over all.
 */
export interface Standing {
  readonly wants: boolean;
  readonly has: boolean;
}

/** For each, whether it has a turn from now on. */
export function turns(all: readonly Standing[], most: number): readonly boolean[] {
  let free = most - all.filter(({ wants, has }) => wants && has).length;
  return all.map(({ wants, has }) => wants && (has || free-- > 0));
}
