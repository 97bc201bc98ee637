/**
 * Watch: adds the torrents that people put into a folder, as .torrent files or as .magnet files, which hold a link.
 * Hears:  Timer (tick), the folder (listed, unlisted, read, unread).
 * Tells:  TorrentMgr (add), Console (event), Timer (register).
 * Owns:   which files it has taken, and as what: each once, until it changes. A file that goes leaves its torrent alone, and a folder
 *         that goes is waited for: what is unmounted must not end what runs.
 */
import type { TorrentKey } from '../base/brand.js';
import { fromUtf8Lossy } from '../base/bytes.js';
import { describe, type Result } from '../base/result.js';
import { SECOND } from '../base/units.js';
import type { NewTorrent } from '../client.js';
import type { Mailbox } from '../kernel/mailbox.js';
import { defineProcess, type Self } from '../kernel/process.js';
import { declare } from '../kernel/topology.js';
import type { ClientEvent } from '../ports/events.js';
import type { Sha1 } from '../ports/hash.js';
import type { Sighting, WatchedFolder } from '../ports/watched-folder.js';
import { parseMagnet, type Magnet } from '../protocol/magnet.js';
import { parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import type { ConsoleMsg } from './console.js';
import type { Tick, TimerMsg } from './timer.js';
import type { TorrentMgrMsg } from './torrent-mgr.js';

// MAILBOX ----------------------------------------------------------------------------
export type WatchMsg =
  /** What is in the folder now. */
  | { readonly type: 'listed'; readonly files: readonly Sighting[] }
  /** It cannot be looked into, and why. */
  | { readonly type: 'unlisted'; readonly reason: string }
  /** What is in a file. */
  | { readonly type: 'read'; readonly file: Sighting; readonly bytes: Uint8Array }
  /** It cannot be read, and why. */
  | { readonly type: 'unread'; readonly file: Sighting; readonly reason: string }
  | Tick;

const declaration = declare({
  name: 'Watch',
  scope: 'client',
  doc: 'torrents put into a folder',
  tells: { TorrentMgr: ['add'], Console: ['event'], Timer: ['register'] },
});
type Me = Self<typeof declaration, WatchMsg>;

// CONFIG, STATE ----------------------------------------------------------------------
export interface WatchInput {
  readonly folder: WatchedFolder;
  readonly sha1: Sha1;
  readonly newKey: () => TorrentKey;
  readonly newTorrent: NewTorrent;
  readonly torrentMgr: Mailbox<TorrentMgrMsg, 'TorrentMgr'>;
  readonly console: Mailbox<ConsoleMsg, 'Console'>;
  readonly timer: Mailbox<TimerMsg, 'Timer'>;
}
type Looks = Map<string, Sighting>;
/** What nobody could say again after a crash. */
interface Kept {
  /** Files as they were when they were taken. */
  readonly taken: Looks;
  /** What people were told of the folder. */
  told: 'nothing' | 'there' | 'away';
}
interface State extends WatchInput {
  readonly kept: Kept;
  /** As they were at the last look. */
  last: Looks;
  /** To be taken, one after the other: all at once could be gigabytes. */
  due: Sighting[];
  /** The next look waits for its tick. */
  idle: boolean;
}

const LOOK_EVERY = SECOND;
const TICK = 'look';
const isMagnet = (name: string): boolean => /\.magnet$/i.test(name);
const isOurs = (name: string): boolean => /\.torrent$/i.test(name) || isMagnet(name);

// CORE -------------------------------------------------------------------------------
function init(input: WatchInput, self: Me): State {
  const kept = self.kept as Kept | undefined ?? { taken: new Map(), told: 'nothing' };
  self.keep(kept);
  const s: State = { kept, last: new Map(), due: [], idle: false, ...input };
  look(s, self);
  return s;
}

function step(s: State, m: WatchMsg, self: Me): void {
  switch (m.type) {
    case 'listed': return listed(s, m.files, self);
    case 'unlisted': return unlisted(s, m.reason, self);
    case 'read': return read(s, m.file, m.bytes, self);
    case 'unread':
      s.kept.taken.set(m.file.name, m.file);
      warn(s, `${nameOf(s, m.file)}: ${m.reason}`, self);
      return next(s, self);
    case 'tick': return look(s, self);
  }
}

function look(s: State, self: Me): void {
  s.idle = false;
  s.folder.list(isOurs).then(
    (files) => self.post({ type: 'listed', files }),
    (error: unknown) => self.post({ type: 'unlisted', reason: reasonOf(error) }),
  );
}

function listed(s: State, files: readonly Sighting[], self: Me): void {
  const { last, kept, kept: { taken } } = s;
  if (kept.told !== 'there') say(s, { event: 'watching', folder: s.folder.path }, self);
  kept.told = 'there';
  s.last = new Map(files.map((file) => [file.name, file]));
  for (const name of taken.keys()) if (!s.last.has(name)) taken.delete(name);
  s.due = settled(files, last, taken);
  next(s, self);
}

function unlisted(s: State, reason: string, self: Me): void {
  if (s.kept.told !== 'away') warn(s, `${s.folder.path}: ${reason}; it is watched again once it is there`, self);
  s.kept.told = 'away';
  rest(s, self);
}

/** Those that two looks in a row find the same, so that nobody is still writing them, and that have not been taken as they are. */
const settled = (files: readonly Sighting[], last: Looks, taken: Looks): Sighting[] =>
  files.filter((file) => isSame(file, last.get(file.name)) && !isSame(file, taken.get(file.name)));

const isSame = (a: Sighting, b: Sighting | undefined): boolean => a.length === b?.length && a.modifiedAt === b.modifiedAt;

function next(s: State, self: Me): void {
  const file = s.due.shift();
  if (!file) return rest(s, self);
  s.folder.read(file.name).then(
    (bytes) => self.post({ type: 'read', file, bytes }),
    (error: unknown) => self.post({ type: 'unread', file, reason: reasonOf(error) }),
  );
}

function read(s: State, file: Sighting, bytes: Uint8Array, self: Me): void {
  s.kept.taken.set(file.name, file);
  const source: Result<Metainfo | Magnet> = isMagnet(file.name) ? parseMagnet(fromUtf8Lossy(bytes)) : parseMetainfo(bytes, s.sha1);
  const request = source.ok ? s.newTorrent(source.value) : describe(source.error);
  if (typeof request === 'string') warn(s, `${nameOf(s, file)}: ${request}`, self);
  else self.tell(s.torrentMgr, { type: 'add', key: s.newKey(), request });
  next(s, self);
}

function rest(s: State, self: Me): void {
  s.idle = true;
  self.tell(s.timer, { type: 'register', replyTo: self.mailbox, after: LOOK_EVERY, tag: TICK });
}

function timerIsNew(s: State, self: Me): void {
  if (s.idle) rest(s, self);
}

const warn = (s: State, reason: string, self: Me): void => say(s, { event: 'warning', reason }, self);

function say(s: State, event: ClientEvent, self: Me): void {
  self.tell(s.console, { type: 'event', event });
}

const nameOf = ({ folder }: State, { name }: Sighting): string => `${folder.path}/${name}`;
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

// ACTOR ------------------------------------------------------------------------------
export const watch = defineProcess({ declaration, init, step, reminds: { Timer: timerIsNew } });
