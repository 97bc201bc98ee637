/**
 * BlockSheets: what is noted of each block of a started piece. Sheets are kept for reuse: a hundred thousand pieces that live just long enough
 * to outlast the young generation would keep the collector busy (a sixth of the picker's time).
 */
import type { Request } from './requests.js';

export interface BlockSheet {
  /** The requests of each block, late ones too. */
  readonly requests: (Request | null)[];
  /** How many peers in time have been asked for the block, or RECEIVED. */
  readonly states: Uint8Array;
  /** Who delivered each block. */
  readonly from: Float64Array;
}

/** The state of a block that is here. */
export const RECEIVED = 0xff;
/** Who delivered a block that was read back from a resume record, or is not here yet: nobody connected answers for it. */
export const NOBODY = -1;

/** Pieces end about as often as others start: few sheets lie idle, and a torrent that is complete shall not keep more. */
const KEPT = 16;

export class BlockSheets {
  private readonly spent: BlockSheet[] = [];

  /** An empty sheet. All pieces are of one length, but for the last. */
  take(blocks: number): BlockSheet {
    const sheet = this.spent.pop();
    if (sheet?.states.length !== blocks) return fresh(blocks);
    sheet.states.fill(0);
    sheet.from.fill(NOBODY);
    return sheet;
  }

  /** Nobody looks at it any more, and no request is on it. */
  give(sheet: BlockSheet): void {
    if (this.spent.length < KEPT) this.spent.push(sheet);
  }
}

const fresh = (blocks: number): BlockSheet => ({
  requests: new Array<Request | null>(blocks).fill(null), states: new Uint8Array(blocks), from: new Float64Array(blocks).fill(NOBODY),
});
