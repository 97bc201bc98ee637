/**
 * ChokeMgr: decides, round by round and as things happen, which peers we upload to. The decision itself is a policy's.
 * Hears:  PeerMgr (peerJoined, peerLeft, torrent, torrentLeft), Controller (report), Limiter (linkLimit),
 *         Console (setPolicy, setShadow), Api (look), Timer (tick).
 * Tells:  Controller (choke, unchoke, lead) and Limiter (share), and only when the answer changes; Console (event): a policy that failed,
 *         where a shadow differs; Api (decided), Timer (register, cancel).
 * Owns:   the roster of all peers of all torrents, the policies and their memos. What it knows of a peer is what was reported. One
 *         engine is for all torrents, but those that have a policy of their own, which have an engine each.
 * Source: BEP 3 "choking"; the policy interface is policy/choke/policy.ts.
 */
import type { InfoHash, PeerKey, TorrentKey } from '../base/brand.js';
import type { Bytes, Millis } from '../base/units.js';
import type { ChosenPolicy, Limit } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { uplinkOf, type UplinkLimits } from '../model/uplink.js';
import type { Differences, Singled } from '../policy/choke/differences.js';
import { ChokeEngine, equalShare, type Introduction, type Occasion, type Order, type PeerReport, type Share } from '../policy/choke/engine.js';
import type { TorrentView, Trigger, Why } from '../policy/choke/policy.js';
import { encodeFact } from '../policy/choke/record.js';
import type { RecordFile } from '../ports/record.js';
import type { ApiMsg } from './api.js';
import { ChokeBoard, type Judgement } from './choke-board.js';
import type { ConsoleMsg } from './console.js';
import type { LimiterMsg } from './limiter.js';
import type { Tick, TimerMsg } from './timer.js';

// MAILBOX ----------------------------------------------------------------------------
export type ChokeMsg =
  /** Handshake done. `inbox` receives our orders until `peerLeft`; people know the peer by its address. */
  | { readonly type: 'peerJoined'; readonly peer: Introduction; readonly address: string;
      readonly inbox: Mailbox<ChokeOrder, 'Controller'> }
  /** Connection gone, for any reason. An unknown peer is ignored (the race is legal). */
  | { readonly type: 'peerLeft'; readonly peer: PeerKey }
  /** How things stand with a peer; at most once a second, and at once when its interest changes or its lead is used up. */
  | { readonly type: 'report'; readonly peer: PeerKey; readonly report: PeerReport }
  /** `choke`: it has a policy of its own from the start. */
  | { readonly type: 'torrent'; readonly view: TorrentView; readonly torrent: InfoHash; readonly choke?: ChosenPolicy }
  /** Gone, with all its peers. */
  | { readonly type: 'torrentLeft'; readonly torrent: TorrentKey }
  /** The upload limits of all and of torrents. */
  | { readonly type: 'linkLimit'; readonly limits: UplinkLimits<InfoHash> }
  /** For one torrent, or for all that have no policy of their own. */
  | { readonly type: 'setPolicy'; readonly chosen: ChosenPolicy; readonly torrent?: InfoHash }
  /** A policy that looks on, beside every other; or none. */
  | { readonly type: 'setShadow'; readonly chosen?: ChosenPolicy }
  /** From now on what is decided of these torrents is noted; what was noted so far is told. */
  | { readonly type: 'look'; readonly torrents: ReadonlySet<InfoHash>; readonly replyTo: Mailbox<ApiMsg, 'Api'> }
  | Tick;
export type ChokeOrder =
  /** Serve it no more. */
  | { readonly type: 'choke' }
  /** Serve its requests; `why` is for people. */
  | { readonly type: 'unchoke'; readonly why: Why }
  /** From now on the peer may be ahead of us by this; undefined: as far as it likes. */
  | { readonly type: 'lead'; readonly lead: Bytes | undefined };

