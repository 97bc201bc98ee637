/**
 * Conversations over node:dgram, each on a connected socket of its own: the system then drops what strangers send, and tells when nobody
 * listens at the other end. Errors are told in words.
 */
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Endpoint } from '../base/endpoint.js';
import { SECOND } from '../base/units.js';
import type { Move, Talker, Udp, UdpBounds } from '../ports/udp.js';
import { inWords } from './words.js';

export const nodeUdp = (): Udp => ({
  converse: (to, talker, bounds) => new Promise((resolve, reject) => new Conversation({ to, talker, ...bounds, resolve, reject })),
});

interface Opening<T> extends UdpBounds {
  readonly to: Endpoint;
  readonly talker: Talker<T>;
  readonly resolve: (reply: T) => void;
  readonly reject: (error: Error) => void;
}

class Conversation<T> {
  readonly #opening: Opening<T>;
  readonly #limit: NodeJS.Timeout;
  #wait: NodeJS.Timeout | undefined;
  #socket: Socket | undefined;
  #over = false;

  constructor(opening: Opening<T>) {
    const { timeout } = opening;
    this.#opening = opening;
    this.#limit = setTimeout(() => this.#fail(new Error(`no answer in ${timeout / SECOND} s`)), timeout);
    this.#open().catch((error: unknown) => this.#fail(error));
  }

  async #open(): Promise<void> {
    const { to: { host, port }, talker, family: only } = this.#opening;
    const { address, family } = await lookup(host, { family: only });
    if (this.#over) return;
    const socket = this.#socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.on('error', (error) => this.#fail(error));
    socket.on('message', (packet) => this.#play(talker.heard(packet, family === 6 ? 6 : 4)));
    socket.once('connect', () => this.#play(talker.next()));
    socket.connect(port, address);
  }

  #play(move: Move<T>): void {
    switch (move.kind) {
      case 'send':
        clearTimeout(this.#wait);
        this.#wait = setTimeout(() => this.#play(this.#opening.talker.next()), move.wait);
        this.#socket?.send(move.packet);
        return;
      case 'done':
        this.#end();
        return this.#opening.resolve(move.reply);
      case 'failed': return this.#fail(new Error(move.reason));
      case 'ignored':
    }
  }

  #fail(error: unknown): void {
    this.#end();
    this.#opening.reject(new Error(inWords(error), { cause: error }));
  }

  #end(): void {
    clearTimeout(this.#limit);
    clearTimeout(this.#wait);
    if (!this.#over) this.#socket?.close();
    this.#over = true;
  }
}
