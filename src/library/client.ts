/**
 * createClient: a client in a program of yours, the same that the command line runs, with events and promises in the place of the
 * terminal. It prints nothing, hears no signals and ends no process; what goes wrong is a rejected promise or an event.
 */
import type { InfoHash } from '../base/brand.js';
import { describe } from '../base/result.js';
import { startClient } from '../compose.js';
import type { Client as Core, ClientConfig, Direction, TorrentRequest } from '../client.js';
import { USUAL_PROCS } from '../edge/disk.js';
import { nodePorts, type NodePorts } from '../edge/ports.js';
import type { ClientEvent } from '../ports/events.js';
import type { Sha1 } from '../ports/hash.js';
import type { Magnet } from '../protocol/magnet.js';
import { parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { Listeners, type ClientEventName, type EventOf } from './listeners.js';
import { configOf, limit, placeOf, policy, requestOf, whole, type AddOptions, type ClientOptions, type PolicyChoice } from './options.js';
import { readSource, sourceName } from './source.js';
import { Handle, type Torrent } from './torrent.js';
import { AGENT } from './version.js';
import { hasWay } from './ways.js';

export interface Client {
  /** Where it listens. */
  readonly port: number;
  /** In the order in which they were added. */
  readonly torrents: readonly Torrent[];
  /**
   * A torrent file by its path, its http(s) URL or its bytes; or a magnet link or info-hash, whose metadata peers are asked for first. It is
   * downloaded, or checked where it is there already, and then seeded until `remove` or `close`. Rejects where it cannot be read, is not
   * valid, or is here already, and where nobody can be asked for the metadata.
   */
  add(torrent: string | Uint8Array, options?: AddOptions): Promise<Torrent>;
  /** All torrents. */
  pause(): void;
  resume(): void;
  /** Of all torrents together, payload only, bytes/s; null: none. From now on. */
  setLimit(direction: Direction, limit: number | null): void;
  /** Of all torrents that have none of their own. From now on. */
  setPolicy(choke: PolicyChoice): void;
  /** Hears of every torrent, and of the client itself, until the answer is called. */
  on<N extends ClientEventName>(name: N, listener: (event: EventOf<N>) => void): () => void;
  /** Saves everything, says goodbye to peers and trackers, and lets go of files and ports. Takes at most 4 s for trackers that are silent. */
  close(): Promise<void>;
}

/** Resolves when it listens. Rejects where it cannot, and where an option cannot be. */
export async function createClient(options: ClientOptions = {}): Promise<Client> {
  const procs = whole('procs', options.procs ?? USUAL_PROCS, { least: 0, most: 256 });
  const client = new Session(await configOf(options), nodePorts({ procs, agent: AGENT }));
  await client.listening;
  return client;
}

class Session implements Client {
  port = 0;
  readonly listening: Promise<void>;
  readonly #ports: NodePorts;
  readonly #core: Core;
  readonly #handles = new Map<InfoHash, Handle>();
  /** Of magnet links whose metadata is not here: what fails them. */
  readonly #links = new Map<InfoHash, (reason: string) => void>();
  readonly #listeners = new Listeners();
  readonly #stopped: Promise<void>;
  #isOpen = true;
  #listens!: () => void;
  #cannot!: (reason: Error) => void;
  #stops!: () => void;

  constructor(config: ClientConfig, ports: NodePorts) {
    this.#ports = ports;
    this.#stopped = new Promise((resolve) => { this.#stops = resolve; });
    this.listening = new Promise((resolve, reject) => {
      this.#listens = resolve;
      this.#cannot = reject;
    });
    this.#core = startClient(config, { ...ports, terminal: { show: (event) => this.#hear(event), lines: () => () => undefined } });
  }

  get torrents(): readonly Torrent[] {
    return [...this.#handles.values()];
  }

  async add(torrent: string | Uint8Array, options: AddOptions = {}): Promise<Torrent> {
    const source = await sourceOf(torrent, this.#ports.sha1);
    if (!('files' in source)) return this.#follow(source, options);
    const request = requestOf(source, options);
    this.#mustBeNew(source);
    const handle = this.#hold(request);
    this.#core.add(request);
    return handle;
  }

  pause(): void {
    this.#core.pause();
  }

  resume(): void {
    this.#core.resume();
  }

  setLimit(direction: Direction, rate: number | null): void {
    this.#core.setLimit(direction, limit(`${direction} limit`, rate));
  }

  setPolicy(choke: PolicyChoice): void {
    this.#core.setPolicy(policy('choke', choke));
  }

  on<N extends ClientEventName>(name: N, listener: (event: EventOf<N>) => void): () => void {
    return this.#listeners.on(name, listener as (event: ClientEvent) => void);
  }

  close(): Promise<void> {
    if (this.#isOpen) this.#core.stop();
    this.#isOpen = false;
    return this.#stopped;
  }

  /** A link has no handle before its metadata is here: what becomes of it until then, `add` tells. */
  async #follow(magnet: Magnet, options: AddOptions): Promise<Torrent> {
    const { infoHash, name = infoHash, select } = magnet;
    const { signal } = options;
    const place = placeOf(options);
    if (!await hasWay(magnet, place)) throw new Error(`${name}: nobody to ask for its metadata: a tracker (&tr=URL) or peers are needed`);
    signal?.throwIfAborted();
    this.#mustBeNew({ infoHash, name });
    const giveUp = (): void => { if (!this.#handles.has(infoHash)) this.#core.remove(infoHash, { withData: false }); };
    signal?.addEventListener('abort', giveUp);
    return new Promise<Torrent>((resolve, reject) => {
      this.#links.set(infoHash, (reason) => reject(signal?.aborted ? signal.reason : new Error(`${name}: ${reason}`)));
      const whenKnown = (meta: Metainfo): TorrentRequest | string => {
        try {
          const request = requestOf(meta, options, select);
          resolve(this.#hold(request));
          return request;
        } catch (e) {
          return (e as Error).message;
        }
      };
      this.#core.add({ magnet, ...place, whenKnown });
    }).finally(() => {
      this.#links.delete(infoHash);
      signal?.removeEventListener('abort', giveUp);
    });
  }

  #mustBeNew({ infoHash, name }: Pick<Metainfo, 'infoHash' | 'name'>): void {
    if (!this.#isOpen) throw new Error(`${name}: the client is closed`);
    if (this.#handles.has(infoHash) || this.#links.has(infoHash)) throw new Error(`${name}: is here already`);
  }

  #hold(request: TorrentRequest): Handle {
    const handle = new Handle(this.#core, request);
    this.#handles.set(request.meta.infoHash, handle);
    return handle;
  }

  /** Listeners first: who awaits what this event settles goes on after them. */
  #hear(event: ClientEvent): void {
    this.#listeners.tell(event);
    if ('torrent' in event && event.torrent !== undefined) this.#hearOf(event.torrent, event);
    if (event.event === 'listening') this.#nowListens(event.port);
    if (event.event === 'error' && event.torrent === undefined) this.#fails(event.reason);
    if (event.event === 'stopped') this.#ends();
  }

  #hearOf(torrent: InfoHash, event: ClientEvent): void {
    const handle = this.#handles.get(torrent);
    handle?.hear(event);
    if (event.event !== 'removed' && event.event !== 'error') return;
    const reason = event.event === 'error' ? event.reason : 'was removed';
    this.#handles.delete(torrent);
    handle?.end(reason);
    this.#links.get(torrent)?.(reason);
  }

  #nowListens(port: number): void {
    this.port = port;
    this.#listens();
  }

  /** It does not go on without its port, and not after a failure of all; but it is told so after its own step only. */
  #fails(reason: string): void {
    queueMicrotask(() => void this.close().then(() => this.#cannot(new Error(reason))));
  }

  #ends(): void {
    this.#isOpen = false;
    for (const handle of this.#handles.values()) handle.end('the client was closed');
    for (const fail of this.#links.values()) fail('the client was closed');
    this.#handles.clear();
    this.#ports.disk.close();
    this.#stops();
  }
}

async function sourceOf(torrent: string | Uint8Array, sha1: Sha1): Promise<Metainfo | Magnet> {
  const [name, source] = typeof torrent === 'string' ? [sourceName(torrent), await readSource(torrent)] : ['torrent', parseMetainfo(torrent, sha1)];
  if (!source.ok) throw new Error(`${name}: ${describe(source.error)}`);
  return source.value;
}
