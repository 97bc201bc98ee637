/**
 * Ports that a test can turn down: a disk that is slow or refuses, and a net that takes nothing any more. They stand in
 * front of the real ones and count what waits there, so that a test asserts on bytes and never on times.
 */
import { nodeDisk } from '../../src/edge/disk.js';
import { nodeNet } from '../../src/edge/net.js';
import type { Disk, Storage, Trouble } from '../../src/ports/disk.js';
import type { Connection, Net } from '../../src/ports/net.js';

/** Writes one piece after the other, each after `writeMs`; or answers with `trouble`. */
export class SlowDisk implements Disk {
  readonly parallel = 1;
  trouble: Trouble | undefined;
  /** Bytes of the pieces in memory, and the most there ever were. */
  held = 0;
  mostHeld = 0;
  stored = 0;
  /** Bytes asked for by reads, and how many reads are not answered. */
  read = 0;
  reading = 0;
  private readonly disk = nodeDisk({ procs: 0 });
  private readonly writeMs: number;
  private last = Promise.resolve();

  constructor(writeMs: number) {
    this.writeMs = writeMs;
  }

  readonly readRecord: Disk['readRecord'] = (folder, name) => this.disk.readRecord(folder, name);
  readonly writeRecord: Disk['writeRecord'] = (folder, name, bytes) => this.disk.writeRecord(folder, name, bytes);
  readonly removeRecord: Disk['removeRecord'] = (folder, name) => this.disk.removeRecord(folder, name);

  open(folder: string, files: Parameters<Disk['open']>[1]): Storage {
    const storage = this.disk.open(folder, files);
    return {
      buffer: (length) => {
        this.held += length;
        this.mostHeld = Math.max(this.mostHeld, this.held);
        return storage.buffer(length);
      },
      release: (buffer) => {
        this.held -= buffer.length;
        storage.release(buffer);
      },
      store: (job, done) => {
        const write = (): void => {
          if (this.trouble) return done({ type: 'trouble', trouble: this.trouble });
          storage.store(job, (outcome) => {
            this.stored += job.bytes.length;
            done(outcome);
          });
        };
        this.last = this.last.then(() => new Promise((resolve) => setTimeout(resolve, this.writeMs))).then(write);
      },
      keep: (job, done) => (this.trouble ? done({ type: 'trouble', trouble: this.trouble }) : storage.keep(job, done)),
      check: (job, done) => storage.check(job, done),
      read: (spans, done) => {
        this.reading++;
        this.read += spans.reduce((n, span) => n + span.length, 0);
        storage.read(spans, (outcome) => {
          this.reading--;
          done(outcome);
        });
      },
      put: (...args) => storage.put(...args), recycle: (bytes) => storage.recycle(bytes),
      copy: (part) => storage.copy(part),
      letGo: () => storage.letGo(), prepare: (files) => storage.prepare(files), facts: () => storage.facts(),
      allocate: (files, how) => storage.allocate(files, how), inTheWay: (files) => storage.inTheWay(files),
      sync: () => storage.sync(), close: () => storage.close(), erase: (files) => storage.erase(files),
    };
  }
}

/** Loopback whose connections take nothing more of us once it is `shut`, as with a peer that does not read. */
export class Valve implements Net {
  shut = false;
  /** Bytes written to the net and not taken, and the most there ever were. */
  waiting = 0;
  mostWaiting = 0;
  private readonly net = nodeNet();

  listen(at: Parameters<Net['listen']>[0], accept: (c: Connection) => void): ReturnType<Net['listen']> {
    return this.net.listen(at, (connection) => accept(this.guard(connection)));
  }

  async dial(to: Parameters<Net['dial']>[0], timeout: number): Promise<Connection> {
    return this.guard(await this.net.dial(to, timeout));
  }

  private guard(connection: Connection): Connection {
    const { remote, incoming, reader, writer } = connection;
    const untaken: (() => void)[] = [];
    return {
      remote, incoming, reader,
      writer: {
        write: (parts, done) => {
          const bytes = parts.reduce((n, part) => n + part.length, 0);
          const taken = (): void => {
            this.waiting -= bytes;
            done();
          };
          this.waiting += bytes;
          this.mostWaiting = Math.max(this.mostWaiting, this.waiting);
          if (this.shut) untaken.push(taken);
          else writer.write(parts, taken);
        },
      },
      close: () => {
        connection.close();
        for (const gone of untaken.splice(0)) gone();
      },
    };
  }
}

/** Loopback that counts what came. */
export class Meter implements Net {
  /** Bytes. */
  received = 0;
  private readonly net = nodeNet();

  listen(at: Parameters<Net['listen']>[0], accept: (c: Connection) => void): ReturnType<Net['listen']> {
    return this.net.listen(at, (connection) => accept(this.metered(connection)));
  }

  async dial(to: Parameters<Net['dial']>[0], timeout: number): Promise<Connection> {
    return this.metered(await this.net.dial(to, timeout));
  }

  private metered(connection: Connection): Connection {
    const { remote, incoming, reader, writer } = connection;
    return {
      remote, incoming, writer,
      reader: {
        read: (handler) => reader.read({
          data: (data) => {
            this.received += data.length;
            handler.data(data);
          },
          end: (reason) => handler.end(reason),
        }),
        pause: () => reader.pause(), resume: () => reader.resume(), readAtMost: (bytes) => reader.readAtMost(bytes),
      },
      close: () => connection.close(),
    };
  }
}
