/**
 * Listener: takes incoming connections and finds out which torrent each is for.
 * Hears:  the net (accepted, listening, refused), each new connection (greeting, ended), Timer (tick).
 * Tells:  TorrentMgr (listening, incoming), Console (event), Timer (register, cancel).
 * Owns:   the listening socket and the connections that have not said their handshake. Those are few and short-lived: a stranger can
 *         cost us at most PENDING sockets of 68 bytes each, for GREETING_MS.
 */
import { describe } from '../base/result.js';
import { SECOND } from '../base/units.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { Connection, Listening, Net } from '../ports/net.js';
import { decodeHandshake, HANDSHAKE_BYTES, prefixFlaw, type Handshake } from '../protocol/handshake.js';
import type { ConsoleMsg } from './console.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type ListenerMsg =
  /** We listen, and on this port. */
  | { readonly type: 'listening'; readonly socket: Listening }
  /** The port cannot be had. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Somebody has connected. */
  | { readonly type: 'accepted'; readonly connection: Connection }
  /** Bytes of a handshake. */
  | { readonly type: 'greeting'; readonly stranger: number; readonly data: Uint8Array }
  /** A stranger hung up before its handshake was through. */
  | { readonly type: 'ended'; readonly stranger: number }
  | Tick;
/** A connection whose handshake has been read. */
export interface Incoming {
  readonly connection: Connection;
  readonly handshake: Handshake;
  /** What came after the handshake: a copy. */
  readonly rest: Uint8Array;
}

const declaration = declare({
  name: 'Listener',
  scope: 'client',
  doc: 'accepts connections, reads their handshake',
  tells: { TorrentMgr: ['listening', 'incoming'], Console: ['event'], Timer: ['register', 'cancel'] },
});
type Me = Self<typeof declaration, ListenerMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface ListenerInput {
  readonly net: Net;
  readonly at: { readonly host?: string; readonly port: number };
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
interface Stranger {
  readonly connection: Connection;
  readonly said: Uint8Array;
  filled: number;
}
interface State extends ListenerInput {
  readonly strangers: Map<number, Stranger>;
  socket: Listening | undefined;
  next: number;
}

const PENDING = 100;
const GREETING_MS = 10 * SECOND;

// CORE -------------------------------------------------------------------------------
function init(input: ListenerInput, self: Me): State {
  const s: State = { strangers: new Map(), socket: undefined, next: 1, ...input };
  // The port that others were told of, where any was welcome.
  const port = self.kept as number | undefined ?? input.at.port;
  input.net.listen({ ...input.at, port }, (connection) => self.post({ type: 'accepted', connection })).then(
    (socket) => self.post({ type: 'listening', socket }),
    (error: unknown) => self.post({ type: 'refused', reason: error instanceof Error ? error.message : String(error) }),
  );
  return s;
}

function step(s: State, m: ListenerMsg, self: Me): void {
  switch (m.type) {
    case 'listening':
      s.socket = m.socket;
      self.keep(m.socket.port);
      self.tell(s.console, { type: 'event', event: { event: 'listening', port: m.socket.port } });
      return tellPort(s, self);
    case 'refused':
      self.tell(s.console, { type: 'event', event: { event: 'error', reason: `cannot listen: ${m.reason}` } });
      return self.tell(s.torrentMgr, { type: 'listening', port: 0 });
    case 'accepted': return accept(s, m.connection, self);
    case 'greeting': return greeting(s, m.stranger, m.data, self);
    case 'ended': return dismiss(s, m.stranger, self);
    case 'tick': return dismiss(s, Number(m.tag), self);
  }
}

function tellPort({ torrentMgr, socket }: State, self: Me): void {
  if (socket) self.tell(torrentMgr, { type: 'listening', port: socket.port });
}

function accept(s: State, connection: Connection, self: Me): void {
  // The one that has been silent longest makes room, so that strangers who say nothing lock nobody out.
  const [oldest] = s.strangers.keys();
  if (s.strangers.size >= PENDING && oldest !== undefined) dismiss(s, oldest, self);
  const stranger = s.next++;
  s.strangers.set(stranger, { connection, said: new Uint8Array(HANDSHAKE_BYTES), filled: 0 });
  connection.reader.readAtMost(HANDSHAKE_BYTES);
  connection.reader.read({
    data: (data) => self.post({ type: 'greeting', stranger, data }),
    end: () => self.post({ type: 'ended', stranger }),
  });
  awaitGreeting(s, stranger, self);
}

function awaitGreeting({ timer }: State, stranger: number, self: Me): void {
  self.tell(timer, { type: 'register', replyTo: self.mailbox, after: GREETING_MS, tag: `${stranger}` });
}

function timerIsNew(s: State, self: Me): void {
  for (const stranger of s.strangers.keys()) awaitGreeting(s, stranger, self);
}

function greeting(s: State, number: number, data: Uint8Array, self: Me): void {
  const stranger = s.strangers.get(number);
  if (!stranger) return;
  const { connection, said } = stranger;
  const n = Math.min(data.length, HANDSHAKE_BYTES - stranger.filled);
  said.set(data.subarray(0, n), stranger.filled);
  stranger.filled += n;
  const flaw = prefixFlaw(said, stranger.filled);
  if (flaw) {
    const event = { event: 'warning', reason: `${connection.remote.host}: ${describe(flaw)}` } as const;
    self.tell(s.console, { type: 'event', event });
    return dismiss(s, number, self);
  }
  if (stranger.filled < HANDSHAKE_BYTES) return;
  connection.reader.pause();
  s.strangers.delete(number);
  self.tell(s.timer, { type: 'cancel', replyTo: self.mailbox, tag: `${number}` });
  self.tell(s.torrentMgr, { type: 'incoming', incoming: { connection, handshake: decodeHandshake(said), rest: data.slice(n) } });
}

function dismiss(s: State, number: number, self: Me): void {
  s.strangers.get(number)?.connection.close();
  s.strangers.delete(number);
  self.tell(s.timer, { type: 'cancel', replyTo: self.mailbox, tag: `${number}` });
}

function close(s: State): void {
  s.socket?.close();
  for (const { connection } of s.strangers.values()) connection.close();
}

function lost(m: ListenerMsg): void {
  if (m.type === 'listening') m.socket.close();
  if (m.type === 'accepted') m.connection.close();
}

// ACTOR ------------------------------------------------------------------------------
export const listener = defineProcess({ declaration, init, step, end: close, lost, reminds: { Timer: timerIsNew, TorrentMgr: tellPort } });