const declaration = declare({
  name: 'ChokeMgr',
  scope: 'client',
  doc: 'whom we upload to: rounds, policy, memo',
  tells: {
    Controller: ['choke', 'unchoke', 'lead'], Limiter: ['share'], Console: ['event'], Api: ['decided'], Timer: ['register', 'cancel'],
  },
});
type Me = Self<typeof declaration, ChokeMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ChokeInputs {
  readonly choke: ChosenPolicy;
  readonly shadow?: ChosenPolicy;
  /** Written down for a replay: the policy that is for all torrents, with all it sees. */
  readonly record?: RecordFile;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
}
/** A policy at work, with the alarms of its rounds. */
interface Office {
  readonly id: string;
  readonly engine: ChokeEngine;
  /** What it is to react to at the next alarm, and to whom. */
  readonly waiting: Map<Trigger, Set<PeerKey>>;
  /** When it last did. */
  reactedAt: Millis;
  /** Of the torrents it is for, together. */
  link: Limit;
  /** What it decided last. */
  latest: Judgement | undefined;
}
interface Known {
  readonly inbox: Mailbox<ChokeOrder, 'Controller'>;
  readonly address: string;
  readonly torrent: TorrentKey;
  /** Where the Limiter was told of one of its own. */
  share: Share | undefined;
}
/** What the user chose, for all and by torrent. */
interface Orders {
  forAll: ChosenPolicy;
  shadow: ChosenPolicy | undefined;
  readonly own: Map<InfoHash, ChosenPolicy>;
}
interface State {
  readonly orders: Orders;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  limits: UplinkLimits<InfoHash>;
  readonly forAll: Office;
  /** Of torrents that have their own. */
  readonly own: Map<TorrentKey, Office>;
  readonly torrents: Map<InfoHash, TorrentKey>;
  readonly peers: Map<PeerKey, Known>;
  readonly board: ChokeBoard;
}

const ROUND = 'round';
const OPTIMISTIC = 'optimistic';
/** An extra round that the policy asked for. */
const EXTRA = 'extra';
const REACTION = 'reaction';
const ALARMS = [ROUND, OPTIMISTIC, EXTRA, REACTION] as const;
type Alarm = (typeof ALARMS)[number];

/**
 * A decision looks at all peers, and a message of five bytes can ask for one: so what happens within this time of a reaction is answered
 * together, and joining costs each peer the same however many join.
 */
const REACTION_MS: Millis = 100;

// CORE -------------------------------------------------------------------------------
function init({ choke, shadow, record, limiter, timer, console }: ChokeInputs, self: Me): State {
  const orders = self.kept as Orders | undefined ?? { forAll: choke, shadow, own: new Map() };
  self.keep(orders);
  const engine = new ChokeEngine({
    ...(record && { record: (fact) => record.line(encodeFact(fact)) }), ...options(orders.forAll, orders.shadow, self),
  });
  const peers = new Map<PeerKey, Known>();
  const s: State = {
    orders, limiter, timer, console, limits: { all: null, eachTorrent: null, torrents: new Map() }, forAll: newOffice('all', engine),
    own: new Map(), torrents: new Map(), peers,
    board: new ChokeBoard((peer) => peers.get(peer)?.address),
  };
  startRounds(s, s.forAll, self);
  return s;
}

const newOffice = (id: string, engine: ChokeEngine): Office =>
  ({ id, engine, waiting: new Map(), reactedAt: -Infinity, link: null, latest: undefined });

const options = (chosen: ChosenPolicy, shadow: ChosenPolicy | undefined, self: Me) =>
  ({ chosen, random: self.random, clock: () => self.now(), ...(shadow && { shadow }) });

function step(s: State, m: ChokeMsg, self: Me): void {
  switch (m.type) {
    case 'peerJoined': {
      const { key, torrent } = m.peer;
      s.peers.set(key, { inbox: m.inbox, address: m.address, torrent, share: undefined });
      const office = officeOf(s, torrent);
      office.engine.join(m.peer);
      return react(s, office, { trigger: 'joined', subject: key }, self);
    }
    case 'peerLeft': {
      const peer = s.peers.get(m.peer);
      if (!peer) return;
      forget(s, m.peer, self);
      const office = officeOf(s, peer.torrent);
      office.engine.leave(m.peer);
      return react(s, office, { trigger: 'left', subject: m.peer }, self);
    }
    case 'report': {
      const peer = s.peers.get(m.peer);
      if (!peer) return;
      const office = officeOf(s, peer.torrent);
      const trigger = office.engine.report(m.peer, m.report, self.now());
      if (trigger) react(s, office, { trigger, subject: m.peer }, self);
      return;
    }
    case 'torrent': return torrent(s, m, self);
    case 'torrentLeft': return torrentLeft(s, m.torrent, self);
    case 'linkLimit':
      s.limits = m.limits;
      return measureLinks(s);
    case 'setPolicy': return setPolicy(s, m, self);
    case 'setShadow':
      s.orders.shadow = m.chosen;
      for (const { engine } of offices(s)) engine.useShadow(m.chosen);
      return;
    case 'look': return look(s, m, self);
    case 'tick': return tick(s, m.tag, self);
  }
}

