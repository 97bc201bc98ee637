/**
 * Storage of one torrent in ordinary files. Written at their offsets, so unwritten parts are holes where the file
 * system has them; padding (BEP 47) is in no file. Pieces go to the hash pool with open descriptors; a piece of very
 * many small files, or one where too many are open already, with paths instead, of files that are made first. Every job
 * is answered once: also after `close`, with trouble.
 */
import { fdatasync, read as readFd, stat } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Bytes } from '../base/units.js';
import type {
  Allocation, CheckOutcome, Erased, FileFacts, KeepOutcome, ReadOutcome, Span, Storage, StoredFile, StoreOutcome, Trouble,
} from '../ports/disk.js';
import { eraseFiles } from './erase.js';
import { Folders } from './folders.js';
import { assertInside, contentPath } from './inside.js';
import { FLAGS, type Access, type Lease, type OpenFiles, type Opening } from './open-files.js';
import type { PieceBuffers } from './piece-buffers.js';
import type { FileStretch, KeepJob, OutcomeOf, PieceRunner, StoreJob, Stretch } from './piece-job.js';
import type { ReadBuffers } from './read-buffers.js';
import { hasContent, removeEmpty, reserve } from './room.js';
import { runAll } from './run-all.js';
import { tooShort, troubleOf } from './trouble.js';
import { Twins } from './twins.js';

/** Promises of tens of thousands at once would take hundreds of MB, and twice the time. */
const STATS_AT_ONCE = 64;

/** Files a job may hold open. */
const HELD_AT_ONCE = 16;

const datasync = promisify(fdatasync);
const readAt = promisify(readFd);

type StoreRequest = Parameters<Storage['store']>[0];
type KeepRequest = Parameters<Storage['keep']>[0];
type CheckRequest = Parameters<Storage['check']>[0];

interface Located {
  readonly stretches: readonly Stretch[];
  readonly leases: readonly Lease[];
}

/** What all torrents share. */
export interface Shared {
  readonly files: OpenFiles;
  readonly runner: PieceRunner;
  readonly buffers: PieceBuffers;
  readonly reads: ReadBuffers;
}

export class FolderStorage implements Storage {
  private readonly folder: string;
  private readonly lengths: readonly Bytes[];
  private readonly paths: readonly string[];
  /** Of each file: whether it is padding, which the disk knows nothing of. */
  private readonly padding: readonly boolean[];
  private readonly folders: Folders;
  private readonly shared: Shared;
  /** Those that have been seen, and how long they were then: they are not made again where they are gone, nor written on where cut short. */
  private readonly seen = new Map<string, Bytes>();
  private readonly twins = new Twins();
  /** Written since the last sync. */
  private readonly dirty = new Set<string>();
  private readonly running = new Set<Promise<unknown>>();
  private closed = false;

  /** Throws on a file whose path leaves the folder. */
  constructor(o: { readonly folder: string; readonly files: readonly StoredFile[] }, shared: Shared) {
    this.folder = resolve(o.folder);
    this.lengths = o.files.map((f) => f.length);
    this.paths = o.files.map((f) => contentPath(this.folder, f.path));
    this.padding = o.files.map((f) => f.padding === true);
    this.folders = new Folders(this.folder);
    this.shared = shared;
  }

  buffer(length: Bytes): Uint8Array {
    return this.shared.buffers.take(length);
  }

  release(buffer: Uint8Array): void {
    this.shared.buffers.release(buffer);
  }

  put(buffer: Uint8Array, at: Bytes, block: Uint8Array): void {
    this.shared.buffers.put(buffer, at, block);
  }

  store(job: StoreRequest, done: (outcome: StoreOutcome) => void): void {
    this.answer(() => this.storeNow(job), done);
  }

  keep(job: KeepRequest, done: (outcome: KeepOutcome) => void): void {
    this.answer(() => this.keepNow(job), done);
  }

  check(job: CheckRequest, done: (outcome: CheckOutcome) => void): void {
    this.answer(() => this.checkNow(job), done);
  }

  read(spans: readonly Span[], done: (outcome: ReadOutcome) => void): void {
    this.answer(() => this.readNow(spans), done);
  }

  recycle(bytes: Uint8Array): void {
    this.shared.reads.release(bytes);
  }

  copy(part: Uint8Array): Uint8Array {
    return new Uint8Array(part);
  }

  letGo(): void {
    this.shared.files.close(this.paths);
    this.seen.clear();
  }

  prepare(files: readonly boolean[] = this.paths.map(() => true)): Promise<Trouble | undefined> {
    return this.making(() => this.prepareNow(files));
  }

  async facts(): Promise<readonly (FileFacts | undefined)[]> {
    const facts: (FileFacts | undefined)[] = this.lengths.map((length, i) => (this.padding[i] ? { length, modifiedAt: 0 } : undefined));
    const onDisk = [...this.paths.keys()].filter((i) => !this.padding[i]);
    this.twins.forget();
    await runAll({ count: onDisk.length, most: STATS_AT_ONCE }, (at, done) => {
      const i = onDisk[at]!;
      const path = this.paths[i]!;
      stat(path, (error, found) => {
        if (error === null && found.isFile()) {
          this.see(path, found.size);
          if (this.lengths[i]! > 0) this.twins.see(path, found);
          facts[i] = { length: found.size, modifiedAt: found.mtimeMs };
          // Through an open descriptor what is gone could still be written, and nobody would find it.
        } else this.shared.files.close([path]);
        done();
      });
    });
    return facts;
  }

