/**
 * Tracker: announces to the trackers of one tier (BEP 3, BEP 12).
 * Hears:  Status (totals), PeerMgr (start, wantPeers) or, for a magnet link, Metadata (totals, start, wantPeers), TorrentMgr (stop),
 *         Timer (tick), the network (answered, failed).
 * Tells:  PeerMgr or Metadata (candidates), Status (note), TorrentMgr (closed), Timer (register, cancel).
 * Owns:   the order of the tier's URLs, the announce state (which events are owed) and the backoff. One announce is under way at most.
 * Source: BEP 3 "trackers", BEP 12 (a tier is shuffled once; who answers is moved to its front), BEP 15 (UDP).
 */
import type { InfoHash, PeerId } from '../base/brand.js';
import { shuffled } from '../base/random.js';
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { backoffMs } from '../model/backoff.js';
import type { Http } from '../ports/http.js';
import type { Udp } from '../ports/udp.js';
import type { AnnounceAnswer, AnnounceEvent } from '../protocol/announce.js';
import { askAnnounce } from './ask-tracker.js';
import type { Found } from './peer-mgr.js';
import type { StatusMsg, Totals } from './status.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type TrackerMsg =
  /** What to tell the tracker of ourselves. */
  | { readonly type: 'totals'; readonly totals: Totals }
  /** More candidates would be welcome; asked at most as often as the tracker allows. */
  | { readonly type: 'wantPeers'; readonly count: number }
  /** Announce, now and from now on. */
  | { readonly type: 'start' }
  /** Says goodbye, then `closed` to TorrentMgr. */
  | { readonly type: 'stop' }
  /** An announce got through. */
  | { readonly type: 'answered'; readonly url: string; readonly answer: AnnounceAnswer }
  /** An announce did not. */
  | { readonly type: 'failed'; readonly url: string; readonly reason: string }
  | Tick;

const declaration = declare({
  name: 'Tracker',
  scope: 'torrent',
  doc: 'announces to one tier of trackers',
  tells: { PeerMgr: ['candidates'], Metadata: ['candidates'], Status: ['note'], TorrentMgr: ['closed'], Timer: ['register', 'cancel'] },
});
type Me = Self<typeof declaration, TrackerMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface TrackerInput {
  readonly urls: readonly string[];
  readonly torrent: InfoHash;
  readonly peerId: PeerId;
  readonly port: number;
  readonly http: Http;
  readonly udp?: Udp;
  /** Who dials. */
  readonly peers: Mailbox<Found, 'PeerMgr' | 'Metadata'>;
  readonly status: Mailbox<StatusMsg, 'Status'>;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
/** What we and the tracker know of each other, whatever happens to us. */
interface Relation {
  readonly key: string;
  /** The tracker knows of us. */
  started: boolean;
  /** `completed` was said, or was never to be: the torrent was complete at the start. Undefined until totals are known. */
  completed: boolean | undefined;
  trackerId: string | undefined;
}
interface State extends TrackerInput {
  readonly relation: Relation;
  /** The first is asked first. */
  order: string[];
  at: number;
  totals: Totals | undefined;
  /** Asked to run. */
  on: boolean;
  closing: boolean;
  underWay: AnnounceEvent | 'none' | undefined;
  failures: number;
  askedAt: Millis;
  minInterval: Millis;
  /** When the alarm for the next announce is due. */
  nextAt: Millis | undefined;
}

const WANT = 80;
const TIMEOUT: Millis = 20 * SECOND;
/** At the end a tracker that does not answer soon must not keep the user waiting. */
const STOP_TIMEOUT: Millis = 3 * SECOND;
const BACKOFF = { baseMs: 10 * SECOND, capMs: 30 * MINUTE };
const ANNOUNCE = 'announce';

// CORE -------------------------------------------------------------------------------
function init(input: TrackerInput, self: Me): State {
  const relation = self.kept as Relation | undefined ?? {
    key: self.random.u32().toString(16).padStart(8, '0'), started: false, completed: undefined, trackerId: undefined,
  };
  self.keep(relation);
  return {
    relation, order: shuffled(input.urls, self.random), at: 0, totals: undefined, on: false, closing: false,
    underWay: undefined, failures: 0, askedAt: -Infinity, minInterval: MINUTE, nextAt: undefined,
    ...input,
  };
}

function step(s: State, m: TrackerMsg, self: Me): void {
  switch (m.type) {
    case 'totals': return totals(s, m.totals, self);
    case 'wantPeers':
      if (s.relation.started && s.failures === 0 && self.now() - s.askedAt >= s.minInterval) announce(s, self);
      return;
    case 'start':
      if (s.on && !s.closing) return;
      s.on = true;
      s.closing = false;
      return announce(s, self);
    case 'stop': return stop(s, self);
    case 'tick':
      s.nextAt = undefined;
      return announce(s, self);
    case 'answered': return answered(s, m.url, m.answer, self);
    case 'failed': return failed(s, m.url, m, self);
  }
}

function totals(s: State, next: Totals, self: Me): void {
  const first = s.totals === undefined;
  s.totals = next;
  // What was complete at the start is never announced as completed (BEP 3).
  s.relation.completed ??= next.complete;
  // Where announces fail, the next try says it: totals come every second.
  if (first || (next.complete && !s.relation.completed && s.failures === 0)) announce(s, self);
}

/** Which event is owed to the tracker now. */
function eventOf(s: State): AnnounceEvent | undefined {
  if (s.closing) return 'stopped';
  if (!s.relation.started) return 'started';
  return s.totals?.complete && !s.relation.completed ? 'completed' : undefined;
}

function announce(s: State, self: Me): void {
  const { totals, underWay } = s;
  const url = s.order[s.at];
  if (!s.on || !totals || underWay || !url) return;
  const event = eventOf(s);
  s.underWay = event ?? 'none';
  // Said again only where it is certain that it failed: a crash must not make it count twice.
  if (event === 'completed') s.relation.completed = true;
  s.askedAt = self.now();
  const { uploaded, downloaded, left } = totals;
  const { key, trackerId } = s.relation;
  const params = {
    infoHash: s.torrent, peerId: s.peerId, port: s.port, uploaded, downloaded, left, key,
    numwant: event === 'stopped' ? 0 : WANT,
    ...(event !== undefined && { event }), ...(trackerId !== undefined && { trackerId }),
  };
  const { http, udp } = s;
  const asker = { http, ...(udp && { udp }), random: self.random, timeout: event === 'stopped' ? STOP_TIMEOUT : TIMEOUT };
  askAnnounce(url, params, asker).then(
    (answer) => self.post({ type: 'answered', url, answer }),
    (error: unknown) => self.post({ type: 'failed', url, reason: error instanceof Error ? error.message : String(error) }),
  );
}

function answered(s: State, url: string, answer: AnnounceAnswer, self: Me): void {
  if (answer.kind === 'failure') return failed(s, url, answer, self);
  const said = s.underWay;
  s.underWay = undefined;
  s.failures = 0;
  if (said === 'stopped') return closed(s, self);
  if (said === 'started') s.relation.started = true;
  s.order = [url, ...s.order.filter((u) => u !== url)];
  s.at = 0;
  s.relation.trackerId = answer.trackerId ?? s.relation.trackerId;
  s.minInterval = answer.minIntervalMs ?? MINUTE;
  self.tell(s.peers, { type: 'candidates', endpoints: answer.peers, from: 'tracker' });
  const { seeds, leechers, warning } = answer;
  self.tell(s.status, { type: 'note', note: {
    event: 'tracker', url, what: 'announced', peers: answer.peers.length, nextInMs: answer.intervalMs,
    ...(seeds !== undefined && { seeds }), ...(leechers !== undefined && { leechers }),
  } });
  if (warning !== undefined) self.tell(s.status, { type: 'note', note: { event: 'tracker', url, what: 'warning', reason: warning } });
  if (s.closing || eventOf(s)) announce(s, self);
  else announceIn(s, answer.intervalMs, self);
}

function announceIn(s: State, after: Millis, self: Me): void {
  s.nextAt = self.now() + after;
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after, tag: ANNOUNCE });
}

