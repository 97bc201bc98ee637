/**
 * Api: shows the client to the people who look at its live page, and hands in what they wish.
 * Hears:  the page (opened, refused, came, left, said, gave), TorrentMgr (torrentsSeen, answered), Status (torrentSeen, peersSeen),
 *         PieceMgr (piecesSeen), Files (filesSeen), ChokeMgr (decided), Limiter (bucketsSeen), Console (answered), Timer (tick).
 * Tells:  TorrentMgr (look, add), ChokeMgr (look), Limiter (look), Console (line, event), Timer (register).
 * Owns:   the page, who looks at it and at what, and what they were told last (api-album.ts). The others are asked how they stand a few
 *         times a second while somebody looks, and keep nothing for it.
 */
import type { InfoHash, TorrentKey } from '../base/brand.js';
import { describe } from '../base/result.js';
import { SECOND } from '../base/units.js';
import type { NewTorrent } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { ClientEvent } from '../ports/events.js';
import type { Sha1 } from '../ports/hash.js';
import type { Answer, LivePage, OpenPage, Reply, Viewer } from '../ports/live-page.js';
import type {
  Buckets, ChokerPicture, ClientPicture, Decision, FilesPicture, PeerPicture, PiecesPicture, TorrentEntry, TorrentStats,
} from '../ports/picture.js';
import { parseMetainfo } from '../protocol/metainfo.js';
import { Album } from './api-album.js';
import type { Onlooker } from './api-processes.js';
import type { ChokeMsg } from './choke-mgr.js';
import type { ConsoleMsg } from './console.js';
import type { LimiterMsg } from './limiter.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type ApiMsg =
  /** People can come. */
  | { readonly type: 'opened'; readonly page: OpenPage }
  /** There is no page, and why. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Somebody looks. */
  | { readonly type: 'came'; readonly viewer: Viewer }
  /** Somebody looks no more. */
  | { readonly type: 'left'; readonly viewer: Viewer }
  /** A line of the console's language, from the page. */
  | { readonly type: 'said'; readonly line: string; readonly answer: Answer }
  /** A torrent to be added, from the page. */
  | { readonly type: 'gave'; readonly torrentFile: Uint8Array; readonly answer: Answer }
  /** What became of the line with this ticket. */
  | { readonly type: 'answered'; readonly ticket: number; readonly reply: Reply }
  /** All torrents there are. */
  | { readonly type: 'torrentsSeen'; readonly torrents: readonly TorrentEntry[] }
  /** How far and how fast one is. */
  | { readonly type: 'torrentSeen'; readonly torrent: InfoHash; readonly stats: TorrentStats }
  /** Its peers, as they last said. */
  | { readonly type: 'peersSeen'; readonly torrent: InfoHash; readonly peers: readonly PeerPicture[] }
  /** Its pieces, and their copies among our peers. */
  | { readonly type: 'piecesSeen'; readonly torrent: InfoHash; readonly pieces: PiecesPicture }
  /** Some of its files. */
  | { readonly type: 'filesSeen'; readonly torrent: InfoHash; readonly files: FilesPicture }
  /** Who decides on each torrent that is looked at, and what was decided since the last look. */
  | { readonly type: 'decided'; readonly chokers: ReadonlyMap<InfoHash, ChokerPicture>; readonly decisions: readonly Decision[] }
  /** The limits, and who waits for credit. */
  | { readonly type: 'bucketsSeen'; readonly buckets: Buckets }
  | Tick;

/** Whoever said a line: absent, where it was typed at the terminal. */
export interface Asker {
  readonly ticket: number;
  readonly replyTo: Mailbox<ApiMsg, 'Api'>;
}

