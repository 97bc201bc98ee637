/** The console's commands, from a line to what to do. Pure; errors name what is accepted. */
import { FILE_PRIORITIES, type FilePriority } from '../base/file-priority.js';
import { parseRate } from '../base/rate-text.js';
import { flaw, ok, type Result } from '../base/result.js';
import type { InfoHash } from '../base/brand.js';
import type { Direction, Limit, LimitOf } from '../client.js';
import { didYouMean } from '../policy/choke/nearest.js';

export type Command =
  | { readonly type: 'help' | 'status' | 'peers' | 'graph' | 'quit' }
  | { readonly type: 'pause' | 'resume' | 'files'; readonly torrent: string | undefined }
  | { readonly type: 'remove'; readonly torrent: string; readonly withData: boolean }
  | { readonly type: 'priority'; readonly glob: string; readonly priority: FilePriority; readonly torrent: string | undefined }
  | { readonly type: 'limit'; readonly direction: Direction; readonly limit: Limit; readonly of: LimitNamed }
  | { readonly type: 'policy'; readonly policy: Named; readonly torrent: string | undefined }
  | { readonly type: 'shadow'; readonly policy: Named | undefined };

/** Whose limit, as it was typed: a torrent by the start of its name or info-hash. */
export type LimitNamed = Exclude<LimitOf, object> | { readonly start: string };

/** A policy as it was typed: its name or file, and its parameters. */
export interface Named {
  readonly name: string;
  readonly params: readonly string[];
}

export const HELP: readonly string[] = [
  'status               how far each torrent is',
  'peers                who we are connected to',
  'files                what is wanted and how far it is; or of one: files TORRENT',
  'priority GLOB LEVEL  of files that match, or #N of one: high, normal, low, skip',
  '   ... for TORRENT   of one torrent',
  'limit up|down RATE   KB/s, or with a suffix (1.5M, 64Ki); 0: no limit',
  '   ... TORRENT       for one torrent; or: each torrent, each peer',
  'policy NAME [K=V]    another choking policy, from now on; or a FILE',
  '   ... for TORRENT   for one torrent: the start of its name or info-hash',
  'shadow NAME [K=V]    a policy that looks on and tells what it would do; off',
  'pause, resume        all torrents, or one: pause TORRENT',
  'remove TORRENT       says goodbye and forgets it; its files stay',
  '   ... --with-data   and deletes its files, which cannot be undone',
  'graph                the processes: who told whom how often, so far',
  'quit                 save, say goodbye, exit',
];
const NAMES = [
  'help', 'status', 'peers', 'files', 'priority', 'limit', 'policy', 'shadow', 'pause', 'resume', 'remove', 'graph', 'quit',
] as const;

export function parseCommand(line: string): Result<Command> {
  const [word = '', ...args] = line.trim().split(/\s+/);
  const name = NAMES.find((n) => n === word.toLowerCase());
  switch (name) {
    case undefined: return flaw('command', `one of ${NAMES.join(', ')}`, `'${word}'${didYouMean(word, NAMES)}`);
    case 'limit': return limit(args);
    case 'policy': return policy(args);
    case 'shadow': return shadow(args);
    case 'priority': return priority(args);
    case 'remove': return remove(args);
    case 'files':
    case 'pause':
    case 'resume': return ok({ type: name, torrent: args.length > 0 ? args.join(' ') : undefined });
    case 'help':
    case 'status':
    case 'peers':
    case 'graph':
    case 'quit':
      return args.length === 0 ? ok({ type: name }) : flaw(name, 'no arguments', args.join(' '));
  }
}

function limit([direction, text, ...of]: readonly string[]): Result<Command> {
  if ((direction !== 'up' && direction !== 'down') || text === undefined) {
    const found = [direction, text].filter((word) => word !== undefined).join(' ');
    return flaw('limit', 'up or down, and a rate: limit up 20, limit down 1M debian', found || 'nothing');
  }
  const rate = parseRate(text);
  return rate.ok ? ok({ type: 'limit', direction, limit: rate.value, of: limitOf(of.join(' ')) }) : rate;
}

function remove(args: readonly string[]): Result<Command> {
  const torrent = args.filter((word) => word !== WITH_DATA).join(' ');
  if (torrent === '') {
    return flaw('remove', `the start of one name or info-hash: remove debian, remove debian ${WITH_DATA}`, args.join(' ') || 'nothing');
  }
  return ok({ type: 'remove', torrent, withData: args.includes(WITH_DATA) });
}
const WITH_DATA = '--with-data';

function limitOf(typed: string): LimitNamed {
  if (typed === '') return 'all';
  return typed === 'each torrent' || typed === 'each peer' ? typed : { start: typed };
}

/** The level is what comes last: globs may hold blanks. */
function priority(args: readonly string[]): Result<Command> {
  const { words, torrent } = ofTorrent(args);
  const level = words.at(-1)?.toLowerCase();
  const known = FILE_PRIORITIES.find((name) => name === level);
  const glob = words.slice(0, -1).join(' ');
  if (known === undefined || glob === '' || torrent === '') {
    const levels = FILE_PRIORITIES.toReversed().join(', ');
    return flaw('priority', `a glob and one of ${levels}: priority *.mkv high`, args.join(' ') || 'nothing');
  }
  return ok({ type: 'priority', glob, priority: known, torrent });
}

/** What may be said of all torrents, and here may be of one: `... for TORRENT`. */
function ofTorrent(args: readonly string[]): { readonly words: readonly string[]; readonly torrent: string | undefined } {
  const at = args.lastIndexOf('for');
  return at < 0 ? { words: args, torrent: undefined } : { words: args.slice(0, at), torrent: args.slice(at + 1).join(' ') };
}

function policy(args: readonly string[]): Result<Command> {
  const { words: [name, ...params], torrent } = ofTorrent(args);
  if (name === undefined || torrent === '') {
    return flaw('policy', 'a name or a file: policy wgo, policy bep3 slots=6 for debian', args.join(' ') || 'nothing');
  }
  return ok({ type: 'policy', policy: { name, params }, torrent });
}

function shadow([name, ...params]: readonly string[]): Result<Command> {
  if (name === undefined) return flaw('shadow', 'a name, a file, or off', 'nothing');
  return ok({ type: 'shadow', policy: name === 'off' ? undefined : { name, params } });
}

/** The one torrent whose name or info-hash begins like this, or whose name is this. */
export function findTorrent(start: string, known: readonly { readonly torrent: InfoHash; readonly name: string }[]): Result<InfoHash> {
  const typed = start.toLowerCase();
  const like = known.filter(({ torrent, name }) => torrent.startsWith(typed) || name.toLowerCase().startsWith(typed));
  const exact = like.filter(({ name }) => name.toLowerCase() === typed);
  const found = exact.length > 0 ? exact : like;
  const [only, ...more] = found;
  if (only && more.length === 0) return ok(only.torrent);
  return flaw('torrent', 'the start of one name or info-hash', `${found.length} like '${start}'`);
}
