/**
 * Sources and options -> what a client is asked to do. Of a magnet link, what depends on its files is decided when they are known.
 */
import PQueue from 'p-queue';
import { infoHashOf, type AnyRequest, type MagnetRequest, type TorrentRequest } from '../client.js';
import { selects, type Magnet } from '../protocol/magnet.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { Ending, misuse } from './exit.js';
import { globMatcher } from '../base/glob.js';
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
  const wanted = v.only.length > 0 ? matching(meta, v.only) : select && selected(meta, select);
  const goals = {
    ...(v.seedRatio !== undefined && { ratio: v.seedRatio }),
    ...(v.seedTime !== undefined && { time: v.seedTime }),
  };
  return {
    meta,
    folder: v.folder,
    peers: v.peer,
    order: v.sequential ? 'sequential' : 'rarest',
    check: 'record',
    overwrite: v.overwrite,
    ...(choke && { choke }),
    ...(wanted && { wanted }),
    ...(Object.keys(goals).length > 0 && { goals }),
  };
}

function matching(meta: Metainfo, globs: readonly string[]): readonly boolean[] {
  const matchers = globs.map(globMatcher);
  // Below the torrent's name, except where the name is the file's.
  const pathOf = (path: readonly string[]): readonly string[] => path.length === 1 ? path : path.slice(1);
  const wanted = meta.files.map((f) => !f.padding && matchers.some((matches) => matches(pathOf(f.path))));
  if (!wanted.includes(true)) throw misuse(`--only ${globs.join(' ')}: no file of ${printable(meta.name)} matches`);
  return wanted;
}

/** The files that the link itself names (BEP 53). */
function selected(meta: Metainfo, spans: NonNullable<Magnet['select']>): readonly boolean[] {
  const wanted = meta.files.map((f, i) => !f.padding && selects(spans, i));
  if (!wanted.includes(true)) throw misuse(`the link selects files (so=) that ${printable(meta.name)} does not have; --only GLOB selects others`);
  return wanted;
}
