/**
 * Console: speaks with the person or program at the terminal.
 * Hears:  Status, TorrentMgr, Listener (event), the terminal (line).
 * Tells:  TorrentMgr (pause, resume, listPeers, stop), Limiter (setLimit), ChokeMgr (setPolicy, setShadow).
 * Owns:   the terminal, and the latest numbers of each torrent for `status`. Commands: see console-commands.ts.
 */
import type { InfoHash } from '../base/brand.js';
import { describe, type Result } from '../base/result.js';
import type { ChosenPolicy } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import { builtIn, fromModule, isFile } from '../policy/choke/choose.js';
import type { Cancel } from '../ports/clock.js';
import type { ClientEvent } from '../ports/events.js';
import type { Modules } from '../ports/modules.js';
import type { Terminal } from '../ports/terminal.js';
import type { ChokeMsg } from './choke-mgr.js';
import { findTorrent, HELP, parseCommand, type Command } from './console-commands.js';
import type { LimiterMsg } from './limiter.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type ConsoleMsg =
  /** Something people want to know. */
  | { readonly type: 'event'; readonly event: ClientEvent }
  /** Typed, or sent down a pipe. */
  | { readonly type: 'line'; readonly line: string }
  /** What became of the policy that a line named. */
  | { readonly type: 'policyFound'; readonly found: Result<ChosenPolicy>; readonly use: PolicyCommand };
type PolicyCommand = Command & { readonly type: 'policy' | 'shadow' };

const declaration = declare({
  name: 'Console',
  scope: 'client',
  doc: 'the terminal: events out, commands in',
  tells: { TorrentMgr: ['pause', 'resume', 'listPeers', 'stop'], Limiter: ['setLimit'], ChokeMgr: ['setPolicy', 'setShadow'] },
});
type Me = Self<typeof declaration, ConsoleMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ConsoleInput {
  readonly terminal: Terminal;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly limiter: Mailbox<LimiterMsg, 'Limiter'>;
  readonly chokeMgr: Mailbox<ChokeMsg, 'ChokeMgr'>;
  readonly modules?: Modules;
}
type StatsEvent = Extract<ClientEvent, { event: 'stats' }>;
interface State extends ConsoleInput {
  readonly silence: Cancel;
  readonly stats: Map<InfoHash, StatsEvent>;
}

// CORE -------------------------------------------------------------------------------
function step(s: State, m: ConsoleMsg, self: Me): void {
  if (m.type === 'event') {
    if (m.event.event === 'stats') s.stats.set(m.event.torrent, m.event);
    return s.terminal.show(m.event);
  }
  if (m.type === 'policyFound') return policyFound(s, m.found, m.use, self);
  const command = parseCommand(m.line);
  if (command.ok) obey(s, command.value, self);
  else answer(s, describe(command.error));
}

function obey(s: State, c: Command, self: Me): void {
  switch (c.type) {
    case 'help': return answer(s, ...HELP);
    case 'status': return answer(s, ...(s.stats.size > 0 ? [...s.stats.values()].map(statusLine) : ['nothing yet: still checking']));
    case 'peers': return self.tell(s.torrentMgr, { type: 'listPeers' });
    case 'limit':
      self.tell(s.limiter, { type: 'setLimit', direction: c.direction, limit: c.limit });
      return answer(s, `${c.direction} limit: ${c.limit === null ? 'none' : `${c.limit / 1000} KB/s`}`);
    case 'policy':
    case 'shadow': return choosePolicy(s, c, self);
    case 'pause': return self.tell(s.torrentMgr, { type: 'pause' });
    case 'resume': return self.tell(s.torrentMgr, { type: 'resume' });
    case 'quit': return self.tell(s.torrentMgr, { type: 'stop' });
  }
}

/** A built-in policy at once, one in a file when it is loaded. */
function choosePolicy(s: State, c: PolicyCommand, self: Me): void {
  if (!c.policy) {
    self.tell(s.chokeMgr, { type: 'setShadow' });
    return answer(s, 'no shadow policy');
  }
  const { name, params } = c.policy;
  if (!isFile(name)) return policyFound(s, builtIn(name, params), c, self);
  if (!s.modules) return answer(s, 'policies in files cannot be loaded here');
  void s.modules.load(name).then((module) => self.post({ type: 'policyFound', found: fromModule(name, module, params), use: c }));
}

function policyFound(s: State, found: Result<ChosenPolicy>, use: PolicyCommand, self: Me): void {
  if (!found.ok) return answer(s, describe(found.error));
  const chosen = found.value;
  const { name } = chosen.policy;
  if (use.type === 'shadow') {
    self.tell(s.chokeMgr, { type: 'setShadow', chosen });
    return answer(s, `shadow policy: ${name}`);
  }
  if (use.torrent === undefined) {
    self.tell(s.chokeMgr, { type: 'setPolicy', chosen });
    return answer(s, `choking policy: ${name}`);
  }
  const torrent = findTorrent(use.torrent, [...s.stats.values()]);
  if (!torrent.ok) return answer(s, describe(torrent.error));
  self.tell(s.chokeMgr, { type: 'setPolicy', chosen, torrent: torrent.value });
  answer(s, `choking policy of ${s.stats.get(torrent.value)?.name}: ${name}`);
}

function answer(s: State, ...lines: string[]): void {
  s.terminal.show({ event: 'answer', lines });
}

function statusLine(e: StatsEvent): string {
  const kb = (rate: number): string => `${(rate / 1000).toFixed(1)} KB/s`;
  return `${e.name}: ${(e.progress * 100).toFixed(1)}%, down ${kb(e.downloadRate)}, up ${kb(e.uploadRate)}, `
    + `${e.peers} ${e.peers === 1 ? 'peer' : 'peers'} (${e.seeds} ${e.seeds === 1 ? 'seed' : 'seeds'})`;
}

// ACTOR ------------------------------------------------------------------------------
export const consoleProcess = defineProcess({
  declaration,
  init: (input: ConsoleInput, self: Me): State => {
    const silence = input.terminal.lines((line) => self.post({ type: 'line', line }));
    return { silence, stats: new Map(), ...input };
  },
  step,
  end: (s) => s.silence(),
});
