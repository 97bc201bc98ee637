/**
 * What a program may ask of a client and of a torrent, and what that makes: the same configuration and request as the command line's.
 * What cannot be is refused with a TypeError that names the option.
 */
import { resolve } from 'node:path';
import { parseEndpoint } from '../base/endpoint.js';
import { describe, ok, type Result } from '../base/result.js';
import type { BytesPerSec, Millis } from '../base/units.js';
import type { ChosenPolicy, ClientConfig, Limit, TorrentRequest } from '../client.js';
import { builtIn, fromModule, splitSpec } from '../policy/choke/choose.js';
import type { ChokePolicy } from '../policy/choke/policy.js';
import { selects, type Magnet } from '../protocol/magnet.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { freshPeerId, freshSeed } from './identity.js';
import { pieceMemory } from './piece-memory.js';
import { usualPort } from './usual-port.js';
import { AGENT } from './version.js';

/** What a policy of your own must have; what else a ChokePolicy has is filled in. */
export type OwnPolicy = Pick<ChokePolicy, 'name' | 'scope' | 'timing' | 'init' | 'decide'> & Partial<ChokePolicy>;
/** A built-in policy by its name, with parameters where they differ (`bep3,slots=6`), or one of your own. */
export type PolicyChoice = string | OwnPolicy;

export interface ClientOptions {
  /** The address to listen on; absent: all. */
  readonly host?: string;
  /** 0: any free port; absent: 6881 or one of the next eight, if none is free any. */
  readonly port?: number;
  /** Of all torrents together, payload only, bytes/s; null or absent: none. */
  readonly upLimit?: BytesPerSec | null;
  readonly downLimit?: BytesPerSec | null;
  /** Whom to upload to; absent: `tit-for-tat`. */
  readonly choke?: PolicyChoice;
  /** A policy that looks on: the `shadow` event tells where it differs. */
  readonly shadow?: PolicyChoice;
  /** Connections of a torrent; absent: 80. */
  readonly maxPeers?: number;
  /** Downloads that go on at once; absent: all. The others wait in the order in which they were added. */
  readonly maxActive?: number;
  /** Threads that hash and write; 0: the main thread does. Absent: one for each core but one. */
  readonly procs?: number;
}

export interface TorrentFile {
  /** Below the folder; of a torrent of several files, its name comes first. */
  readonly path: string;
  /** Bytes. */
  readonly length: number;
}

export interface AddOptions {
  /** Gives up a magnet link: `add` rejects, if it has not resolved. */
  readonly signal?: AbortSignal;
  /** Where its files go; absent: the folder the program runs in. */
  readonly folder?: string;
  /** Peers to try at once, `host:port` or `[ipv6]:port`. */
  readonly peers?: readonly string[];
  /** Which files to download; absent: all. */
  readonly only?: (file: TorrentFile) => boolean;
  /** Pieces in their order, not the rarest first. */
  readonly sequential?: boolean;
  /** Write over files of another origin that have the names of the torrent's; else it pauses where there are such. */
  readonly overwrite?: boolean;
  /** Its own policy; absent: that of the client. */
  readonly choke?: PolicyChoice;
  /** Hash what is there, even where the record of the last run vouches for it. */
  readonly recheck?: boolean;
  /** When the `seeded` event is due: uploaded so many times its size, or so long after it was complete (ms). */
  readonly goals?: { readonly ratio?: number; readonly time?: Millis };
}

const MAX_PEERS = 80;
const DEFAULT_POLICY = 'tit-for-tat';

export async function configOf(o: ClientOptions): Promise<ClientConfig> {
  const limits = { up: limit('upLimit', o.upLimit), down: limit('downLimit', o.downLimit) };
  const choke = policy('choke', o.choke ?? DEFAULT_POLICY);
  const maxPeers = whole('maxPeers', o.maxPeers ?? MAX_PEERS, { least: 1, most: 10_000 });
  const port = o.port === undefined ? await usualPort(o.host) : whole('port', o.port, { least: 0, most: 65_535 });
  return {
    seed: freshSeed(), peerId: freshPeerId(), agent: AGENT, limits, choke, maxPeers, pieceMemory,
    listen: { port, ...(o.host !== undefined && { host: o.host }) },
    ...(o.maxActive !== undefined && { maxActive: whole('maxActive', o.maxActive, { least: 1, most: 10_000 }) }),
    ...(o.shadow !== undefined && { shadow: policy('shadow', o.shadow) }),
  };
}

export const filesOf = ({ files }: Metainfo): readonly TorrentFile[] =>
  files.filter((f) => !f.padding).map(({ path, length }) => ({ path: path.join('/'), length }));

/** `select`: what the link that led here wants, where `only` does not say. */
export function requestOf(meta: Metainfo, o: AddOptions, select?: Magnet['select']): TorrentRequest {
  const only: Wants | undefined = o.only ?? (select && ((_, index) => selects(select, index)));
  const wanted = only && meta.files.map(({ path, length, padding }, i) => !padding && only({ path: path.join('/'), length }, i));
  if (wanted && !wanted.includes(true)) {
    throw new TypeError(`${o.only ? 'only' : 'so= of the link'}: expected a file of ${meta.name} that it wants, found none`);
  }
  return {
    meta,
    ...placeOf(o),
    order: o.sequential === true ? 'sequential' : 'rarest',
    check: o.recheck === true ? 'full' : 'record',
    overwrite: o.overwrite === true,
    ...(wanted && { priorities: wanted.map((yes) => (yes ? 'normal' : 'skip')) }),
    ...(o.choke !== undefined && { choke: policy('choke', o.choke) }),
    ...(o.goals && { goals: o.goals }),
  };
}

type Wants = (file: TorrentFile, index: number) => boolean;

/** What can be said before the metainfo is known. */
export const placeOf = ({ folder = '.', peers = [] }: AddOptions): Pick<TorrentRequest, 'folder' | 'peers'> =>
  ({ folder: resolve(folder), peers: peers.map((text) => taken(parseEndpoint(text, 'peers'))) });

export function limit(name: string, rate: unknown): Limit {
  if (rate === null || rate === undefined) return null;
  if (typeof rate === 'number' && rate > 0) return rate === Infinity ? null : rate;
  throw new TypeError(`${name}: expected bytes a second above 0, or null for no limit, found ${String(rate)}`);
}

export function policy(name: string, choice: PolicyChoice): ChosenPolicy {
  if (typeof choice !== 'string') return taken(fromModule(name, ok({ default: choice }), []));
  const { name: builtInName, params } = splitSpec(choice);
  return taken(builtIn(builtInName, params));
}

export function whole(name: string, n: number, { least, most }: { readonly least: number; readonly most: number }): number {
  if (Number.isInteger(n) && n >= least && n <= most) return n;
  throw new TypeError(`${name}: expected an integer from ${least} to ${most}, found ${String(n)}`);
}

function taken<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new TypeError(describe(result.error));
}