function timerIsNew(s: State, self: Me): void {
  if (s.nextAt !== undefined) announceIn(s, Math.max(0, s.nextAt - self.now()), self);
}

interface Failing {
  readonly reason: string;
  /** What the tracker asks for itself (BEP 31); Infinity: to be left alone. */
  readonly retryInMs?: Millis;
}

/** The next URL of the tier at once; after the last, all again later. */
function failed(s: State, url: string, { reason, retryInMs = 0 }: Failing, self: Me): void {
  const said = s.underWay;
  s.underWay = undefined;
  if (said === 'stopped') return closed(s, self);
  if (said === 'completed') s.relation.completed = false;
  if (s.closing) return announce(s, self);
  const never = retryInMs === Infinity;
  if (never) s.order.splice(s.at, 1);
  else s.at++;
  if (s.at < s.order.length) {
    self.tell(s.status, { type: 'note', note: { event: 'tracker', url, what: 'failed', reason } });
    return announce(s, self);
  }
  s.at = 0;
  const wait = backoffMs(BACKOFF, ++s.failures, self.random);
  const after = never ? wait : Math.max(wait, retryInMs);
  const again = s.order.length > 0;
  self.tell(s.status, { type: 'note', note: { event: 'tracker', url, what: 'failed', reason, ...(again && { nextInMs: after }) } });
  if (again) announceIn(s, after, self);
}

function stop(s: State, self: Me): void {
  self.tell(s.timer, { type: 'cancel', replyTo: self.mailbox, tag: ANNOUNCE });
  s.nextAt = undefined;
  s.on = true;
  s.closing = true;
  // A tracker that never heard of us needs no goodbye.
  if (!s.underWay && (!s.relation.started || s.order.length === 0)) return closed(s, self);
  announce(s, self);
}

function closed(s: State, self: Me): void {
  s.relation.started = false;
  // Told to start again while the goodbye was under way.
  if (!s.closing) return announce(s, self);
  s.on = false;
  self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
}

// ACTOR ------------------------------------------------------------------------------
export const tracker = defineProcess({ declaration, init, step, reminds: { Timer: timerIsNew } });
