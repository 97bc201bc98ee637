/**
 * The kinds of message that come with every block, or every handful: nearly all mail of a fast transfer. A trace writes only some of them,
 * unless it is asked for all.
 */
/** Process that hears them -> the kinds. */
export const BLOCK_MAIL: Readonly<Record<string, readonly string[]>> = {
  Limiter: ['want'],
  Receiver: ['data', 'grant'],
  Controller: ['blocks', 'requests', 'request', 'sent'],
  PieceMgr: ['needBlocks', 'gotBlocks'],
  Files: ['blocks', 'read', 'readBack', 'returned'],
  SenderQueue: ['request', 'serve', 'ready'],
  Sender: ['grant', 'blocks', 'data', 'wrote'],
  Status: ['downloaded', 'uploaded'],
};
