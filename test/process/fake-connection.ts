/**
 * FakeConnection and FakeNet: data arrives when the test says so; writes are kept, and are taken by the transport when
 * the test says so; dials wait for their answer.
 */
import { concat } from '../../src/base/bytes.js';
import type { Endpoint } from '../../src/base/endpoint.js';
import type { Connection, Net, ReadHalf, ReadHandler, WriteHalf } from '../../src/ports/net.js';

export class FakeConnection implements Connection, ReadHalf, WriteHalf {
  readonly remote: Endpoint;
  readonly incoming: boolean;
  readonly reader: ReadHalf = this;
  readonly writer: WriteHalf = this;
  /** Each write, its parts joined. */
  readonly writes: Uint8Array[] = [];
  paused = true;
  closed = false;
  atMost = 0;
  private handler: ReadHandler | undefined;
  private taking: (() => void)[] = [];

  constructor(remote: Endpoint = { host: '10.0.0.1', port: 6881 }, incoming = false) {
    this.remote = remote;
    this.incoming = incoming;
  }

  read(handler: ReadHandler): void {
    this.handler = handler;
    this.paused = false;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  readAtMost(bytes: number): void {
    this.atMost = bytes;
  }

  write(parts: readonly Uint8Array[], done: () => void): void {
    this.writes.push(concat(parts));
    this.taking.push(done);
  }

  close(): void {
    this.closed = true;
  }

  // WHAT THE TEST DOES ---------------------------------------------------------------

  /** Comes in one buffer, which is overwritten as soon as it has been handled. */
  arrive(...parts: readonly Uint8Array[]): void {
    const data = concat(parts);
    this.handler!.data(data);
    data.fill(0xee);
  }

  end(reason = 'closed by the peer'): void {
    this.handler!.end(reason);
  }

  /** The transport takes the oldest write, or all. */
  take(how: 'one' | 'all' = 'all'): void {
    for (const done of this.taking.splice(0, how === 'one' ? 1 : this.taking.length)) done();
  }

  /** All that was written since the last look. */
  written(): Uint8Array {
    return concat(this.writes.splice(0));
  }
}

interface Dial {
  readonly to: Endpoint;
  readonly resolve: (c: Connection) => void;
  readonly reject: (e: Error) => void;
}

export class FakeNet implements Net {
  readonly dials: Dial[] = [];
  accept: ((c: Connection) => void) | undefined;
  listening: { readonly resolve: (port: number) => void; readonly reject: (e: Error) => void } | undefined;
  closed = false;

  listen(at: { readonly port: number }, accept: (c: Connection) => void): Promise<{ port: number; close(): void }> {
    this.accept = accept;
    return new Promise((resolve, reject) => {
      const close = (): void => { this.closed = true; };
      this.listening = { resolve: (port) => resolve({ port: port || at.port, close }), reject };
    });
  }

  dial(to: Endpoint): Promise<Connection> {
    return new Promise((resolve, reject) => this.dials.push({ to, resolve, reject }));
  }
}
