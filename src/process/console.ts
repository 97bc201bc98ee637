/**
 * Console: speaks with the person or program at the terminal.
 * Hears:  Status, TorrentMgr, Listener, Api (event), the terminal, Api (line).
 * Tells:  TorrentMgr (pause, resume, remove, prioritize, listFiles, listPeers, stop), Limiter (setLimit), ChokeMgr (setPolicy, setShadow),
 *         Api (answered).
 * Owns:   the terminal, and the latest numbers of each torrent for `status`. Commands: see console-commands.ts.
 */
import type { InfoHash } from '../base/brand.js';
import { percent, plural } from '../base/format.js';
import { describe, ok, type Flaw, type Result } from '../base/result.js';
import type { ChosenPolicy, LimitOf } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { builtIn, fromModule, isFile } from '../policy/choke/choose.js';
import type { Cancel } from '../ports/clock.js';
import type { ClientEvent, OfTorrent } from '../ports/events.js';
import type { Reply } from '../ports/live-page.js';
import type { Modules } from '../ports/modules.js';
import type { Terminal } from '../ports/terminal.js';
import type { Asker } from './api.js';
import type { ChokeMsg } from './choke-mgr.js';
import { findTorrent, HELP, parseCommand, type Command, type LimitNamed } from './console-commands.js';
import { graphLines, type Observed } from './console-graph.js';
import { removalInWords } from './console-removal.js';
import type { LimiterMsg } from './limiter.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type ConsoleMsg =
  /** Something people want to know. */
  | { readonly type: 'event'; readonly event: ClientEvent }
  /** Typed, or sent down a pipe; or by somebody who is to be answered. */
  | { readonly type: 'line'; readonly line: string; readonly asker?: Asker }
  /** What became of the policy that a line named. */
  | { readonly type: 'policyFound'; readonly found: Result<ChosenPolicy>; readonly use: PolicyCommand; readonly asker: Asker | undefined };
type PolicyFound = ConsoleMsg & { readonly type: 'policyFound' };
type PolicyCommand = Command & { readonly type: 'policy' | 'shadow' };

const declaration = declare({
  name: 'Console',
  scope: 'client',
  doc: 'the terminal: events out, commands in',
  tells: {
    TorrentMgr: ['pause', 'resume', 'remove', 'prioritize', 'listFiles', 'listPeers', 'stop'], Limiter: ['setLimit'],
    ChokeMgr: ['setPolicy', 'setShadow'], Api: ['answered'],
  },
});
type Me = Self<typeof declaration, ConsoleMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ConsoleInput {
  /** For `graph`. */
  readonly kernel: Observed;
  readonly terminal: Terminal;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly modules?: Modules;
}
type StatsEvent = Extract<ClientEvent, { event: 'stats' }>;
type Halt = Extract<ClientEvent['event'], 'paused' | 'queued' | 'seeded'>;
/** What nobody says a second time. */
interface Kept {
  /** All torrents that were started. */
  readonly known: Map<InfoHash, OfTorrent>;
  /** Those of them that do not go on, and why. */
  readonly halted: Map<InfoHash, Halt>;
  /** Of those events that come again after a crash: see `isNews`. */
  readonly shown: Set<string>;
}
interface State extends ConsoleInput {
  readonly silence: Cancel;
  readonly stats: Map<InfoHash, StatsEvent>;
  readonly kept: Kept;
  /** Who is to hear that a torrent is removed. */
  readonly leaving: Map<InfoHash, Asker>;
}
/** What may be asked from elsewhere than the terminal; there, the others answer to it. */
const REMOTE: ReadonlySet<Command['type']> = new Set(['limit', 'policy', 'shadow', 'priority', 'pause', 'resume', 'remove']);

// CORE -------------------------------------------------------------------------------
function step(s: State, m: ConsoleMsg, self: Me): void {
  switch (m.type) {
    case 'event': return show(s, m.event, self);
    case 'policyFound': return policyFound(s, m, self);
    case 'line': {
      const command = parseCommand(m.line);
      if (!command.ok) return refuse(s, m.asker, command.error, self);
      if (m.asker && !REMOTE.has(command.value.type)) return reply(s, m.asker, false, [`${command.value.type}: only at the terminal`], self);
      return obey(s, command.value, m.asker, self);
    }
  }
}

