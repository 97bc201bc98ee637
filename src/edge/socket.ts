/**
 * One TCP connection as the two halves of ports/net.ts. The first reason to end is the one that is told; after `close`
 * none is. A write's `done` is Node's own write callback, which is called once whatever becomes of the socket.
 */
import type { Endpoint } from '../base/endpoint.js';
import type { Bytes } from '../base/units.js';
import type { Connection, ReadHalf, ReadHandler, WriteHalf } from '../ports/net.js';
import type { Intake, Tapped } from './intake.js';
import { inWords } from './words.js';
import type { Socket } from 'node:net';

const NOTHING = new Uint8Array(0);

export class SocketConnection implements Connection, ReadHalf, WriteHalf {
  readonly remote: Endpoint;
  readonly incoming: boolean;
  readonly reader: ReadHalf = this;
  readonly writer: WriteHalf = this;
  private readonly socket: Socket;
  private readonly intake: Intake;
  private handler: ReadHandler | undefined;
  private ended: string | undefined;
  private closed = false;

  constructor({ socket, intake }: Tapped, o: { readonly remote: Endpoint; readonly incoming: boolean }) {
    this.remote = o.remote;
    this.incoming = o.incoming;
    this.socket = socket;
    this.intake = intake;
    socket.setNoDelay(true); // blocks are gathered by us, and a request must not wait for an acknowledgement
    socket.on('end', () => this.finish('closed by the peer'));
    socket.on('error', (error) => this.finish(inWords(error)));
    socket.on('close', () => this.finish('connection closed'));
  }

  read(handler: ReadHandler): void {
    const first = this.handler === undefined;
    this.handler = handler;
    this.intake.sink = (data) => handler.data(data);
    if (this.ended !== undefined) process.nextTick(() => this.tellEnd(handler));
    else if (first) this.intake.resume();
  }

  pause(): void {
    this.intake.pause();
  }

  resume(): void {
    if (this.ended === undefined) this.intake.resume();
  }

  readAtMost(bytes: Bytes): void {
    this.intake.atMost(bytes);
  }

  /** Corked, so that Node makes one writev of it. */
  write(parts: readonly Uint8Array[], done: () => void): void {
    const { socket } = this;
    const last = parts.at(-1) ?? NOTHING;
    socket.cork();
    for (let i = 0; i < parts.length - 1; i++) socket.write(parts[i]!);
    socket.write(last, () => done());
    socket.uncork();
  }

  close(): void {
    this.closed = true;
    this.socket.destroy();
  }

  private finish(reason: string): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    if (this.handler !== undefined) this.tellEnd(this.handler);
  }

  /** Not to one who has handed over meanwhile. */
  private tellEnd(handler: ReadHandler): void {
    if (!this.closed && this.ended !== undefined && this.handler === handler) handler.end(this.ended);
  }
}

/** Where the other end is; undefined when it is gone already. IPv4 that came in over IPv6 is IPv4, and zones go. */
export function remoteOf({ remoteAddress, remotePort }: Socket): Endpoint | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return { host: remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, ''), port: remotePort };
}
