/**
 * Board: what is to be shown of each torrent, made from the events alone. Pure: `post` takes a board and an event to
 * the next board. Rows stay in the order in which torrents were started.
 */
import type { ClientEvent, Stats } from '../../ports/events.js';

/** `fetching`: the metadata of a magnet link. `complete` and `stopped`: the client has ended, with or without everything. */
export type Phase = 'fetching' | 'checking' | 'downloading' | 'seeding' | 'paused' | 'failed' | 'complete' | 'stopped';

export interface Row {
  readonly name: string;
  readonly phase: Phase;
  /** Of the check, or of the metadata, while there is one. */
  readonly checked: number;
  readonly stats: Stats;
}
/** By info-hash; the demo, whose clients all have the same torrent, uses names. */
export type Board = ReadonlyMap<string, Row>;

export const EMPTY_BOARD: Board = new Map();
export const NO_STATS: Stats = {
  downloaded: 0, uploaded: 0, left: 0, wanted: 0, downloadRate: 0, uploadRate: 0, peers: 0, seeds: 0, progress: 0,
};

export function post(board: Board, e: ClientEvent): Board {
  switch (e.event) {
    case 'metadata': {
      const checked = e.pieces === 0 ? 0 : e.have / e.pieces;
      return new Map(board).set(e.torrent, { name: e.name, phase: 'fetching', checked, stats: { ...NO_STATS, peers: e.peers } });
    }
    case 'started': {
      const stats = { ...NO_STATS, left: e.bytes, wanted: e.bytes };
      return new Map(board).set(e.torrent, { name: e.name, phase: 'checking', checked: 0, stats });
    }
    case 'checking': {
      const checked = e.pieces === 0 ? 1 : e.checked / e.pieces;
      return amend(board, e.torrent, { phase: 'checking', checked });
    }
    case 'checked': return amend(board, e.torrent, { phase: e.good === e.pieces ? 'seeding' : 'downloading' });
    case 'stats': return amend(board, e.torrent, { stats: e });
    case 'done': return amend(board, e.torrent, { phase: 'seeding' });
    case 'paused': return amend(board, e.torrent, { phase: 'paused' });
    case 'resumed': {
      const complete = board.get(e.torrent)?.stats.left === 0;
      return amend(board, e.torrent, { phase: complete ? 'seeding' : 'downloading' });
    }
    case 'error': return e.torrent === undefined ? board : amend(board, e.torrent, { phase: 'failed' });
    case 'removed': return new Map([...board].filter(([torrent]) => torrent !== e.torrent));
    case 'stopped': return new Map([...board].map(([torrent, row]) => [torrent, atRest(row)]));
    case 'seeded': case 'listening': case 'page': case 'piece': case 'peer': case 'choke': case 'shadow': case 'tracker':
    case 'warning': case 'answer':
      return board;
  }
}

function atRest(row: Row): Row {
  const stats = { ...row.stats, downloadRate: 0, uploadRate: 0, peers: 0, seeds: 0 };
  if (row.phase === 'failed') return { ...row, stats };
  return { ...row, stats, phase: row.phase === 'seeding' || stats.progress === 1 ? 'complete' : 'stopped' };
}

function amend(board: Board, torrent: string, change: Partial<Row>): Board {
  const row = board.get(torrent);
  return row === undefined ? board : new Map(board).set(torrent, { ...row, ...change });
}
