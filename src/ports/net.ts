/**
 * Net: connections, real or virtual. A connection has a read half and a write half, held by Receiver and Sender.
 * Nothing is read before `read`, and nothing while paused: the other end is then slowed by the transport itself.
 */
import type { Endpoint } from '../base/endpoint.js';
import type { Bytes, Millis } from '../base/units.js';

export interface ReadHandler {
  /** `data` is a view of a reused buffer: valid until this call returns. */
  data(data: Uint8Array): void;
  /** The last call. `reason` is for people: `closed by the peer`, `ECONNRESET`. */
  end(reason: string): void;
}

export interface ReadHalf {
  /** Starts reading. A later call hands the reading over to another handler (Listener to Receiver), paused or not. */
  read(handler: ReadHandler): void;
  pause(): void;
  resume(): void;
  /** The most to read at once: small under a download limit, large without. */
  readAtMost(bytes: Bytes): void;
}

export interface WriteHalf {
  /** One gathered write, in order with those before. `done` is called once, when the transport has taken it all or is gone. */
  write(parts: readonly Uint8Array[], done: () => void): void;
}

export interface Connection {
  readonly remote: Endpoint;
  readonly incoming: boolean;
  readonly reader: ReadHalf;
  readonly writer: WriteHalf;
  /** Ends both halves now. The reader's `end` is not called. */
  close(): void;
}

export interface Listening {
  /** The port really taken, where 0 was asked. */
  readonly port: number;
  close(): void;
}

export interface Net {
  /** Rejects with an Error that says why, e.g. `port 6881 is in use`. */
  listen(at: { readonly host?: string; readonly port: number }, accept: (c: Connection) => void): Promise<Listening>;
  /** Rejects with an Error that says why. */
  dial(to: Endpoint, timeout: Millis): Promise<Connection>;
}
