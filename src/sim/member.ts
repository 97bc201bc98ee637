/**
 * Member: one peer of a simulated swarm: a whole client, composed as the real one is, with virtual ports; and the will
 * of its user, who comes, and leaves after completion or out of patience.
 */
import { fork, hash32, type Random } from '../base/random.js';
import { MIB, type Bytes, type Millis } from '../base/units.js';
import type { Client, ChosenPolicy } from '../client.js';
import { startClient } from '../compose.js';
import { nodeSha1 } from '../edge/sha1.js';
import type { Tap } from '../kernel/tap.js';
import type { ClientEvent } from '../ports/events.js';
import type { LivePage } from '../ports/live-page.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { makePeerId } from '../protocol/peer-id.js';
import type { Host } from './net/host.js';
import type { Resident, VirtualNet } from './net/virtual-net.js';
import type { PeerClass } from './scenarios/scenario.js';
import { addressOf, AGENT, hadBy } from './torrent.js';
import type { VirtualClock } from './virtual-clock.js';
import { virtualDisk, type VirtualDisk } from './virtual-disk.js';
import type { VirtualTracker } from './virtual-tracker.js';

/** What all members live in. */
export interface World {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly net: VirtualNet;
  readonly tracker: VirtualTracker;
  readonly meta: Metainfo;
  /** Processes may be killed. */
  readonly chaos: boolean;
  readonly tapFor: (identity: Identity) => Tap | undefined;
  readonly pageFor: (identity: Identity) => LivePage | undefined;
  readonly heard: (member: Member, event: ClientEvent) => void;
}

export interface Identity {
  /** Its number in the swarm, from 1, and so its address. */
  readonly number: number;
  readonly kind: PeerClass;
  readonly policy: ChosenPolicy;
  readonly arrivesAt: Millis;
}

const PORT = 6881;
/** For pieces that are being put together, as the CLI grants it. Here they take no memory. */
const PIECE_MEMORY: Bytes = 64 * MIB;
const LARGE_PIECES = 8;

export class Member {
  readonly identity: Identity;
  readonly address: string;
  readonly seed: number;
  readonly #world: World;
  readonly #random: Random;
  #here: { readonly client: Client; readonly resident: Resident; readonly disk: VirtualDisk } | undefined;
  #gone = false;
  #completedAt: Millis | undefined;
  #leftAt: Millis | undefined;
  #downloaded: Bytes = 0;
  #uploaded: Bytes = 0;

  constructor(identity: Identity, world: World) {
    this.identity = identity;
    this.address = addressOf(identity.number);
    this.seed = hash32(`${world.seed} ${identity.number}`);
    this.#world = world;
    this.#random = fork(this.seed, 'user');
    world.clock.after(identity.arrivesAt - world.clock.now(), () => this.#arrive());
  }

  /** While it takes part. */
  get present(): boolean {
    return this.#here !== undefined && !this.#gone;
  }

  get host(): Host | undefined {
    return this.#here?.resident.host;
  }

  /** How many are open. */
  get connections(): number {
    return this.#here?.resident.connections ?? 0;
  }

  /** How many pieces are on its disk. */
  get pieces(): number {
    return this.#here?.disk.written.count ?? 0;
  }

  get client(): Client | undefined {
    return this.#here?.client;
  }

  get completedAt(): Millis | undefined {
    return this.#completedAt;
  }

  get leftAt(): Millis | undefined {
    return this.#leftAt;
  }

  /** Payload, as its own Status tells it once a second. */
  get totals(): { readonly downloaded: Bytes; readonly uploaded: Bytes } {
    return { downloaded: this.#downloaded, uploaded: this.#uploaded };
  }

  /** It came without the whole content, and neither completed nor left. */
  get isWaited(): boolean {
    return this.identity.kind.has < 1 && this.#completedAt === undefined && this.#leftAt === undefined;
  }

  #arrive(): void {
    const { clock, net, tracker, meta, seed } = this.#world;
    const { kind, policy } = this.identity;
    const resident = net.join(this.address, kind, kind.behindNat);
    const had = hadBy(meta, kind.has, this.seed);
    const disk = virtualDisk({ clock, torrent: meta, corrupt: kind.corrupt, stalls: kind.silent, ...(had && { had }) });
    const limit = kind.limitsUpTo === 0 ? null : Math.round(kind.up * kind.limitsUpTo);
    const tap = this.#world.tapFor(this.identity);
    const page = this.#world.pageFor(this.identity);
    const client = startClient({
      seed: this.seed, peerId: makePeerId(fork(seed, `peer ${this.identity.number}`)), agent: AGENT,
      listen: { port: PORT }, limits: { up: limit, down: null }, choke: policy, maxPeers: kind.maxPeers,
      pieceMemory: (pieceLength) => Math.max(PIECE_MEMORY, LARGE_PIECES * pieceLength), allowedFast: kind.allowedFast,
      strict: true, chaos: this.#world.chaos, ...(tap && { tap }),
    }, {
      clock, net: resident.net, http: tracker.httpFor(this.address), sha1: nodeSha1,
      disk, ...(page && { page }),
      terminal: {
        lines: () => () => undefined,
        show: (event) => {
          if (event.event === 'stopped') {
            this.#gone = true;
            resident.unplug();
          }
          this.#heard(event);
        },
      },
    });
    this.#here = { client, resident, disk };
    client.add({ meta, folder: '', peers: [], order: kind.picks, check: 'record' });
    if (kind.givesUpAfter < Infinity) {
      clock.after(this.#about(kind.givesUpAfter), () => this.isWaited && this.#leave());
    }
  }

  #heard(event: ClientEvent): void {
    if (event.event === 'stats' || event.event === 'done') {
      this.#downloaded = event.downloaded;
      this.#uploaded = event.uploaded;
    }
    if (event.event === 'done') this.#completed();
    this.#world.heard(this, event);
  }

  #completed(): void {
    const { leaves } = this.identity.kind;
    this.#completedAt = this.#world.clock.now();
    if (leaves.kind === 'never') return;
    this.#world.clock.after(leaves.kind === 'after' ? leaves.ms : this.#about(leaves.mean), () => this.#leave());
  }

  #leave(): void {
    if (this.#leftAt !== undefined) return;
    this.#leftAt = this.#world.clock.now();
    this.#here?.client.stop();
  }

  /** Exponentially distributed. */
  #about(mean: Millis): Millis {
    return -Math.log(1 - this.#random.unit()) * mean;
  }
}
