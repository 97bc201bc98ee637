/**
 * World: one whole client, all its processes on its kernel, among remotes in virtual time. Nothing leaves this thread, so what a run
 * costs is what the processes and their mail cost; and the same world gives the same messages, which can be counted.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Endpoint } from '../../src/base/endpoint.js';
import { fork } from '../../src/base/random.js';
import { BLOCK_BYTES, MIB, type Bytes, type BytesPerSec, type Millis } from '../../src/base/units.js';
import type { Client } from '../../src/client.js';
import { startClient } from '../../src/compose.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import { Bitfield } from '../../src/model/bitfield.js';
import { titForTat } from '../../src/policy/choke/tit-for-tat.js';
import type { ChokePolicy } from '../../src/policy/choke/policy.js';
import type { Net } from '../../src/ports/net.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { HASH_BYTES, parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { makePeerId } from '../../src/protocol/peer-id.js';
import { VirtualClock } from '../../src/sim/virtual-clock.js';
import { virtualDisk } from '../../src/sim/virtual-disk.js';
import { Remote, ROUND_TRIP } from './remote.js';

export interface WorldShape {
  readonly torrents: number;
  /** Each. */
  readonly peers: number;
  readonly pieces: number;
  /** Virtual time in all; absent: until all torrents are complete. */
  readonly lasts?: Millis;
  /** Download limit of the client; absent: none. */
  readonly down?: BytesPerSec;
}
export interface Outcome {
  /** Between processes. */
  readonly messages: number;
  readonly complete: number;
}

export const PIECE_BYTES: Bytes = 4 * BLOCK_BYTES;
/** No download of these sizes takes that long. */
const FOR_EVER: Millis = 3_600_000;
/** Of each remote's pieces: announced later, by haves. */
const LATER = 16;

export class World {
  private readonly shape: WorldShape;
  private readonly clock = new VirtualClock({ turn: () => turn() });
  private readonly torrents: readonly Metainfo[];
  private readonly remotes = new Map<string, () => Remote>();
  private readonly client: Client;
  private complete = 0;

  constructor(shape: WorldShape) {
    this.shape = shape;
    this.torrents = Array.from({ length: shape.torrents }, (_, i) => torrentOf(`torrent ${i}`, shape.pieces));
    this.client = startClient({
      seed: 1, peerId: makePeerId(fork(1, 'client')), agent: 'actorrent growth', listen: { port: 0 },
      limits: { up: null, down: shape.down ?? null },
      choke: { policy: titForTat as unknown as ChokePolicy, params: titForTat.defaults },
      maxPeers: shape.peers, pieceMemory: () => 64 * MIB, strict: true,
    }, {
      clock: this.clock, net: this.net(),
      disk: virtualDisk({ clock: this.clock, torrent: { pieceLength: PIECE_BYTES, pieceCount: shape.pieces }, corrupt: false }),
      http: { get: () => Promise.reject(new Error('no trackers here')) }, sha1: nodeSha1,
      terminal: {
        lines: () => () => undefined,
        show: (e) => {
          if (e.event === 'done') this.complete++;
          if (e.event === 'error' || e.event === 'warning') throw new Error(e.reason);
        },
      },
    });
  }

  /** Adds the torrents, and lets the time pass. */
  async run(): Promise<Outcome> {
    const { torrents, peers, lasts } = this.shape;
    this.torrents.forEach((meta, t) => {
      const endpoints = Array.from({ length: peers }, (_, p) => this.settle(meta, t, p));
      this.client.add({ meta, folder: '/', peers: endpoints, order: 'rarest', check: 'record' });
    });
    await this.clock.run(lasts ?? FOR_EVER, () => lasts === undefined && this.complete === torrents);
    if (this.complete < torrents) throw new Error(`only ${this.complete} of ${torrents} torrents came to their end`);
    const messages = this.client.kernel.edges().reduce((n, { count }) => n + count, 0);
    return { messages, complete: this.complete };
  }

  /** Makes the address of a remote that lacks one piece for good, so that it stays, and announces some of the others late. */
  private settle(meta: Metainfo, t: number, p: number): Endpoint {
    const endpoint = { host: `10.${t >> 8}.${t & 255}.${p >> 8}`, port: 1024 + (p & 255) };
    const has = Bitfield.full(meta.pieceCount);
    const lacks = p % meta.pieceCount;
    has.clear(lacks);
    const coming = Array.from({ length: LATER }, (_, i) => (lacks + 1 + i) % meta.pieceCount).filter((piece) => has.clear(piece));
    const { infoHash } = meta;
    const peerId = makePeerId(fork(t, `remote ${p}`));
    this.remotes.set(keyOf(endpoint), () => new Remote({ clock: this.clock, endpoint, infoHash, peerId, has, coming }));
    return endpoint;
  }

  private net(): Net {
    return {
      listen: () => this.clock.later(0, () => ({ port: 6881, close: () => undefined })),
      dial: (to) => this.clock.later(ROUND_TRIP, () => this.remotes.get(keyOf(to))!()),
    };
  }
}

const keyOf = ({ host, port }: Endpoint): string => `${host}:${port}`;

function torrentOf(name: string, pieces: number): Metainfo {
  const length = pieces * PIECE_BYTES;
  const built = buildMetainfo({
    name, pieceLength: PIECE_BYTES, files: [{ path: [name], length, padding: false }],
    // The virtual disk looks at the bytes instead.
    hashes: new Uint8Array(pieces * HASH_BYTES),
  });
  const parsed = parseMetainfo(built, nodeSha1);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}
