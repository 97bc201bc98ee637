/**
 * Which part of the client a stack frame belongs to, by the file of its code: a process, a layer, or what lies below us. Pure.
 * Functions without a file (of V8: `set`, `slice`) belong to whoever calls them.
 */
export interface Place {
  readonly name: string;
  /** Empty for what has no file. */
  readonly url: string;
}

/** The parts, in the order of the bar and the legend: along the way of a block, then what all of them stand on. */
export const PARTS = [
  'edge/net', 'Receiver', 'protocol', 'Controller', 'PieceMgr', 'picking', 'Files', 'edge/disk', 'hash worker', 'file system', 'SenderQueue', 'Sender',
  'ChokeMgr', 'choking', 'PeerMgr', 'Limiter', 'Status', 'Timer', 'other processes', 'model', 'kernel', 'cli', 'other', 'packages',
  'start of Node', 'node internals', 'native', 'gc',
] as const;
export type Part = (typeof PARTS)[number];

/** The first that fits a path counts. A process is its file, and the files that begin with its name. */
const PATHS: readonly (readonly [pattern: RegExp, part: Part])[] = [
  [/^node:internal\/(modules|main|bootstrap|process\/pre_execution)/, 'start of Node'],
  [/^node:/, 'node internals'],
  [/\/node_modules\/xstate\//, 'kernel'],
  [/\/node_modules\//, 'packages'],
  [/\/src\/edge\/(hash-worker|piece-job|sha1)\b/, 'hash worker'],
  [/\/src\/edge\/(net|socket|intake|http)\b/, 'edge/net'],
  [/\/src\/edge\//, 'edge/disk'],
  [/\/src\/process\/peer\/receiver/, 'Receiver'],
  [/\/src\/process\/peer\/controller/, 'Controller'],
  [/\/src\/process\/peer\/sender-queue/, 'SenderQueue'],
  [/\/src\/process\/peer\/sender/, 'Sender'],
  [/\/src\/process\/piece-mgr/, 'PieceMgr'],
  [/\/src\/process\/files/, 'Files'],
  [/\/src\/process\/choke-mgr/, 'ChokeMgr'],
  [/\/src\/process\/peer-mgr/, 'PeerMgr'],
  [/\/src\/process\/limiter/, 'Limiter'],
  [/\/src\/process\/status/, 'Status'],
  [/\/src\/process\/timer/, 'Timer'],
  [/\/src\/process\//, 'other processes'],
  [/\/src\/policy\/pick\//, 'picking'],
  [/\/src\/policy\/choke\//, 'choking'],
  [/\/src\/protocol\//, 'protocol'],
  [/\/src\/(model|base)\//, 'model'],
  [/\/src\/kernel\//, 'kernel'],
  [/\/src\/cli\//, 'cli'],
];

/** Of V8's own entries; the rest of its time without a stack is spent in native code. */
const OF_V8: Readonly<Record<string, Part>> = { '(garbage collector)': 'gc', '(program)': 'native' };

export function partOf({ name, url }: Place, caller: Part | undefined): Part {
  if (url === '') return OF_V8[name] ?? caller ?? 'native';
  return PATHS.find(([pattern]) => pattern.test(url))?.[1] ?? 'other';
}

/** What a hash worker does besides hashing. */
export const isFileCall = (name: string): boolean => /^(read|write)Sync$/.test(name);

/** The frame that only a worker thread for hashing has. */
export const isHashWorker = (url: string): boolean => /\/src\/edge\/hash-worker\b/.test(url);
