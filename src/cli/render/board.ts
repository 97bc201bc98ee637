/**
 * Board: what is to be shown of each torrent, made from the events alone. Pure: `post` takes a board and an event to
 * the next board. Rows stay in the order in which torrents were started.
 */
import type { Bytes } from '../../base/units.js';
import type { ClientEvent, Stats } from '../../ports/events.js';

export type Phase = 'checking' | 'downloading' | 'seeding' | 'paused' | 'failed';

export interface Row {
  readonly name: string;
  readonly bytes: Bytes;
  readonly phase: Phase;
  /** Of the check, while there is one. */
  readonly checked: number;
  readonly stats: Stats;
}
/** By info-hash; the demo, whose clients all have the same torrent, uses names. */
export type Board = ReadonlyMap<string, Row>;

export const EMPTY_BOARD: Board = new Map();
export const NO_STATS: Stats = {
  downloaded: 0, uploaded: 0, left: 0, downloadRate: 0, uploadRate: 0, peers: 0, seeds: 0, progress: 0,
};

export function post(board: Board, e: ClientEvent): Board {
  switch (e.event) {
    case 'started': {
      const row: Row = { name: e.name, bytes: e.bytes, phase: 'checking', checked: 0, stats: { ...NO_STATS, left: e.bytes } };
      return new Map(board).set(e.torrent, row);
    }
    case 'checking': return amend(board, e.torrent, { phase: 'checking', checked: e.pieces === 0 ? 1 : e.checked / e.pieces });
    case 'checked': return amend(board, e.torrent, { phase: e.good === e.pieces ? 'seeding' : 'downloading' });
    case 'stats': return amend(board, e.torrent, { stats: e });
    case 'done': return amend(board, e.torrent, { phase: 'seeding' });
    case 'paused': return amend(board, e.torrent, { phase: 'paused' });
    case 'resumed': return amend(board, e.torrent, { phase: board.get(e.torrent)?.stats.left === 0 ? 'seeding' : 'downloading' });
    case 'error': return e.torrent === undefined ? board : amend(board, e.torrent, { phase: 'failed' });
    case 'seeded': case 'listening': case 'piece': case 'peer': case 'choke': case 'tracker': case 'warning':
    case 'answer': case 'stopped':
      return board;
  }
}

function amend(board: Board, torrent: string, change: Partial<Row>): Board {
  const row = board.get(torrent);
  return row === undefined ? board : new Map(board).set(torrent, { ...row, ...change });
}