function show(s: State, event: ClientEvent, self: Me): void {
  if (event.event === 'started' || event.event === 'metadata') s.kept.known.set(event.torrent, event);
  if (event.event === 'stats') s.stats.set(event.torrent, event);
  if (event.event === 'paused' || event.event === 'queued' || event.event === 'seeded') s.kept.halted.set(event.torrent, event.event);
  if (event.event === 'resumed') s.kept.halted.delete(event.torrent);
  if (event.event === 'removed') gone(s, event.torrent, { done: true, lines: [`${event.name}: ${removalInWords(event)}`] }, self);
  if (event.event === 'error' && event.torrent !== undefined) gone(s, event.torrent, { done: false, lines: [event.reason] }, self);
  if (isNews(s, event)) s.terminal.show(event);
}

/** It may come again, and then all of it is news. */
function gone({ stats, leaving, kept: { known, halted, shown } }: State, torrent: InfoHash, reply: Reply, self: Me): void {
  const asker = leaving.get(torrent);
  if (asker) self.tell(asker.replyTo, { type: 'answered', ticket: asker.ticket, reply });
  leaving.delete(torrent);
  stats.delete(torrent);
  known.delete(torrent);
  halted.delete(torrent);
  for (const key of shown) if (key.includes(torrent)) shown.delete(key);
}

/** The end of a download and of seeding are told again by who cannot know whether we fell over them. */
function isNews({ kept: { shown } }: State, e: ClientEvent): boolean {
  if (e.event !== 'done' && e.event !== 'seeded') return true;
  const key = `${e.event} ${e.torrent} ${e.event === 'done' ? e.elapsedMs : ''}`;
  const news = !shown.has(key);
  shown.add(key);
  return news;
}

function obey(s: State, c: Command, asker: Asker | undefined, self: Me): void {
  const answer = (...lines: string[]): void => reply(s, asker, true, lines, self);
  switch (c.type) {
    case 'help': return answer(...HELP);
    case 'status': return answer(...(s.stats.size > 0 ? [...s.stats.values()].map((e) => statusLine(s, e)) : ['nothing yet: still checking']));
    case 'peers': return self.tell(s.torrentMgr, { type: 'listPeers' });
    case 'graph': return answer(...graphLines(s.kernel));
    case 'limit': return limit(s, c, asker, self);
    case 'policy':
    case 'shadow': return choosePolicy(s, c, asker, self);
    case 'remove': return remove(s, c, asker, self);
    case 'files':
    case 'priority':
    case 'pause':
    case 'resume': return ofTorrents(s, c, asker, self);
    case 'quit': return self.tell(s.torrentMgr, { type: 'stop' });
  }
}

/** Of one torrent, or of all. At the terminal its event is the answer; of `priority`, TorrentMgr knows it. */
function ofTorrents(s: State, c: Command & { type: 'files' | 'priority' | 'pause' | 'resume' }, asker: Asker | undefined, self: Me): void {
  const found = c.torrent === undefined ? ok(undefined) : findTorrent(c.torrent, [...s.kept.known.values()]);
  if (!found.ok) return refuse(s, asker, found.error, self);
  const torrent = found.value === undefined ? {} : { torrent: found.value };
  switch (c.type) {
    case 'files': return self.tell(s.torrentMgr, { type: 'listFiles', ...torrent });
    case 'priority':
      return self.tell(s.torrentMgr, { type: 'prioritize', glob: c.glob, priority: c.priority, ...torrent, ...(asker && { asker }) });
    case 'pause':
    case 'resume':
      self.tell(s.torrentMgr, { type: c.type, ...torrent });
      if (asker) reply(s, asker, true, [`${c.type}d`], self);
  }
}

/** At the terminal its event is the answer, and elsewhere what that says. */
function remove(s: State, { torrent, withData }: Command & { type: 'remove' }, asker: Asker | undefined, self: Me): void {
  const found = findTorrent(torrent, [...s.kept.known.values()]);
  if (!found.ok) return refuse(s, asker, found.error, self);
  if (asker && s.leaving.has(found.value)) return reply(s, asker, false, ['it is being removed already'], self);
  if (asker) s.leaving.set(found.value, asker);
  self.tell(s.torrentMgr, { type: 'remove', torrent: found.value, withData });
}

