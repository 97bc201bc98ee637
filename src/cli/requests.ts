/**
 * Sources and options -> what a client is asked to do. Of a magnet link, what depends on its files is decided when they are known.
 */
import PQueue from 'p-queue';
import type { FileWishes } from '../base/file-priority.js';
import { infoHashOf, type AnyRequest, type MagnetRequest, type TorrentRequest } from '../client.js';
import { selects, type Magnet } from '../protocol/magnet.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { Ending, misuse } from './exit.js';
import { matchingFiles, withPriority } from '../policy/pick/priority.js';
import type { Io } from './io.js';
import type { SessionValues } from './options.js';
import type { OwnPolicy } from './policy-source.js';
import { printable } from './render/text.js';

/** A few at a time: hundreds of files in memory at once leave a heap behind that is twice as large. */
export const loadAll = <T>(sources: readonly string[], load: (source: string) => Promise<T>): Promise<T[]> =>
  new PQueue({ concurrency: LOADS_AT_ONCE }).addAll(sources.map((source) => () => load(source)));
const LOADS_AT_ONCE = 4;

export function unique<R extends AnyRequest>(requests: readonly R[], io: Io): readonly R[] {
  const byHash = new Map(requests.map((request) => [infoHashOf(request), request]));
  if (byHash.size < requests.length) io.complain('actorrent: a torrent was given twice; it is taken once');
  return [...byHash.values()];
}

export const magnetRequestOf = (magnet: Magnet, v: SessionValues, ownPolicy: OwnPolicy): MagnetRequest => ({
  magnet,
  folder: v.folder,
  peers: v.peer,
  whenKnown: (meta) => orWhyNot(() => requestOf(meta, v, { ownPolicy, select: magnet.select })),
});

/** What cannot be is told, and ends nothing: for a client that runs. */
export function orWhyNot<R>(request: () => R): R | string {
  try {
    return request();
  } catch (e) {
    if (e instanceof Ending) return e.message;
    throw e;
  }
}

interface Choices {
  readonly ownPolicy: OwnPolicy;
  readonly select?: Magnet['select'];
}

/** Throws an Ending where no file is wanted. */
export function requestOf(meta: Metainfo, v: SessionValues, { ownPolicy, select }: Choices): TorrentRequest {
  const choke = ownPolicy(meta.name);
  const priorities = prioritiesOf(meta, v, select);
  const goals = {
    ...(v.seedRatio !== undefined && { ratio: v.seedRatio }),
    ...(v.seedTime !== undefined && { time: v.seedTime }),
  };
  return {
    meta,
    folder: v.folder,
    peers: v.peer,
    order: v.sequential ? 'sequential' : 'rarest',
    firstLast: v.firstLast,
    check: 'record',
    overwrite: v.overwrite,
    ...(v.preallocate !== 'none' && { preallocate: v.preallocate }),
    ...(choke && { choke }),
    ...(priorities && { priorities }),
    ...(Object.keys(goals).length > 0 && { goals }),
  };
}

/** What is selected is normal, and all else skipped; of rules, the last that matches a file holds. Undefined: as it was left. */
function prioritiesOf(meta: Metainfo, { only, priority: rules }: SessionValues, select: Magnet['select']): TorrentRequest['priorities'] {
  const all = only.length > 0 ? matching(meta, only) : select && selected(meta, select);
  if (!all && rules.length === 0) return undefined;
  const usual: FileWishes = all?.map((yes) => (yes ? 'normal' : 'skip')) ?? meta.files.map(() => undefined);
  const priorities = rules.reduce((before, { glob, priority }) => withPriority(before, matchingFiles(meta.files, glob), priority), usual);
  if (meta.files.every((f, i) => f.padding || priorities[i] === 'skip')) {
    throw misuse(`--priority: every file of ${printable(meta.name)} is skipped`);
  }
  return priorities;
}

function matching(meta: Metainfo, globs: readonly string[]): readonly boolean[] {
  const found = new Set(globs.flatMap((glob) => matchingFiles(meta.files, glob)));
  if (found.size === 0) throw misuse(`--only ${globs.join(' ')}: no file of ${printable(meta.name)} matches`);
  return meta.files.map((_, i) => found.has(i));
}

/** The files that the link itself names (BEP 53). */
function selected(meta: Metainfo, spans: NonNullable<Magnet['select']>): readonly boolean[] {
  const wanted = meta.files.map((f, i) => !f.padding && selects(spans, i));
  if (!wanted.includes(true)) throw misuse(`the link selects files (so=) that ${printable(meta.name)} does not have; --only GLOB selects others`);
  return wanted;
}
