/**
 * Tracker: announces to the trackers of one tier (BEP 3, BEP 12).
 * Hears:  Status (totals), PeerMgr (start, wantPeers) or, for a magnet link, Metadata (totals, start, wantPeers), TorrentMgr (stop),
 *         Timer (tick), the network (answered, failed).
 * Tells:  PeerMgr or Metadata (candidates), Status (note), TorrentMgr (closed), Timer (register, cancel).
 * Owns:   the tier, the announce state (which events are owed) and the backoff. An announce is a round through the tier, one at most is under
 *         way: who fails, or is silent for a while, is followed by the next, and the first answer ends it. Where our machine and the tracker's
 *         name have addresses of both families it is told over both, for it knows us by the one it sees.
 * Source: BEP 3 "trackers", BEP 7 (IPv6), BEP 12 (tiers), BEP 15 (UDP).
 */
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import { defineProcess } from '../kernel/process.js';
import { backoffMs } from '../model/backoff.js';
import type { AnnounceAnswer, AnnounceEvent, AnnounceParams, AnnouncePeers } from '../protocol/announce.js';
import { askAnnounce, waysTo } from './ask-tracker.js';
import type { Totals } from './status.js';
import { declaration, initialState, type Me, type State, type TrackerMsg } from './tracker-state.js';

export type { TrackerMsg } from './tracker-state.js';

const WANT = 80;
const TIMEOUT: Millis = 20 * SECOND;
/** At the end a tracker that does not answer soon must not keep the user waiting. */
const STOP_TIMEOUT: Millis = 3 * SECOND;
/** A tracker that is silent for so long may be dead: the next one is asked as well. */
const HEAD_START: Millis = 3 * SECOND;
const BACKOFF = { baseMs: 10 * SECOND, capMs: 30 * MINUTE };
const ANNOUNCE = 'announce';

// CORE -------------------------------------------------------------------------------
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
    case 'tick': return tick(s, m.tag, self);
    case 'answered': return m.round === s.round ? answered(s, m.url, m.answer, self) : late(s, m.answer, self);
    case 'failed': return m.round === s.round ? failed(s, m.url, m, self) : undefined;
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

function tick(s: State, tag: string, self: Me): void {
  if (tag === ANNOUNCE) {
    s.nextAt = undefined;
    announce(s, self);
  } else if (tag === silenceOf(s) && !s.closing) ask(s, self);
}

// A ROUND

function announce(s: State, self: Me): void {
  if (!s.on || !s.totals || s.underWay || s.tier.isEmpty) return;
  const event = eventOf(s);
  s.underWay = event ?? 'none';
  // Said again only where it is certain that it failed: a crash must not make it count twice.
  if (event === 'completed') s.relation.completed = true;
  s.askedAt = self.now();
  s.tier.begin();
  ask(s, self);
}

/** The next of the tier; the goodbye is for the first only, who has answered last. */
function ask(s: State, self: Me): void {
  const { http, udp, families, round, totals, underWay } = s;
  const url = s.tier.next((one) => waysTo(one, families).length);
  if (url === undefined || !totals || !underWay) return;
  const isGoodbye = underWay === 'stopped';
  const asker = { http, ...(udp && { udp }), random: self.random, timeout: isGoodbye ? STOP_TIMEOUT : TIMEOUT };
  const event = underWay === 'none' && !s.relation.met.has(url) ? 'started' : underWay;
  const params = paramsOf(s, totals, { event, url });
  for (const way of waysTo(url, families)) {
    askAnnounce(url, params, { ...asker, ...way }).then(
      (answer) => self.post({ type: 'answered', round, url, answer }),
      (error: unknown) => self.post({ type: 'failed', round, url, reason: error instanceof Error ? error.message : String(error) }),
    );
  }
  if (!isGoodbye) watchSilence(s, self);
}

interface Saying {
  readonly event: AnnounceEvent | 'none';
  readonly url: string;
}

function paramsOf(s: State, { uploaded, downloaded, left }: Totals, { event, url }: Saying): AnnounceParams {
  const { torrent: infoHash, peerId, port, relation: { key, trackerIds } } = s;
  const trackerId = trackerIds.get(url);
  return {
    infoHash, peerId, port, uploaded, downloaded, left, key, numwant: event === 'stopped' ? 0 : WANT,
    ...(event !== 'none' && { event }), ...(trackerId !== undefined && { trackerId }),
  };
}

const silenceOf = ({ round }: State): string => `silence ${round}`;

function watchSilence(s: State, self: Me): void {
  if (s.tier.hasNext) self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: HEAD_START, tag: silenceOf(s) });
}