const declaration = declare({
  name: 'Api',
  scope: 'client',
  doc: 'the live page: who looks at what',
  tells: {
    TorrentMgr: ['look', 'add'], ChokeMgr: ['look'], Limiter: ['look'], Console: ['line', 'event'], Timer: ['register'],
  },
});
type Me = Self<typeof declaration, ApiMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ApiInput {
  readonly page: LivePage;
  readonly client: ClientPicture;
  readonly sha1: Sha1;
  readonly kernel: Onlooker;
  readonly newKey: () => TorrentKey;
  readonly newTorrent: NewTorrent;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
interface State extends ApiInput {
  open: OpenPage | undefined;
  readonly album: Album;
  /** Lines that the Console has not answered. */
  readonly asked: Map<number, Answer>;
  tickets: number;
  beats: number;
  /** The next beat is due. */
  awake: boolean;
}

/** A few times a second. */
const BEAT = 0.4 * SECOND;
/** A piece map takes a walk over all pieces, and people do not read it faster. */
const PIECES_EVERY = 4;
const TICK = 'beat';

// CORE -------------------------------------------------------------------------------
function init(input: ApiInput, self: Me): State {
  const s: State = {
    open: undefined, album: new Album(input.client), asked: new Map(), tickets: 0, beats: 0, awake: false, ...input,
  };
  input.page.open({
    came: (viewer) => self.post({ type: 'came', viewer }),
    left: (viewer) => self.post({ type: 'left', viewer }),
    said: (line, answer) => self.post({ type: 'said', line, answer }),
    gave: (torrentFile, answer) => self.post({ type: 'gave', torrentFile, answer }),
  }).then(
    (page) => self.post({ type: 'opened', page }),
    (error: unknown) => self.post({ type: 'refused', reason: error instanceof Error ? error.message : String(error) }),
  );
  return s;
}

function step(s: State, m: ApiMsg, self: Me): void {
  const { album } = s;
  switch (m.type) {
    case 'opened':
      s.open = m.page;
      return say(s, { event: 'page', url: m.page.url }, self);
    case 'refused': return say(s, { event: 'warning', reason: `no live page: ${m.reason}` }, self);
    case 'came':
      album.admit(m.viewer);
      return s.awake ? undefined : beat(s, self);
    case 'left': return left(s, m.viewer, self);
    case 'said': return said(s, m.line, m.answer, self);
    case 'answered':
      s.asked.get(m.ticket)?.(m.reply);
      return void s.asked.delete(m.ticket);
    case 'gave': return gave(s, m.torrentFile, m.answer, self);
    case 'torrentsSeen': return album.torrents(m.torrents);
    case 'torrentSeen': return album.stats(m.torrent, m.stats);
    case 'peersSeen': return album.peers(m.torrent, m.peers);
    case 'piecesSeen': return album.pieces(m.torrent, m.pieces);
    case 'filesSeen': return album.files(m.torrent, m.files);
    case 'decided': return album.decided(m.chokers, m.decisions);
    case 'bucketsSeen': return album.buckets(m.buckets);
    case 'tick': return tick(s, self);
  }
}

// LOOKING

/** What came of the last look is shown; then everybody is asked again. */
function tick(s: State, self: Me): void {
  s.awake = false;
  s.album.show(s.kernel);
  if (s.album.isWatched) beat(s, self);
}

function beat(s: State, self: Me): void {
  const closely = s.album.focus;
  const pieces = s.beats++ % PIECES_EVERY === 0;
  self.tell(s.torrentMgr, { type: 'look', closely, pieces, files: s.album.filesLookedAt, replyTo: self.mailbox });
  self.tell(s.chokeMgr, { type: 'look', torrents: closely, replyTo: self.mailbox });
  self.tell(s.limiter, { type: 'look', replyTo: self.mailbox });
  s.awake = true;
  rearm(s, self);
}

/** Also when Timer has started again, and knows of nothing. */
function rearm(s: State, self: Me): void {
  if (s.awake) self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: BEAT, tag: TICK });
}

function left(s: State, viewer: Viewer, self: Me): void {
  s.album.dismiss(viewer);
  // Nobody looks: nothing is to be noted any more.
  if (!s.album.isWatched) self.tell(s.chokeMgr, { type: 'look', torrents: new Set<InfoHash>(), replyTo: self.mailbox });
}

// WISHES

/** What was asked before the Console or TorrentMgr started again, it will not answer. */
const unanswered = (who: string) => ({ asked }: State): void => {
  for (const answer of asked.values()) answer({ done: false, lines: [`${who} crashed over this or something before it: look whether it was done`] });
  asked.clear();
};

/** The console's language, and `kill ID`, which is for the page alone: it shows the ids. */
function said(s: State, line: string, answer: Answer, self: Me): void {
  const [, victim] = /^kill (\S+)$/.exec(line) ?? [];
  if (victim !== undefined) return kill(s, victim, answer);
  s.asked.set(++s.tickets, answer);
  self.tell(s.console, { type: 'line', line, asker: { ticket: s.tickets, replyTo: self.mailbox } });
}

function kill(s: State, id: string, answer: Answer): void {
  try {
    s.kernel.kill(id);
    answer({ done: true, lines: [`killed ${id}`] });
  } catch (error) {
    answer({ done: false, lines: [error instanceof Error ? error.message : String(error)] });
  }
}

function gave(s: State, torrentFile: Uint8Array, answer: Answer, self: Me): void {
  const meta = parseMetainfo(torrentFile, s.sha1);
  if (!meta.ok) return answer({ done: false, lines: [`not a valid torrent: ${describe(meta.error)}`] });
  const { infoHash, name } = meta.value;
  if (s.album.knows(infoHash)) return answer({ done: false, lines: [`${name} is here already`] });
  const request = s.newTorrent(meta.value);
  if (typeof request === 'string') return answer({ done: false, lines: [request] });
  self.tell(s.torrentMgr, { type: 'add', key: s.newKey(), request });
  answer({ done: true, lines: [`added ${name}`] });
}

function say(s: State, event: ClientEvent, self: Me): void {
  self.tell(s.console, { type: 'event', event });
}

function close(s: State): void {
  s.open?.close();
}

/** A page that opened too late. */
function lost(m: ApiMsg): void {
  if (m.type === 'opened') m.page.close();
}

// ACTOR ------------------------------------------------------------------------------
export const api = defineProcess({
  declaration, init, step, end: close, lost,
  reminds: { Timer: rearm, Console: unanswered('the console'), TorrentMgr: unanswered('TorrentMgr') },
});