const offices = (s: State): readonly Office[] => [s.forAll, ...s.own.values()];
const officeOf = (s: State, torrent: TorrentKey): Office => s.own.get(torrent) ?? s.forAll;

function torrent(s: State, m: ChokeMsg & { type: 'torrent' }, self: Me): void {
  const { key } = m.view;
  const choke = s.orders.own.get(m.torrent) ?? m.choke;
  const isNew = s.torrents.get(m.torrent) !== key;
  s.torrents.set(m.torrent, key);
  if (isNew && choke) open(s, key, choke, self);
  if (isNew) measureLinks(s);
  const office = officeOf(s, key);
  const completed = office.engine.torrent(m.view);
  if (completed) react(s, office, { trigger: 'completed' }, self);
}

function torrentLeft(s: State, torrent: TorrentKey, self: Me): void {
  const office = officeOf(s, torrent);
  for (const peer of office.engine.torrentLeft(torrent)) forget(s, peer, self);
  for (const [hash, key] of s.torrents) if (key === torrent) s.torrents.delete(hash);
  const hadOwn = s.own.delete(torrent);
  measureLinks(s);
  if (!hadOwn) return;
  for (const alarm of ALARMS) sleep(s, office, alarm, self);
}

function forget(s: State, peer: PeerKey, self: Me): void {
  if (s.peers.get(peer)?.share) self.tell(s.limiter, { type: 'share', ...equalShare(peer) });
  s.peers.delete(peer);
}

function setPolicy(s: State, { chosen, torrent }: ChokeMsg & { type: 'setPolicy' }, self: Me): void {
  const key = torrent && s.torrents.get(torrent);
  // A torrent that has left meanwhile.
  if (torrent && key === undefined) return;
  if (torrent) s.orders.own.set(torrent, chosen);
  else s.orders.forAll = chosen;
  const own = key === undefined ? s.forAll : s.own.get(key);
  if (key !== undefined && !own) return open(s, key, chosen, self);
  own!.engine.use(chosen);
  startRounds(s, own!, self);
}

/** A policy of its own for a torrent, with its peers as they are. */
function open(s: State, torrent: TorrentKey, chosen: ChosenPolicy, self: Me): void {
  const office = newOffice(String(torrent), new ChokeEngine(options(chosen, s.orders.shadow, self)));
  office.engine.takeOver(s.forAll.engine.handOver(torrent));
  s.own.set(torrent, office);
  measureLinks(s);
  startRounds(s, office, self);
}

/** After whatever changes the limits, or who is for which torrents. */
function measureLinks(s: State): void {
  for (const office of offices(s)) {
    const link = uplinkOf(s.limits, [...s.torrents].flatMap(([torrent, key]) => (officeOf(s, key) === office ? [torrent] : [])));
    if (link !== office.link) office.engine.linkLimit(link);
    office.link = link;
  }
}

// ROUNDS -----------------------------------------------------------------------------
function startRounds(s: State, office: Office, self: Me): void {
  office.waiting.clear();
  wakeForRounds(s, office, self);
}

function wakeForRounds(s: State, office: Office, self: Me): void {
  const { tickMs, optimisticMs } = office.engine.timing;
  wake(s, office, { alarm: ROUND, after: tickMs }, self);
  if (optimisticMs === undefined) sleep(s, office, OPTIMISTIC, self);
  else wake(s, office, { alarm: OPTIMISTIC, after: optimisticMs }, self);
}

function tick(s: State, tag: string, self: Me): void {
  const [alarm, id] = tag.split(' ') as [Alarm, string];
  const office = offices(s).find((o) => o.id === id);
  // Of a torrent that has left.
  if (!office) return;
  if (alarm === REACTION) return answer(s, office, self);
  const { tickMs, optimisticMs } = office.engine.timing;
  if (alarm === ROUND) wake(s, office, { alarm, after: tickMs }, self);
  if (alarm === OPTIMISTIC && optimisticMs !== undefined) wake(s, office, { alarm, after: optimisticMs }, self);
  decide(s, office, { trigger: alarm === OPTIMISTIC ? 'optimistic' : 'tick', subjects: [] }, self);
}

interface Event {
  readonly trigger: Trigger;
  readonly subject?: PeerKey;
}

/** At once, or with all that happens until the alarm. */
function react(s: State, office: Office, { trigger, subject }: Event, self: Me): void {
  const { engine, waiting, reactedAt } = office;
  if (!engine.timing.react.includes(trigger)) return;
  const first = waiting.size === 0;
  const subjects = waiting.get(trigger) ?? new Set();
  if (subject !== undefined) subjects.add(subject);
  waiting.set(trigger, subjects);
  if (!first) return;
  const after = reactedAt + REACTION_MS - self.now();
  if (after > 0) wake(s, office, { alarm: REACTION, after }, self);
  else answer(s, office, self);
}

