/**
 * Status: what a torrent has done so far, and how fast.
 * Hears:  Sender (uploaded), Controller (downloaded, peer, note), PieceMgr (progress, note),
 *         PeerMgr (peerLeft, note), Tracker (note), Files (note), Limiter (levels), TorrentMgr (listPeers, look), Timer (tick).
 * Tells:  Console (event), TorrentMgr (completeness, seeded), Tracker (totals), Limiter (weigh), Api (torrentSeen, peersSeen), Timer (register).
 * Owns:   totals, rates, and the latest facts of each peer. It decides nothing but when a seeding goal is reached.
 */
import type { InfoHash, PeerKey } from '../base/brand.js';
import { plural } from '../base/format.js';
import { MINUTE, SECOND, type Bytes, type Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { createRate, type Rate } from '../model/rate.js';
import type { ClientEvent, Levels, OfTorrent, PeerFacts, Stats } from '../ports/events.js';
import type { ApiMsg } from './api.js';
import type { ConsoleMsg } from './console.js';
import type { LimiterMsg } from './limiter.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';
import type { TrackerMsg } from './tracker.js';

// MAILBOX ----------------------------------------------------------------------------
type Nameless<E> = E extends Partial<OfTorrent> & { event: Named } ? Omit<E, keyof OfTorrent> : never;
type Named = Exclude<ClientEvent['event'], 'listening' | 'page' | 'watching' | 'shadow' | 'answer' | 'stopped'>;
/** An event of this torrent, before it has its name. */
export type Note = Nameless<ClientEvent>;

export type StatusMsg =
  /** Payload that left for a peer. */
  | { readonly type: 'uploaded'; readonly bytes: Bytes }
  /** A block of a peer. */
  | { readonly type: 'downloaded'; readonly bytes: Bytes }
  /** How a peer stands: once a second, if anything changed. */
  | { readonly type: 'peer'; readonly peer: PeerKey; readonly facts: PeerFacts }
  /** A peer is gone. */
  | { readonly type: 'peerLeft'; readonly peer: PeerKey }
  /** Bytes: `left` of those `wanted`, and those `unwanted` and not had. `complete`: nothing wanted is missing. */
  | { readonly type: 'progress'; readonly left: Bytes; readonly wanted: Bytes; readonly unwanted: Bytes; readonly complete: boolean }
  /** Something to tell people, with the name of the torrent. */
  | { readonly type: 'note'; readonly note: Note }
  /** The limits that hold this torrent; none: undefined. */
  | { readonly type: 'levels'; readonly levels: Levels | undefined }
  /** The user wants to see who is connected. */
  | { readonly type: 'listPeers' }
  /** Somebody looks at this torrent, and where `closely`, at its peers too. */
  | { readonly type: 'look'; readonly closely: boolean; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;

/** What trackers and seeding goals are told. */
export interface Totals {
  readonly uploaded: Bytes;
  readonly downloaded: Bytes;
  readonly left: Bytes;
  readonly complete: boolean;
}

const declaration = declare({
  name: 'Status',
  scope: 'torrent',
  doc: 'uploaded, downloaded, left, rates',
  tells: {
    Console: ['event'], TorrentMgr: ['completeness', 'seeded'], Tracker: ['totals'], Limiter: ['weigh'], Api: ['torrentSeen', 'peersSeen'],
    Timer: ['register'],
  },
});
type Me = Self<typeof declaration, StatusMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface StatusInput {
  readonly torrent: InfoHash;
  readonly name: string;
  readonly goals: { readonly ratio?: number; readonly time?: Millis };
  readonly trackers: readonly Mailbox<TrackerMsg, 'Tracker'>[];
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** What nobody could say again after a crash. */
interface Tally {
  readonly startedAt: Millis;
  downloaded: Bytes;
  uploaded: Bytes;
  completeAt: Millis | undefined;
  /** Goals are announced once. */
  seeded: boolean;
}
interface State extends StatusInput {
  readonly tally: Tally;
  readonly peers: Map<PeerKey, PeerFacts>;
  readonly down: Rate;
  readonly up: Rate;
  /** Unknown until the check is over. */
  progress: Omit<StatusMsg & { type: 'progress' }, 'type'> | undefined;
  /** How much of what is on disk has been looked through, 0 to 1. */
  checked: number;
  levels: Levels | undefined;
  /** When there last was news. */
  movedAt: Millis;
  /** The next report is due within a BEAT. */
  awake: boolean;
}

/** Short enough to feel alive, long enough to be read. */
const RATE = { kind: 'window', ms: 5000, bucketMs: 500 } as const;
/** Between reports while anything moves, and for a LINGER after that: the rates have then come down to zero, and displays have shown it. */
const BEAT = SECOND;
const LINGER = 10 * SECOND;
/** Between reports while nothing does: for whoever came late. */
const QUIET = MINUTE;
const TICK = 'report';

// CORE -------------------------------------------------------------------------------
function init(input: StatusInput, self: Me): State {
  const now = self.now();
  self.tell(input.timer, { type: 'register', replyTo: self.mailbox, after: BEAT, tag: TICK });
  const tally = self.kept as Tally | undefined
    ?? { startedAt: now, downloaded: 0, uploaded: 0, completeAt: undefined, seeded: false };
  self.keep(tally);
  return {
    tally, movedAt: now, awake: true, peers: new Map(), down: createRate(RATE, now), up: createRate(RATE, now), progress: undefined,
    checked: 0, levels: undefined, ...input,
  };
}

function step(s: State, m: StatusMsg, self: Me): void {
  if (m.type === 'look') return look(s, m, self);
  if (m.type === 'levels') return void (s.levels = m.levels);
  if (m.type !== 'tick') moved(s, self);
  switch (m.type) {
    case 'uploaded':
      s.tally.uploaded += m.bytes;
      return s.up.add(s.movedAt, m.bytes);
    case 'downloaded':
      s.tally.downloaded += m.bytes;
      return s.down.add(s.movedAt, m.bytes);
    case 'peer': return void s.peers.set(m.peer, m.facts);
    case 'peerLeft': return void s.peers.delete(m.peer);
    case 'progress': return progress(s, m, self);
    case 'note':
      if (m.note.event === 'checking') s.checked = m.note.checked / Math.max(1, m.note.pieces);
      return say(s, m.note, self);
    case 'listPeers':
      return self.tell(s.console, { type: 'event', event: { event: 'answer', lines: peerTable(s) } });
    case 'tick':
      report(s, self);
      return rearm(s, self);
  }
}

function moved(s: State, self: Me): void {
  s.movedAt = self.now();
  if (!s.awake) rearm(s, self);
}

/** The next report: soon while there is news, seldom when there is none, since of hundreds of torrents most are still. */
function rearm(s: State, self: Me): void {
  const now = self.now();
  s.awake = now - s.movedAt < LINGER;
  const after = s.awake ? BEAT : Math.min(QUIET, Math.max(BEAT, timeGoalAt(s) - now));
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after, tag: TICK });
}

const timeGoalAt = ({ goals, tally: { seeded, completeAt } }: State): Millis =>
  (seeded || completeAt === undefined ? Infinity : completeAt + (goals.time ?? Infinity));

function progress(s: State, m: StatusMsg & { type: 'progress' }, self: Me): void {
  const { progress: before, tally } = s;
  s.progress = m;
  if (before?.complete !== m.complete) self.tell(s.torrentMgr, { type: 'completeness', torrent: s.torrent, complete: m.complete });
  if (!m.complete) {
    tally.completeAt = undefined;
  } else if (tally.completeAt === undefined) {
    tally.completeAt = self.now();
    report(s, self);
    sayDone(s, self);
  }
  if (!before) tellTrackers(s, self);
}

function sayDone(s: State, self: Me): void {
  const { downloaded, uploaded, startedAt, completeAt } = s.tally;
  if (completeAt !== undefined) say(s, { event: 'done', downloaded, uploaded, elapsedMs: completeAt - startedAt }, self);
}

/** What must not be missed is said again, in case it fell over that: it knows what it has shown. */
function consoleIsNew(s: State, self: Me): void {
  report(s, self);
  sayDone(s, self);
  if (s.tally.seeded) saySeeded(s, self);
}

function report(s: State, self: Me): void {
  if (!s.progress) return;
  const now = self.now();
  say(s, { event: 'stats', ...statsOf(s, s.progress, now) }, self);
  weigh(s, self);
  tellTrackers(s, self);
  goals(s, now, self);
}

/** For the next report, or the next look. */
function weigh(s: State, self: Me): void {
  self.tell(s.limiter, { type: 'weigh', torrent: s.torrent, replyTo: self.mailbox });
}

function statsOf(s: State, { left, wanted }: { readonly left: Bytes; readonly wanted: Bytes }, now: Millis): Stats {
  const seeds = [...s.peers.values()].filter((p) => p.progress === 1).length;
  return {
    downloaded: s.tally.downloaded, uploaded: s.tally.uploaded, left, wanted, progress: wanted === 0 ? 1 : 1 - left / wanted,
    downloadRate: Math.round(s.down.at(now)), uploadRate: Math.round(s.up.at(now)), peers: s.peers.size, seeds,
    ...(s.levels && { limits: s.levels }),
  };
}

/** During the check nothing is known of what is left. */
function look(s: State, { closely, replyTo }: StatusMsg & { type: 'look' }, self: Me): void {
  const { torrent, progress, checked } = s;
  const stats = statsOf(s, progress ?? { left: 0, wanted: 0 }, self.now());
  self.tell(replyTo, { type: 'torrentSeen', torrent, stats: progress ? stats : { ...stats, progress: 0, checked } });
  if (!closely) return;
  self.tell(replyTo, { type: 'peersSeen', torrent, peers: [...s.peers].map(([peer, facts]) => ({ peer, ...facts })) });
  weigh(s, self);
}

function goals(s: State, now: Millis, self: Me): void {
  const { tally } = s;
  if (tally.seeded || tally.completeAt === undefined || !s.progress) return;
  const { ratio: goal = Infinity, time = Infinity } = s.goals;
  if (ratioOf(s) < goal && now - tally.completeAt < time) return;
  tally.seeded = true;
  saySeeded(s, self);
  self.tell(s.torrentMgr, { type: 'seeded', torrent: s.torrent });
}

/** By what was downloaded, or, where nothing had to be, by the size. */
const ratioOf = ({ tally, progress }: State): number => tally.uploaded / Math.max(1, tally.downloaded || (progress?.wanted ?? 0));

function saySeeded(s: State, self: Me): void {
  say(s, { event: 'seeded', uploaded: s.tally.uploaded, ratio: ratioOf(s) }, self);
}

/** To a tracker only the whole torrent is complete: what is not wanted is left too (BEP 3). */
function tellTrackers(s: State, self: Me): void {
  if (!s.progress) return;
  const { uploaded, downloaded } = s.tally;
  const left = s.progress.left + s.progress.unwanted;
  const totals: Totals = { uploaded, downloaded, left, complete: left === 0 };
  for (const tracker of s.trackers) self.tell(tracker, { type: 'totals', totals });
}

function say(s: State, note: Note, self: Me): void {
  const event = { ...note, torrent: s.torrent, name: s.name } as ClientEvent;
  self.tell(s.console, { type: 'event', event });
}

const PEER_HEADING = 'address                flags  done   down KB/s  up KB/s  client';

function peerTable(s: State): string[] {
  const rows = [...s.peers.values()].map((p) => {
    const flags = [p.amInterested ? (p.peerChoking ? 'd' : 'D') : '-', p.peerInterested ? (p.amChoking ? 'u' : 'U') : '-',
      p.snubbed ? 'S' : '-', p.incoming ? 'I' : '-'].join('');
    const rate = (bytes: number): string => (bytes / 1000).toFixed(1);
    return `${p.address.padEnd(22)} ${flags.padEnd(5)} ${`${Math.floor(p.progress * 100)}%`.padStart(5)} `
      + `${rate(p.downloadRate).padStart(11)} ${rate(p.uploadRate).padStart(8)}  ${p.client}`;
  });
  return [`${s.name}: ${plural(s.peers.size, 'peer')}`, PEER_HEADING, ...rows];
}

// ACTOR ------------------------------------------------------------------------------
export const status = defineProcess({ declaration, init, step, reminds: { Timer: rearm, Console: consoleIsNew } });
