/**
 * ChokeMgr: decides, round by round and as things happen, which peers we upload to. The decision itself is a policy's.
 * Hears:  PeerMgr (peerJoined, peerLeft, torrent, torrentLeft), Controller (report), Limiter (linkLimit),
 *         Console (setPolicy), Timer (tick).
 * Tells:  Controller (choke, unchoke), and only when the answer changes; Timer (register, cancel).
 * Owns:   the roster of all peers of all torrents, the policy and its memo. What it knows of a peer is what was reported.
 * Source: BEP 3 "choking"; the policy interface is policy/choke/policy.ts.
 */
import type { PeerKey, TorrentKey } from '../base/brand.js';
import type { Millis } from '../base/units.js';
import type { ChosenPolicy, Limit } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { TorrentView, Trigger, Why } from '../policy/choke/policy.js';
import { chokeEngine, type ChokeEngine, type Introduction, type Order, type PeerReport } from '../policy/choke/engine.js';
import type { Tick, TimerMsg } from './timer.js';

// MAILBOX ----------------------------------------------------------------------------
export type ChokeMsg =
  /** Handshake done. `inbox` receives our orders until `peerLeft`. */
  | { readonly type: 'peerJoined'; readonly peer: Introduction; readonly inbox: Mailbox<ChokeOrder, 'Controller'> }
  /** Connection gone, for any reason. An unknown peer is ignored (the race is legal). */
  | { readonly type: 'peerLeft'; readonly peer: PeerKey }
  /** How things stand with a peer; at most once a second, and at once when its interest changes. */
  | { readonly type: 'report'; readonly peer: PeerKey; readonly report: PeerReport }
  | { readonly type: 'torrent'; readonly view: TorrentView }
  | { readonly type: 'torrentLeft'; readonly torrent: TorrentKey }
  | { readonly type: 'linkLimit'; readonly limit: Limit }
  | { readonly type: 'setPolicy'; readonly chosen: ChosenPolicy }
  | Tick;
export type ChokeOrder = { readonly type: 'choke' } | { readonly type: 'unchoke'; readonly why: Why };

const declaration = declare({
  name: 'ChokeMgr',
  scope: 'client',
  doc: 'whom we upload to: rounds, policy, memo',
  tells: { Controller: ['choke', 'unchoke'], Timer: ['register', 'cancel'] },
});
type Me = Self<typeof declaration, ChokeMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ChokeInputs {
  readonly choke: ChosenPolicy;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
interface State {
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
  readonly engine: ChokeEngine;
  readonly inboxes: Map<PeerKey, Mailbox<ChokeOrder, 'Controller'>>;
}

const ROUND = 'round';
const OPTIMISTIC = 'optimistic';
/** An extra round that the policy asked for. */
const EXTRA = 'extra';

// CORE -------------------------------------------------------------------------------
function init({ choke, timer }: ChokeInputs, self: Me): State {
  const s: State = { timer, engine: chokeEngine(choke, self.random), inboxes: new Map() };
  startRounds(s, self);
  return s;
}

function step(s: State, m: ChokeMsg, self: Me): void {
  const now = self.now();
  switch (m.type) {
    case 'peerJoined':
      s.inboxes.set(m.peer.key, m.inbox);
      s.engine.join(m.peer);
      return react(s, 'joined', m.peer.key, self);
    case 'peerLeft':
      if (!s.inboxes.delete(m.peer)) return;
      s.engine.leave(m.peer);
      return react(s, 'left', m.peer, self);
    case 'report': {
      const trigger = s.engine.report(m.peer, m.report, now);
      if (trigger) react(s, trigger, m.peer, self);
      return;
    }
    case 'torrent': {
      const completed = s.engine.torrent(m.view);
      if (completed) react(s, 'completed', null, self);
      return;
    }
    case 'torrentLeft':
      for (const peer of s.engine.torrentLeft(m.torrent)) s.inboxes.delete(peer);
      return;
    case 'linkLimit': return s.engine.linkLimit(m.limit);
    case 'setPolicy':
      s.engine.use(m.chosen);
      return startRounds(s, self);
    case 'tick': return tick(s, m.tag, self);
  }
}

function startRounds(s: State, self: Me): void {
  const { tickMs, optimisticMs } = s.engine.timing;
  wake(s, ROUND, tickMs, self);
  if (optimisticMs === undefined) self.tell(s.timer, { type: 'cancel', replyTo: self.mailbox, tag: OPTIMISTIC });
  else wake(s, OPTIMISTIC, optimisticMs, self);
}

function tick(s: State, tag: string, self: Me): void {
  const { tickMs, optimisticMs } = s.engine.timing;
  if (tag === ROUND) wake(s, ROUND, tickMs, self);
  if (tag === OPTIMISTIC && optimisticMs !== undefined) wake(s, OPTIMISTIC, optimisticMs, self);
  decide(s, tag === OPTIMISTIC ? 'optimistic' : 'tick', null, self);
}

function react(s: State, trigger: Trigger, subject: PeerKey | null, self: Me): void {
  if (s.engine.timing.react.includes(trigger)) decide(s, trigger, subject, self);
}

function decide(s: State, trigger: Trigger, subject: PeerKey | null, self: Me): void {
  const { orders, requestTickIn } = s.engine.decide({ trigger, subject, now: self.now() });
  for (const order of orders) give(s, order, self);
  if (requestTickIn !== undefined) wake(s, EXTRA, requestTickIn, self);
}

function give(s: State, order: Order, self: Me): void {
  const inbox = s.inboxes.get(order.peer);
  if (!inbox) return;
  self.tell(inbox, order.why === undefined ? { type: 'choke' } : { type: 'unchoke', why: order.why });
}

function wake(s: State, tag: string, after: Millis, self: Me): void {
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after, tag });
}

// ACTOR ------------------------------------------------------------------------------
export const chokeMgr = defineProcess({ declaration, init, step });