/** Rounds begin anew, and what waits for an answer waits once more; an extra round that was asked for is one of them. */
function timerIsNew(s: State, self: Me): void {
  for (const office of offices(s)) {
    wakeForRounds(s, office, self);
    if (office.waiting.size > 0) wake(s, office, { alarm: REACTION, after: REACTION_MS }, self);
  }
}

function limiterIsNew(s: State, self: Me): void {
  for (const { share } of s.peers.values()) if (share) self.tell(s.limiter, { type: 'share', ...share });
}

function answer(s: State, office: Office, self: Me): void {
  office.reactedAt = self.now();
  const events = [...office.waiting];
  office.waiting.clear();
  for (const [trigger, subjects] of events) decide(s, office, { trigger, subjects: [...subjects] }, self);
}

function decide(s: State, office: Office, event: Omit<Occasion, 'now'>, self: Me): void {
  const occasion = { now: self.now(), ...event };
  const { names: { live: policy }, timing: { tickMs } } = office.engine;
  const outcome = office.engine.decide(occasion);
  office.latest = { policy, tickMs, occasion, outcome };
  s.board.note(office.latest);
  for (const order of outcome.orders) give(s, order, self);
  for (const share of outcome.shares) divide(s, share, self);
  for (const { peer, lead } of outcome.leads) {
    const known = s.peers.get(peer);
    if (known) self.tell(known.inbox, { type: 'lead', lead });
  }
  for (const reason of outcome.warnings) self.tell(s.console, { type: 'event', event: { event: 'warning', reason } });
  if (outcome.differences && event.trigger === 'tick') compare(s, office, outcome.differences, self);
  if (outcome.replaced) startRounds(s, office, self);
  else if (outcome.requestTickIn !== undefined) wake(s, office, { alarm: EXTRA, after: outcome.requestTickIn }, self);
}

function give(s: State, order: Order, self: Me): void {
  const peer = s.peers.get(order.peer);
  if (!peer) return;
  self.tell(peer.inbox, order.why === undefined ? { type: 'choke' } : { type: 'unchoke', why: order.why });
}

function divide(s: State, share: Share, self: Me): void {
  const peer = s.peers.get(share.peer);
  if (!peer) return;
  peer.share = share.cap !== undefined || share.weight !== 1 || share.claim !== undefined ? share : undefined;
  self.tell(s.limiter, { type: 'share', ...share });
}

/** What the shadow would have done, once a round. */
function compare(s: State, { engine }: Office, { same, onlyLive, onlyShadow }: Differences, self: Me): void {
  const { live, shadow } = engine.names;
  if (shadow === undefined || same + onlyLive.length + onlyShadow.length === 0) return;
  const named = (peers: readonly Singled[]) => peers.flatMap(({ peer, why }) => {
    const address = s.peers.get(peer)?.address;
    return address === undefined ? [] : [{ address, why }];
  });
  self.tell(s.console, { type: 'event', event: {
    event: 'shadow', policy: shadow, live, same, onlyLive: named(onlyLive), onlyShadow: named(onlyShadow),
  } });
}

function look(s: State, { torrents, replyTo }: ChokeMsg & { type: 'look' }, self: Me): void {
  const watched = new Map([...s.torrents].filter(([torrent]) => torrents.has(torrent)).map(([torrent, key]) => [key, torrent] as const));
  s.board.watch(watched, (torrent) => officeOf(s, torrent).latest);
  const chokers = new Map([...watched].map(([key, torrent]) => {
    const { names, timing } = officeOf(s, key).engine;
    return [torrent, { policy: names.live, tickMs: timing.tickMs }] as const;
  }));
  self.tell(replyTo, { type: 'decided', chokers, decisions: s.board.take() });
}

const tagOf = ({ id }: Office, alarm: Alarm): string => `${alarm} ${id}`;

function wake(s: State, office: Office, { alarm, after }: { readonly alarm: Alarm; readonly after: Millis }, self: Me): void {
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after, tag: tagOf(office, alarm) });
}

function sleep(s: State, office: Office, alarm: Alarm, self: Me): void {
  self.tell(s.timer, { type: 'cancel', replyTo: self.mailbox, tag: tagOf(office, alarm) });
}

// ACTOR ------------------------------------------------------------------------------
export const chokeMgr = defineProcess({ declaration, init, step, reminds: { Timer: timerIsNew, Limiter: limiterIsNew } });
