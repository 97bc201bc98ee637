/**
 * The options of `download` and `seed`, in the order in which help shows them. Their names, meanings and defaults are a
 * promise to scripts and to config files. Each line of help fits 80 columns.
 */
import { parseEndpoint, parseHost, type Endpoint } from '../base/endpoint.js';
import { FILE_PRIORITIES, type FilePriority } from '../base/file-priority.js';
import { parseRate } from '../base/rate-text.js';
import { flaw, ok, type Result } from '../base/result.js';
import { MINUTE, SECOND, type Millis } from '../base/units.js';
import { USUAL_PROCS } from '../edge/disk.js';
import { DEFAULT_PORT } from '../library/usual-port.js';
import { SAVE_EVERY } from '../process/files-state.js';
import { DEFAULT_POLICY, POLICY_NAMES } from './policy-source.js';
import { flag, integer, many, oneOf, positive, quoted, text, value, type ValuesOf } from './option.js';


export const address = (typed: string): Result<string> => {
  const host = parseHost(typed.replace(/^\[(.*)\]$/, '$1'));
  return host === undefined ? flaw('ip', 'an IP address', quoted(typed)) : ok(host);
};
/** On loopback, unless told otherwise. */
export const pageAddress = (typed: string): Result<Endpoint> => {
  const [, host = '127.0.0.1', digits = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(typed) ?? [];
  const at = { host: parseHost(host.replace(/^\[(.*)\]$/, '$1')), port: Number(digits || NaN) };
  return at.host !== undefined && at.port <= 65_535 ? ok({ host: at.host, port: at.port }) : flaw('ui', 'PORT or HOST:PORT', quoted(typed));
};
const minutes = (typed: string): Result<number> => {
  const n = positive(typed);
  return n.ok ? ok(n.value * MINUTE) : n;
};
export interface PriorityRule {
  readonly glob: string;
  readonly priority: FilePriority;
}
/** Globs may hold an equals sign. */
const filePriority = (typed: string): Result<PriorityRule> => {
  const at = typed.lastIndexOf('=');
  const priority = FILE_PRIORITIES.find((level) => level === typed.slice(at + 1));
  if (at < 1 || priority === undefined) return flaw('priority', `GLOB=LEVEL, the level one of ${FILE_PRIORITIES.join(', ')}`, quoted(typed));
  return ok({ glob: typed.slice(0, at), priority });
};

const ALLOCATIONS = ['none', 'sparse', 'full'] as const;
/** More often would keep a disk busy with nothing else; more seldom is no safety. */
const interval = (typed: string): Result<Millis> => {
  const n = positive(typed);
  return n.ok && n.value >= 0.1 && n.value <= 3600 ? ok(n.value * SECOND) : flaw('number', 'a number from 0.1 to 3600', quoted(typed));
};

/** `least` 0: a way without threads is there too. */
export const procs = (group: string, least: 0 | 1) => value('N', integer(least, 256), {
  group, meaning: least === 0 ? 'hash workers; 0: the main thread hashes' : 'hash workers', initial: USUAL_PROCS, shownDefault: 'cores - 1',
});

export const SESSION_OPTIONS = {
  folder: value('DIR', text, { group: 'Files', meaning: 'where the files go', initial: '.' }),
  only: many('GLOB', text, { group: 'Files', meaning: 'only the files that match; repeatable' }),
  priority: many('GLOB=LEVEL', filePriority, {
    rare: true, group: 'Files', meaning: 'high, normal, low or skip; the last that matches holds',
  }),
  firstLast: flag({ rare: true, group: 'Files', meaning: 'first and last piece of each file before others' }),
  onDone: value('COMMAND', text, {
    rare: true, group: 'Files', meaning: 'for the shell, when complete: $TORRENT_NAME', initial: undefined,
  }),
  sequential: flag({ group: 'Files', meaning: 'pieces in order, not rarest first' }),
  preallocate: value('HOW', oneOf('how', ALLOCATIONS), {
    rare: true, group: 'Files', meaning: 'room at the start: `sparse`, or `full` of zeros', words: ALLOCATIONS, initial: 'none' as const,
  }),
  overwrite: flag({ rare: true, group: 'Files', meaning: 'also files of another origin with the same names' }),
  saveInterval: value('SECONDS', interval, {
    rare: true, group: 'Files', meaning: 'between saves of what is here, for a restart', initial: SAVE_EVERY,
    shownDefault: `${SAVE_EVERY / SECOND}`,
  }),
  watch: value('DIR', text, {
    rare: true, group: 'Files', meaning: 'adds .torrent and .magnet files put there, and stays', initial: undefined,
  }),
  maxActive: value('N', integer(1, 10_000), {
    rare: true, group: 'Files', meaning: 'downloads at once; the others wait in order', initial: undefined, shownDefault: 'all',
  }),
  procs: procs('Files', 0),
  ip: value('ADDR', address, { group: 'Network', meaning: 'where to listen', initial: undefined, shownDefault: 'all' }),
  port: value('N', integer(0, 65_535), {
    group: 'Network', meaning: '0 takes any free port', initial: undefined, shownDefault: String(DEFAULT_PORT),
  }),
  peer: many('HOST:PORT', (typed) => parseEndpoint(typed), {
    group: 'Network', meaning: 'a peer to try at once; repeatable',
  }),
  maxPeers: value('N', integer(1, 10_000), { group: 'Network', meaning: 'connections per torrent', initial: 80 }),
  upLimit: value('RATE', parseRate, {
    group: 'Rates', meaning: 'KB/s, or K M G Ki Mi Gi; 0: none', initial: null, shownDefault: 'none',
  }),
  downLimit: value('RATE', parseRate, {
    group: 'Rates', meaning: 'likewise', initial: null, shownDefault: 'none',
  }),
  torrentUpLimit: value('RATE', parseRate, { rare: true, group: 'Rates', meaning: 'of each torrent', initial: null, shownDefault: 'none' }),
  torrentDownLimit: value('RATE', parseRate, { rare: true, group: 'Rates', meaning: 'likewise', initial: null, shownDefault: 'none' }),
  peerUpLimit: value('RATE', parseRate, { rare: true, group: 'Rates', meaning: 'of each peer', initial: null, shownDefault: 'none' }),
  peerDownLimit: value('RATE', parseRate, { rare: true, group: 'Rates', meaning: 'likewise', initial: null, shownDefault: 'none' }),
  unlimitedLocal: flag({ rare: true, group: 'Rates', meaning: 'no limit for peers of the local network' }),
  chokePolicy: many('NAME|FILE', text, {
    group: 'Choking', meaning: '`policies`; also GLOB=NAME', words: POLICY_NAMES, shownDefault: DEFAULT_POLICY,
  }),
  chokeParam: many('KEY=VALUE', text, { group: 'Choking', meaning: 'a parameter of it; repeatable' }),
  shadowPolicy: value('NAME|FILE', text, {
    rare: true, group: 'Choking', meaning: 'looks on, and tells where it differs', words: POLICY_NAMES, initial: undefined,
  }),
  recordChoke: value('FILE', text, {
    rare: true, group: 'Choking', meaning: 'for `policies replay FILE`', initial: undefined,
  }),
  seed: flag({ group: 'Seeding', meaning: 'go on when complete, until stopped' }),
  seedRatio: value('R', positive, {
    group: 'Seeding', meaning: 'or until uploaded is R times the size', initial: undefined,
  }),
  seedTime: value('MINUTES', minutes, {
    group: 'Seeding', meaning: 'or until so long after completion', initial: undefined,
  }),
  ui: value('[HOST:]PORT', pageAddress, {
    group: 'Output', meaning: 'the live page; 0: any port', initial: undefined, shownDefault: 'off',
  }),
  chaos: value('MS', integer(0, 3_600_000), {
    rare: true, group: 'Output', meaning: 'kills a process of its own so often; 0: you may, on the live page', initial: undefined,
  }),
  json: flag({ group: 'Output', meaning: 'one object a line, for programs' }),
  quiet: flag({ group: 'Output', meaning: 'only what goes wrong' }),
  verbose: flag({ group: 'Output', meaning: 'also peers, chokes and announces' }),
  trace: value('FILE', text, {
    rare: true, group: 'Output', meaning: 'every message between processes; .json: for Perfetto', initial: undefined,
  }),
  traceBlocks: flag({ rare: true, group: 'Output', meaning: 'also every message of every block, not 1 in 100' }),
  logFile: value('FILE', text, { rare: true, group: 'Output', meaning: 'appends every event, with its time', initial: undefined }),
  config: value('FILE', text, {
    group: 'Output', meaning: 'these options as TOML or JSON, or none', initial: undefined,
  }),
};
export type SessionValues = ValuesOf<typeof SESSION_OPTIONS>;