  allocate(files: readonly number[], how: Allocation): Promise<Trouble | undefined> {
    return this.making(() => this.allocateNow(files, how));
  }

  async inTheWay(files: readonly number[]): Promise<Trouble | undefined> {
    for (const file of files) {
      const path = this.paths[file]!;
      if (await hasContent(path)) return { file: path, cause: 'foreign', detail: 'another file has this name' };
    }
    return undefined;
  }

  async sync(): Promise<Trouble | undefined> {
    await this.settled();
    let first: Trouble | undefined;
    for (const path of [...this.dirty]) {
      this.dirty.delete(path);
      const trouble = await this.syncFile(path);
      if (trouble === undefined) continue;
      this.dirty.add(path);
      first ??= trouble;
    }
    return first;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.settled();
    this.shared.files.close(this.paths);
  }

  async erase(files: readonly number[]): Promise<Erased> {
    await this.close();
    return eraseFiles(this.folder, files.map((file) => ({ path: this.paths[file]!, length: this.lengths[file]! })));
  }

  private async prepareNow(files: readonly boolean[]): Promise<Trouble | undefined> {
    const wanted = files.map((yes, i) => yes && !this.padding[i]);
    let trouble = await this.folders.prepare(this.paths.filter((_, i) => wanted[i]));
    for (const [i, path] of this.paths.entries()) {
      if (this.lengths[i] === 0 && wanted[i]) trouble ??= await this.attempt(path, async () => (await open(path, FLAGS.make)).close());
    }
    return trouble;
  }

  private async allocateNow(files: readonly number[], how: Allocation): Promise<Trouble | undefined> {
    for (const file of files) {
      const [path, length] = [this.paths[file]!, this.lengths[file]!];
      const trouble = await this.attempt(path, () => reserve(path, { length, how, misplaced: () => this.folders.troubleOf(path) }));
      if (trouble !== undefined) return trouble;
      this.see(path, length);
    }
    return undefined;
  }

  private async storeNow({ bytes, expected, spans, digests = false }: StoreRequest): Promise<StoreOutcome> {
    return this.writing(spans, (stretches) => ({ type: 'store', bytes, expected: own(expected), stretches, digests }));
  }

  private async keepNow({ bytes, spans }: KeepRequest): Promise<KeepOutcome> {
    return this.writing(spans, (stretches) => ({ type: 'keep', bytes, stretches }));
  }

  private async writing<J extends StoreJob | KeepJob>(
    spans: readonly Span[], jobAt: (stretches: readonly Stretch[]) => J,
  ): Promise<OutcomeOf<J> | TroubleOutcome> {
    const located = await this.locate(spans, (path) => (this.seen.has(path) ? 'update' : 'make'));
    if ('cause' in located) return { type: 'trouble', trouble: located };
    const { stretches, leases } = located;
    const outcome = await this.shared.runner.run(jobAt(stretches));
    for (const lease of leases) lease.release();
    if (outcome.type === 'mismatch') return outcome;
    for (const stretch of stretches) {
      if (stretch.path === undefined) continue;
      this.dirty.add(stretch.path);
      if (outcome.type !== 'trouble') this.see(stretch.path, stretch.offset + stretch.length);
    }
    return outcome;
  }

  private see(path: string, length: Bytes): void {
    this.seen.set(path, Math.max(length, this.seen.get(path) ?? 0));
  }

  private async checkNow({ expected, spans }: CheckRequest): Promise<CheckOutcome> {
    const located = await this.locate(spans, () => 'read');
    if ('cause' in located && located.cause === 'missing') return { type: 'absent' };
    if ('cause' in located) return { type: 'trouble', trouble: located };
    const { stretches, leases } = located;
    const outcome = await this.shared.runner.run({ type: 'check', expected: own(expected), stretches });
    for (const lease of leases) lease.release();
    return outcome;
  }

  private async readNow(spans: readonly Span[]): Promise<ReadOutcome> {
    const bytes = this.shared.reads.take(spans.reduce((n, span) => n + span.length, 0));
    let at = 0;
    for (const span of spans) {
      const trouble = await this.readSpan(span, bytes.subarray(at, at + span.length));
      if (trouble !== undefined) {
        this.recycle(bytes);
        return { type: 'trouble', trouble };
      }
      at += span.length;
    }
    return { type: 'read', bytes };
  }

  private async readSpan({ file, offset }: Span, into: Uint8Array): Promise<Trouble | undefined> {
    if (into.length === 0) return undefined;
    if (this.padding[file]) return void into.fill(0);
    const path = this.paths[file]!;
    try {
      const lease = await this.shared.files.lease({ folder: this.folder, path, access: 'read' });
      try {
        for (let done = 0; done < into.length;) {
          const { bytesRead } = await readAt(lease.fd, into, done, into.length - done, offset + done);
          if (bytesRead === 0) return tooShort(path);
          done += bytesRead;
        }
        return undefined;
      } finally {
        lease.release();
      }
    } catch (error) {
      return troubleOf(path, error);
    }
  }