function limit(s: State, { direction, limit, of }: Command & { type: 'limit' }, asker: Asker | undefined, self: Me): void {
  const whose = limitOf(s, of);
  if (!whose.ok) return refuse(s, asker, whose.error, self);
  self.tell(s.limiter, { type: 'setLimit', direction, limit, of: whose.value });
  const named = typeof whose.value === 'string' ? whose.value : s.kept.known.get(whose.value.torrent)?.name;
  const what = `${direction} limit${named === 'all' ? '' : ` of ${named}`}`;
  reply(s, asker, true, [`${what}: ${limit === null ? 'none' : `${limit / 1000} KB/s`}`], self);
}

function limitOf(s: State, of: LimitNamed): Result<LimitOf> {
  if (typeof of === 'string') return ok(of);
  const torrent = findTorrent(of.start, [...s.kept.known.values()]);
  return torrent.ok ? ok({ torrent: torrent.value }) : torrent;
}

/** A built-in policy at once, one in a file when it is loaded. */
function choosePolicy(s: State, use: PolicyCommand, asker: Asker | undefined, self: Me): void {
  if (!use.policy) {
    self.tell(s.chokeMgr, { type: 'setShadow' });
    return reply(s, asker, true, ['no shadow policy'], self);
  }
  const { name, params } = use.policy;
  const found = (result: Result<ChosenPolicy>): PolicyFound => ({ type: 'policyFound', found: result, use, asker });
  if (!isFile(name)) return policyFound(s, found(builtIn(name, params)), self);
  if (!s.modules) return reply(s, asker, false, ['policies in files cannot be loaded here'], self);
  if (asker) return reply(s, asker, false, ['policies in files: only at the terminal'], self);
  void s.modules.load(name).then((module) => self.post(found(fromModule(name, module, params))));
}

function policyFound(s: State, { found, use, asker }: PolicyFound, self: Me): void {
  if (!found.ok) return refuse(s, asker, found.error, self);
  const chosen = found.value;
  const { name } = chosen.policy;
  if (use.type === 'shadow') {
    self.tell(s.chokeMgr, { type: 'setShadow', chosen });
    return reply(s, asker, true, [`shadow policy: ${name}`], self);
  }
  if (use.torrent === undefined) {
    self.tell(s.chokeMgr, { type: 'setPolicy', chosen });
    return reply(s, asker, true, [`choking policy: ${name}`], self);
  }
  const torrent = findTorrent(use.torrent, [...s.kept.known.values()]);
  if (!torrent.ok) return refuse(s, asker, torrent.error, self);
  self.tell(s.chokeMgr, { type: 'setPolicy', chosen, torrent: torrent.value });
  reply(s, asker, true, [`choking policy of ${s.kept.known.get(torrent.value)?.name}: ${name}`], self);
}

const refuse = (s: State, asker: Asker | undefined, flaw: Flaw, self: Me): void => reply(s, asker, false, [describe(flaw)], self);

function reply(s: State, asker: Asker | undefined, done: boolean, lines: readonly string[], self: Me): void {
  if (asker) self.tell(asker.replyTo, { type: 'answered', ticket: asker.ticket, reply: { done, lines } });
  else s.terminal.show({ event: 'answer', lines });
}

function statusLine({ kept: { halted } }: State, e: StatsEvent): string {
  const kb = (rate: number): string => `${(rate / 1000).toFixed(1)} KB/s`;
  const halt = halted.get(e.torrent);
  return `${e.name}: ${percent(e.progress)}, ${halt === undefined ? '' : `${halt}, `}down ${kb(e.downloadRate)}, up ${kb(e.uploadRate)}, `
    + `${plural(e.peers, 'peer')} (${plural(e.seeds, 'seed')})`;
}

// ACTOR ------------------------------------------------------------------------------
export const consoleProcess = defineProcess({
  declaration,
  init: (input: ConsoleInput, self: Me): State => {
    const silence = input.terminal.lines((line) => self.post({ type: 'line', line }));
    const kept = self.kept as Kept | undefined ?? { known: new Map(), halted: new Map(), shown: new Set() };
    self.keep(kept);
    return { silence, stats: new Map(), kept, leaving: new Map(), ...input };
  },
  step,
  end: (s) => s.silence(),
});
