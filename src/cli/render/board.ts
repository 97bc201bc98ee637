/**
 * Board: what is to be shown of each torrent, made from the events alone. Pure: `post` takes a board and an event to
 * the next board. Rows stay in the order in which torrents were started.
 */
import type { ClientEvent, OfTorrent, Stats } from '../../ports/events.js';

/** `fetching`: the metadata of a magnet link. `complete` and `stopped`: the client has ended, with or without everything. */
type Activity = 'fetching' | 'checking' | 'downloading' | 'seeding' | 'failed' | 'complete' | 'stopped';
/** Why it has no peers. */
type Halt = 'paused' | 'queued' | 'seeded';
export type Phase = Activity | Halt;

export interface Row {
  readonly name: string;
  readonly activity: Activity;
  readonly halt: Halt | undefined;
  /** Of the check, or of the metadata, while there is one. */
  readonly checked: number;
  readonly stats: Stats;
}
/** What people are told that it does. A check goes on without peers. */
export const phaseOf = ({ activity, halt }: Row): Phase =>
  halt !== undefined && (activity === 'fetching' || activity === 'downloading' || activity === 'seeding') ? halt : activity;

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
      return begin(board, e, { activity: 'fetching', checked, stats: { ...NO_STATS, peers: e.peers } });
    }
    case 'started': {
      const stats = { ...NO_STATS, left: e.bytes, wanted: e.bytes };
      return begin(board, e, { activity: 'checking', checked: 0, stats });
    }
    case 'checking': {
      const checked = e.pieces === 0 ? 1 : e.checked / e.pieces;
      return amend(board, e.torrent, { activity: 'checking', checked });
    }
    case 'checked': return amend(board, e.torrent, { activity: e.good === e.pieces ? 'seeding' : 'downloading' });
    case 'stats': return amend(board, e.torrent, { stats: e });
    case 'done': return amend(board, e.torrent, { activity: 'seeding' });
    case 'paused':
    case 'queued':
    case 'seeded': return amend(board, e.torrent, { halt: e.event });
    case 'resumed': return amend(board, e.torrent, { halt: undefined });
    case 'error': return e.torrent === undefined ? board : amend(board, e.torrent, { activity: 'failed' });
    case 'removed': return new Map([...board].filter(([torrent]) => torrent !== e.torrent));
    case 'stopped': return new Map([...board].map(([torrent, row]) => [torrent, atRest(row)]));
    case 'listening': case 'page': case 'watching': case 'piece': case 'peer': case 'choke': case 'shadow': case 'tracker':
    case 'warning': case 'files': case 'answer':
      return board;
  }
}

function atRest(row: Row): Row {
  const stats = { ...row.stats, downloadRate: 0, uploadRate: 0, peers: 0, seeds: 0 };
  if (row.activity === 'failed') return { ...row, stats };
  return { ...row, stats, activity: row.activity === 'seeding' || stats.progress === 1 ? 'complete' : 'stopped' };
}

function begin(board: Board, { torrent, name }: OfTorrent, row: Pick<Row, 'activity' | 'checked' | 'stats'>): Board {
  return new Map(board).set(torrent, { name, halt: board.get(torrent)?.halt, ...row });
}

function amend(board: Board, torrent: string, change: Partial<Row>): Board {
  const row = board.get(torrent);
  return row === undefined ? board : new Map(board).set(torrent, { ...row, ...change });
}
