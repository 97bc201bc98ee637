/**
 * createClient: a client in a program of yours, the same that the command line runs, with events and promises in the place of the
 * terminal. It prints nothing, hears no signals and ends no process; what goes wrong is a rejected promise or an event.
 */
import type { InfoHash } from '../base/brand.js';
import { describe } from '../base/result.js';
import { startClient } from '../compose.js';
import type { Client as Core, ClientConfig, Direction } from '../client.js';
import { USUAL_PROCS } from '../edge/disk.js';
import { nodePorts, type NodePorts } from '../edge/ports.js';
import type { ClientEvent } from '../ports/events.js';
import { parseMetainfo, type Metainfo } from '../protocol/metainfo.js';
import { Listeners, type ClientEventName, type EventOf } from './listeners.js';
import { configOf, limit, policy, requestOf, whole, type AddOptions, type ClientOptions, type PolicyChoice } from './options.js';
import { readSource } from './source.js';
import { Handle, type Torrent } from './torrent.js';
import { AGENT } from './version.js';

export interface Client {
  /** Where it listens. */
  readonly port: number;
  /** In the order in which they were added. */
  readonly torrents: readonly Torrent[];
  /**
   * A torrent file by its path, its http(s) URL or its bytes. It is downloaded, or checked where it is there already, and then seeded until
   * `remove` or `close`. Rejects where it cannot be read, is not valid, or is here already.
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
    const request = requestOf(await this.#metainfo(torrent), options);
    const { meta } = request;
    if (!this.#isOpen) throw new Error(`${meta.name}: the client is closed`);
    if (this.#handles.has(meta.infoHash)) throw new Error(`${meta.name}: is here already`);
    const handle = new Handle(this.#core, request);
    this.#handles.set(meta.infoHash, handle);
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

  async #metainfo(torrent: string | Uint8Array): Promise<Metainfo> {
    const [name, bytes] = typeof torrent === 'string' ? [torrent, await readSource(torrent)] : ['torrent', torrent];
    const meta = parseMetainfo(bytes, this.#ports.sha1);
    if (!meta.ok) throw new Error(`${name}: ${describe(meta.error)}`);
    return meta.value;
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
    this.#handles.delete(torrent);
    handle?.end(event.event === 'error' ? event.reason : 'was removed');
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
    this.#handles.clear();
    this.#ports.disk.close();
    this.#stops();
  }
}
