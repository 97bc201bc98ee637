/**
 * HttpServer: a small web server on one address. It keeps the bounds on size, time and number; who may ask for what is decided by
 * whoever listens.
 */
import type { Bytes } from '../base/units.js';
import type { Listening } from './net.js';

export interface WebRequest {
  readonly method: string;
  /** As it was asked for, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Of lower-case name. */
  header(name: string): string | undefined;
  /** Nothing of it is read before; a larger one rejects, and the answer is then 413 whatever else is said. */
  body(most: Bytes): Promise<Uint8Array>;
}

/** What is sent piece by piece, for as long as the other side stays. */
export interface Outflow {
  /** Where the other side does not read, and too much waits for it, it is let go. */
  write(text: string): void;
  end(): void;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `flow` is called once the head is sent; what it gives is called when the other side is gone. */
  readonly body: string | Uint8Array | { readonly flow: (out: Outflow) => () => void };
}

export interface HttpServer {
  /** Rejects with an Error that says why. */
  listen(at: { readonly host: string; readonly port: number }, answer: (asked: WebRequest) => Promise<WebAnswer>): Promise<Listening>;
}