/** What comes from now on in answer to it is late. */
function endRound(s: State): void {
  s.round++;
  s.underWay = undefined;
}

function answered(s: State, url: string, answer: AnnounceAnswer, self: Me): void {
  if (answer.kind === 'failure') return failed(s, url, answer, self);
  const said = s.underWay;
  // By each way it knows us as another.
  if (said === 'stopped') return goodbyeEnds(s, url, self);
  endRound(s);
  s.failures = 0;
  if (said === 'started') s.relation.started = true;
  s.relation.met.add(url);
  s.tier.promote(url);
  if (answer.trackerId !== undefined) s.relation.trackerIds.set(url, answer.trackerId);
  s.minInterval = answer.minIntervalMs ?? MINUTE;
  const nextInMs = Math.max(answer.intervalMs, answer.minIntervalMs ?? 0);
  tellFound(s, answer, self);
  const { seeds, leechers, warning } = answer;
  self.tell(s.status, { type: 'note', note: {
    event: 'tracker', url, what: 'announced', peers: answer.peers.length, nextInMs,
    ...(seeds !== undefined && { seeds }), ...(leechers !== undefined && { leechers }),
  } });
  if (warning !== undefined) self.tell(s.status, { type: 'note', note: { event: 'tracker', url, what: 'warning', reason: warning } });
  if (s.closing || eventOf(s)) announce(s, self);
  else announceIn(s, nextInMs, self);
}

/** Over the other family, or of one that was slow: its peers are as good as any. */
function late(s: State, answer: AnnounceAnswer, self: Me): void {
  if (answer.kind === 'peers' && s.on && !s.closing) tellFound(s, answer, self);
}

function tellFound(s: State, { peers: endpoints }: AnnouncePeers, self: Me): void {
  self.tell(s.peers, { type: 'candidates', endpoints, from: 'tracker' });
}

function announceIn(s: State, after: Millis, self: Me): void {
  s.nextAt = self.now() + after;
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after, tag: ANNOUNCE });
}

function timerIsNew(s: State, self: Me): void {
  if (s.nextAt !== undefined) announceIn(s, Math.max(0, s.nextAt - self.now()), self);
  if (s.underWay && s.underWay !== 'stopped') watchSilence(s, self);
}

interface Failing {
  readonly reason: string;
  /** What the tracker asks for itself (BEP 31); Infinity: to be left alone. */
  readonly retryInMs?: Millis;
}

/** The next of the tier at once; after the last, all again later. */
function failed(s: State, url: string, { reason, retryInMs = 0 }: Failing, self: Me): void {
  const said = s.underWay;
  if (said === 'stopped') return goodbyeEnds(s, url, self);
  if (!s.tier.through(url)) return;
  const never = retryInMs === Infinity;
  if (never) s.tier.drop(url);
  if (!s.closing && !s.tier.isSpent) {
    self.tell(s.status, { type: 'note', note: { event: 'tracker', url, what: 'failed', reason } });
    return ask(s, self);
  }
  endRound(s);
  if (said === 'completed') s.relation.completed = false;
  if (s.closing) return announce(s, self);
  const wait = backoffMs(BACKOFF, ++s.failures, self.random);
  const after = never ? wait : Math.max(wait, retryInMs);
  const again = !s.tier.isEmpty;
  self.tell(s.status, { type: 'note', note: { event: 'tracker', url, what: 'failed', reason, ...(again && { nextInMs: after }) } });
  if (again) announceIn(s, after, self);
}

// THE END

function stop(s: State, self: Me): void {
  self.tell(s.timer, { type: 'cancel', replyTo: self.mailbox, tag: ANNOUNCE });
  s.nextAt = undefined;
  s.on = true;
  s.closing = true;
  // A tracker that never heard of us needs no goodbye.
  if (!s.underWay && (!s.relation.started || s.tier.isEmpty)) return closed(s, self);
  announce(s, self);
}

function goodbyeEnds(s: State, url: string, self: Me): void {
  if (!s.tier.through(url)) return;
  endRound(s);
  closed(s, self);
}

function closed(s: State, self: Me): void {
  s.relation.started = false;
  s.relation.met.clear();
  // Told to start again while the goodbye was under way.
  if (!s.closing) return announce(s, self);
  s.on = false;
  self.tell(s.torrentMgr, { type: 'closed', torrent: s.torrent, part: self.id });
}

// ACTOR ------------------------------------------------------------------------------
export const tracker = defineProcess({ declaration, init: initialState, step, reminds: { Timer: timerIsNew } });
