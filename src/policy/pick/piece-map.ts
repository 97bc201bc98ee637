/**
 * PieceMap: what we have of a torrent, small enough to be drawn: three bytes a cell, in hex. A cell is one piece, or several where there
 * are more than CELLS. Cost: O(pieces), so it is made now and then, for somebody who looks.
 */
import { toHex } from '../../base/bytes.js';
import type { Picker } from './picker.js';

export interface PieceMap {
  readonly pieces: number;
  /** A cell: how much of it we have and how much is under way, of 255; and the copies of its rarest piece among our peers, 255 at most. */
  readonly cells: string;
}

export const CELLS = 2048;

export function pieceMap(picker: Pick<Picker, 'stateOf' | 'availability'>, pieces: number): PieceMap {
  const cells = Math.min(pieces, CELLS);
  const out = new Uint8Array(3 * cells);
  for (let cell = 0; cell < cells; cell++) {
    const from = Math.floor((cell * pieces) / cells);
    const to = Math.floor(((cell + 1) * pieces) / cells);
    let [have, underWay, rarest] = [0, 0, 255];
    for (let piece = from; piece < to; piece++) {
      const state = picker.stateOf(piece);
      if (state === 'have') have++;
      else if (state === 'active' || state === 'checking') underWay++;
      rarest = Math.min(rarest, picker.availability(piece));
    }
    out.set([part(have, to - from), part(underWay, to - from), rarest], 3 * cell);
  }
  return { pieces, cells: toHex(out) };
}

/** A little of something is never shown as nothing, and not quite all never as all. */
const part = (n: number, of: number): number => (n === of ? 255 : Math.ceil((n / of) * 254));