  /** Where the spans lie. Empty ones are left out: an empty file need not be there. */
  private async locate(spans: readonly Span[], accessTo: (path: string) => Access): Promise<Located | Trouble> {
    const filled = spans.filter((span) => span.length > 0);
    const inFiles = filled.filter(({ file }) => !this.padding[file]);
    const openings = inFiles.map(({ file }): Opening => ({ folder: this.folder, path: this.paths[file]!, access: accessTo(this.paths[file]!) }));
    const making = openings.filter(({ access }) => access === 'make').map(({ path }) => path);
    const moved = await this.misplaced(making);
    if (moved) return moved;
    const hold = openings.length <= HELD_AT_ONCE && this.shared.files.hasRoomFor(openings.length);
    const held = await Promise.allSettled(openings.map((opening) => (hold ? this.shared.files.lease(opening) : this.makeReady(opening))));
    const leases = held.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    const failed = held.findIndex((one) => one.status === 'rejected');
    // A drive may have gone between the look and the making.
    const movedSince = await this.misplaced(making);
    if (failed >= 0 || movedSince) for (const lease of leases) lease.release();
    if (movedSince) {
      this.shared.files.close(making);
      await Promise.all(making.map(removeEmpty));
      return movedSince;
    }
    if (failed >= 0) return troubleOf(openings[failed]!.path, (held[failed] as PromiseRejectedResult).reason);
    const twin = await this.twinAmong(openings);
    if (twin) {
      for (const lease of leases) lease.release();
      return twin;
    }
    const parts = openings.map(({ path, access }, i): FileStretch => {
      const { offset, length } = inFiles[i]!;
      return { path, fd: leases[i]?.fd, access: access === 'read' ? 'read' : 'update', offset, length, least: this.seen.get(path) ?? 0 };
    }).values();
    const stretches = filled.map(({ file, length }): Stretch => (this.padding[file] ? { path: undefined, length } : parts.next().value!));
    return { stretches, leases };
  }

  /** Where what is to be written is another file of ours, too. */
  private async twinAmong(openings: readonly Opening[]): Promise<Trouble | undefined> {
    const written = openings.filter(({ access }) => access !== 'read').map(({ path }) => path);
    const made = openings.filter(({ access }) => access === 'make').map(({ path }) => path);
    return this.twins.troubleOf(written, made).catch((error: unknown) => troubleOf(made[0]!, error));
  }

  /** A job that opens it by its path finds it, and makes none. */
  private async makeReady(opening: Opening): Promise<void> {
    if (opening.access === 'make') (await this.shared.files.lease(opening)).release();
    else await assertInside(this.folder, opening.path);
  }

  private async misplaced(paths: readonly string[]): Promise<Trouble | undefined> {
    for (const path of paths) {
      const moved = await this.folders.troubleOf(path);
      if (moved) return moved;
    }
    return undefined;
  }

  /** Runs `work` on `path` if that is inside the folder. */
  private async attempt(path: string, work: () => Promise<Trouble | void>): Promise<Trouble | undefined> {
    try {
      await assertInside(this.folder, path);
      return await work() ?? undefined;
    } catch (error) {
      return troubleOf(path, error);
    }
  }

  /** On any descriptor of the file the system writes back all of it, whoever wrote. */
  private async syncFile(path: string): Promise<Trouble | undefined> {
    try {
      const lease = await this.shared.files.lease({ folder: this.folder, path, access: 'update' });
      await datasync(lease.fd).finally(() => lease.release());
      return undefined;
    } catch (error) {
      return troubleOf(path, error);
    }
  }

  private answer<O>(work: () => Promise<O | TroubleOutcome>, done: (outcome: O | TroubleOutcome) => void): void {
    void this.run(work, (trouble): TroubleOutcome => ({ type: 'trouble', trouble })).then(done);
  }

  /** Makes something outside of a job. */
  private making(work: () => Promise<Trouble | undefined>): Promise<Trouble | undefined> {
    return this.run(work, (trouble) => trouble);
  }

  /** Nothing starts after `close`, which waits for what has. */
  private run<O>(work: () => Promise<O>, refused: (why: Trouble) => O): Promise<O> {
    if (this.closed) return Promise.resolve(refused({ file: this.folder, cause: 'failed', detail: 'the torrent is closed' }));
    const outcome = work();
    this.running.add(outcome);
    return outcome.finally(() => this.running.delete(outcome));
  }

  /** All that run now have been answered; those that start meanwhile are not waited for. */
  private async settled(): Promise<void> {
    await Promise.all(this.running);
  }
}

interface TroubleOutcome {
  readonly type: 'trouble';
  readonly trouble: Trouble;
}

/**
 * A hash of its own, not a view: a message to a worker copies all that is behind a view, here the hashes of the whole
 * torrent.
 */
const own = (expected: Uint8Array): Uint8Array => new Uint8Array(expected);
