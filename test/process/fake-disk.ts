/** FakeDisk: jobs wait until the test answers them, in any order; files are lengths and times; records lie in a map. */
import type {
  Allocation, CheckOutcome, Disk, Erased, FileFacts, KeepOutcome, ReadOutcome, Span, Storage, StoredFile, StoreOutcome, Trouble,
} from '../../src/ports/disk.js';

export interface Job<J, O> {
  readonly job: J;
  readonly done: (outcome: O) => void;
}
type StoreRequest = Parameters<Storage['store']>[0];
type KeepRequest = Parameters<Storage['keep']>[0];
type CheckRequest = Parameters<Storage['check']>[0];

export class FakeDisk implements Disk, Storage {
  readonly parallel = 2;
  readonly log: string[] = [];
  readonly stores: Job<StoreRequest, StoreOutcome>[] = [];
  readonly keeps: Job<KeepRequest, KeepOutcome>[] = [];
  readonly checks: Job<CheckRequest, CheckOutcome>[] = [];
  readonly reads: Job<readonly Span[], ReadOutcome>[] = [];
  readonly records = new Map<string, Uint8Array>();
  /** Buffers taken and not given back. */
  readonly buffers = new Set<Uint8Array>();
  readonly recycled: Uint8Array[] = [];
  files: (FileFacts | undefined)[] = [];
  trouble: Trouble | undefined;
  stranger: Trouble | undefined;
  noRoom: Trouble | undefined;
  /** Where set, a sync waits for it. */
  syncing: Promise<void> | undefined;

  open(folder: string, files: readonly StoredFile[]): Storage {
    this.log.push(`open ${folder}`);
    this.files = [...this.files, ...files.slice(this.files.length).map(() => undefined)];
    return this;
  }

  buffer(length: number): Uint8Array {
    const buffer = new Uint8Array(length);
    this.buffers.add(buffer);
    return buffer;
  }

  release(buffer: Uint8Array): void {
    if (!this.buffers.delete(buffer)) throw new Error('a buffer was given back twice');
  }

  put(buffer: Uint8Array, at: number, block: Uint8Array): void {
    buffer.set(block, at);
  }

  store(job: StoreRequest, done: (outcome: StoreOutcome) => void): void {
    this.stores.push({ job, done: (outcome) => {
      if (outcome.type === 'stored') this.grow(job.spans);
      done(outcome);
    } });
  }

  keep(job: KeepRequest, done: (outcome: KeepOutcome) => void): void {
    this.keeps.push({ job, done: (outcome) => {
      if (outcome.type === 'kept') this.grow(job.spans);
      done(outcome);
    } });
  }

  check(job: CheckRequest, done: (outcome: CheckOutcome) => void): void {
    this.checks.push({ job, done });
  }

  read(job: readonly Span[], done: (outcome: ReadOutcome) => void): void {
    this.reads.push({ job, done });
  }

  /** What was written there is there. */
  private grow(spans: readonly Span[]): void {
    for (const { file, offset, length } of spans) {
      const { length: before = 0, modifiedAt = 7 } = this.files[file] ?? {};
      this.files[file] = { length: Math.max(before, offset + length), modifiedAt };
    }
  }

  recycle(bytes: Uint8Array): void {
    this.recycled.push(bytes);
  }

  copy(part: Uint8Array): Uint8Array {
    return new Uint8Array(part);
  }

  letGo(): void {
    this.log.push('let go');
  }

  async prepare(files: readonly boolean[] = []): Promise<Trouble | undefined> {
    this.log.push(files.every(Boolean) ? 'prepare' : `prepare ${files.flatMap((yes, i) => (yes ? [i] : [])).join(' ')}`);
    return this.trouble;
  }

  async facts(): Promise<readonly (FileFacts | undefined)[]> {
    this.log.push('facts');
    return this.files;
  }

  async allocate(files: readonly number[], how: Allocation): Promise<Trouble | undefined> {
    this.log.push(`allocate ${how}: ${files.join(' ')}`);
    return this.noRoom;
  }

  async inTheWay(files: readonly number[]): Promise<Trouble | undefined> {
    if (files.length > 0) this.log.push(`in the way: ${files.join(' ')}`);
    return files.length > 0 ? this.stranger : undefined;
  }

  async sync(): Promise<Trouble | undefined> {
    this.log.push('sync');
    await this.syncing;
    return this.trouble;
  }

  async close(): Promise<void> {
    this.log.push('close');
  }

  async erase(files: readonly number[]): Promise<Erased> {
    this.log.push(`erase ${files.join(' ')}`);
    const bytes = files.reduce((sum, file) => sum + (this.files[file]?.length ?? 0), 0);
    for (const file of files) this.files[file] = undefined;
    return { files: files.length, bytes, ...(this.trouble && { trouble: this.trouble }) };
  }

  async removeRecord(_folder: string, name: string): Promise<void> {
    this.log.push(`remove ${name}`);
    this.records.delete(name);
  }

  async readRecord(_folder: string, name: string): Promise<Uint8Array | undefined> {
    return this.records.get(name);
  }

  async writeRecord(_folder: string, name: string, bytes: Uint8Array): Promise<Trouble | undefined> {
    this.log.push('record');
    if (!this.trouble) this.records.set(name, bytes);
    return this.trouble;
  }
}

export const GONE: Trouble = { file: 'a.bin', cause: 'missing', detail: 'no such file or directory' };
export const FULL: Trouble = { file: 'a.bin', cause: 'full', detail: 'no space left on device' };
