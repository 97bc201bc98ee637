/** A torrent of a client, as a program has it in its hand: what it is, how far it is, and what can be done with it. */
import type { InfoHash } from '../base/brand.js';
import type { FilePriority } from '../base/file-priority.js';
import type { Client as Core, TorrentRequest } from '../client.js';
import type { ClientEvent, Stats } from '../ports/events.js';
import { matchingFiles, noneMatches } from '../policy/pick/priority.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { Listeners, type TorrentEvent, type TorrentEventName } from './listeners.js';
import { filesOf, policy, type PolicyChoice, type TorrentFile } from './options.js';

export interface Torrent {
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly name: string;
  /** Bytes, also of what is not downloaded. */
  readonly length: number;
  /** How many. */
  readonly pieces: number;
  readonly files: readonly TorrentFile[];
  /** Where they are. */
  readonly folder: string;
  /** As of the last `stats` event: once a second while anything moves. */
  readonly stats: Stats;
  /** When all that is wanted is there; rejects when it cannot be any more: an error, `remove`, `close`. */
  readonly completed: Promise<void>;
  /** Leaves its peers until `resume`. A disk in trouble pauses it too: the `paused` event says why, and `resume` tries again. */
  pause(): void;
  resume(): void;
  /** Of the files that match a glob (`*.mkv`, `extra/**`), from now on: `skip` is not downloaded, `high` goes first. Throws where none does. */
  setPriority(glob: string, priority: FilePriority): void;
  /** From now on. */
  setPolicy(choke: PolicyChoice): void;
  /** Says goodbye, and is forgotten. The files stay, or with `withData` those are deleted that are its own: see the `removed` event. */
  remove(options?: { readonly withData?: boolean }): Promise<void>;
  /** Until the answer is called. */
  on<N extends TorrentEventName>(name: N, listener: (event: TorrentEvent<N>) => void): () => void;
}

export class Handle implements Torrent {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly length: number;
  readonly pieces: number;
  readonly files: readonly TorrentFile[];
  readonly folder: string;
  readonly completed: Promise<void>;
  stats: Stats;
  readonly #core: Core;
  readonly #meta: Metainfo;
  readonly #listeners = new Listeners();
  readonly #gone: Promise<void>;
  #complete!: () => void;
  #fail!: (reason: Error) => void;
  #leave!: () => void;

  constructor(core: Core, { meta, folder }: TorrentRequest) {
    this.#core = core;
    this.#meta = meta;
    this.infoHash = meta.infoHash;
    this.name = meta.name;
    this.length = meta.totalBytes;
    this.pieces = meta.pieceCount;
    this.files = filesOf(meta);
    this.folder = folder;
    const { totalBytes: left } = meta;
    this.stats = { downloaded: 0, uploaded: 0, left, wanted: left, downloadRate: 0, uploadRate: 0, peers: 0, seeds: 0, progress: 0 };
    this.completed = new Promise((resolve, reject) => {
      this.#complete = resolve;
      this.#fail = reject;
    });
    // Who does not ask is told by the `error` event.
    this.completed.catch(() => undefined);
    this.#gone = new Promise((resolve) => { this.#leave = resolve; });
  }

  pause(): void {
    this.#core.pause(this.infoHash);
  }

  resume(): void {
    this.#core.resume(this.infoHash);
  }

  setPriority(glob: string, priority: FilePriority): void {
    if (matchingFiles(this.#meta.files, glob).length === 0) throw new TypeError(noneMatches(this.#meta.files, glob));
    this.#core.setPriority(glob, priority, this.infoHash);
  }

  setPolicy(choke: PolicyChoice): void {
    this.#core.setPolicy(policy('choke', choke), this.infoHash);
  }

  remove({ withData = false }: { readonly withData?: boolean } = {}): Promise<void> {
    this.#core.remove(this.infoHash, { withData });
    return this.#gone;
  }

  on<N extends TorrentEventName>(name: N, listener: (event: TorrentEvent<N>) => void): () => void {
    return this.#listeners.on(name, listener as (event: ClientEvent) => void);
  }

  /** One of its events. */
  hear(event: ClientEvent): void {
    this.#listeners.tell(event);
    if (event.event === 'stats') this.stats = event;
    if (event.event === 'done') this.#complete();
  }

  /** Nothing more will be heard of it. */
  end(reason: string): void {
    this.#fail(new Error(`${this.name}: ${reason}`));
    this.#leave();
  }
}
