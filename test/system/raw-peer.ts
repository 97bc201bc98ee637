/**
 * RawPeer: a peer that does as a test tells it, over real TCP and our own codecs: it says any handshake or none, sends
 * anything, and records what it gets. It dials (`RawPeer.dial`) or waits to be dialled (`listen`).
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { InfoHash } from '../../src/base/brand.js';
import type { Endpoint } from '../../src/base/endpoint.js';
import { fork } from '../../src/base/random.js';
import { Framer } from '../../src/protocol/framer.js';
import { encodeHandshake, reservedBits, type Handshake } from '../../src/protocol/handshake.js';
import { makePeerId } from '../../src/protocol/peer-id.js';
import { encodeMessages, pieceHeader, type OwnMessage } from '../../src/protocol/wire-encode.js';
import type { BlockRange, WireMessage } from '../../src/protocol/wire.js';
import type { Content } from './swarm.js';
import { eventually } from './swarm.js';

export interface RawOptions {
  readonly infoHash: InfoHash;
  /** Speaks the fast extension (BEP 6); the default is that it does not. */
  readonly fast?: boolean;
  /** Speaks the extension protocol (BEP 10); the default is that it does not. */
  readonly extensions?: boolean;
  /** Says this instead of a handshake; empty: nothing. */
  readonly greeting?: Uint8Array;
  readonly host?: string;
}
/** A message, or a block with its bytes. */
export type Got = WireMessage
  | { readonly type: 'block'; readonly piece: number; readonly begin: number; readonly data: Uint8Array };
/** Also of a member with several types. */
type GotOf<T extends Got['type'], G extends Got = Got> = G extends Got ? T extends G['type'] ? G : never : never;

let made = 0;

export class RawPeer {
  readonly got: Got[] = [];
  /** What the other side said. */
  handshake: Handshake | undefined;
  /** Called with every message; where the script reacts. */
  answer: (m: Got) => void = () => undefined;
  /** The other side has ended the connection. */
  ended = false;
  private readonly socket: Socket;

  constructor(socket: Socket, o: RawOptions) {
    this.socket = socket;
    const take = (m: Got): void => { this.got.push(m); this.answer(m); };
    const framer = new Framer({
      handshake: (h) => { this.handshake = h; },
      message: take,
      block: (piece, begin, data) => take({ type: 'block', piece, begin, data: Uint8Array.from(data) }),
    });
    socket.on('data', (data) => framer.feed(data, 0, Infinity));
    socket.on('error', () => undefined);
    socket.on('close', () => { this.ended = true; });
    socket.write(o.greeting ?? encodeHandshake({
      infoHash: o.infoHash, peerId: makePeerId(fork(++made, 'raw peer')),
      reserved: reservedBits({ fast: o.fast ?? false, extensions: o.extensions ?? false }),
    }));
  }

  static dial(port: number, o: RawOptions): Promise<RawPeer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: o.host ?? '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => { socket.off('error', reject); resolve(new RawPeer(socket, o)); });
    });
  }

  /** Where the other side sees us. */
  get address(): string {
    return `${this.socket.localAddress}:${this.socket.localPort}`;
  }

  send(...messages: readonly OwnMessage[]): void {
    this.socket.write(encodeMessages(messages));
  }

  sendBlock(piece: number, begin: number, bytes: Uint8Array): void {
    this.sendBytes(pieceHeader(piece, begin, bytes.length), bytes);
  }

  sendBytes(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Answers a request truly. */
  serve(content: Content, { piece, begin, length }: BlockRange): void {
    const from = piece * content.meta.pieceLength + begin;
    this.sendBlock(piece, begin, Buffer.concat(content.files.map((f) => f.bytes)).subarray(from, from + length));
  }

  all<T extends Got['type']>(type: T): readonly GotOf<T>[] {
    return this.got.filter((m) => m.type === type) as unknown as GotOf<T>[];
  }

  /** Waits until so many of this type have come, gives the last of these. */
  async until<T extends Got['type']>(type: T, count = 1): Promise<GotOf<T>> {
    await eventually(() => this.all(type).length >= count || this.ended, () => this.lacking(type, count));
    const found = this.all(type)[count - 1];
    if (!found) throw new Error(`the connection ended before ${this.lacking(type, count)}`);
    return found;
  }

  private lacking(type: string, count: number): string {
    return `${count} of ${type}; came: ${this.got.map((m) => m.type).join(' ')}`;
  }

  untilEnded(): Promise<void> {
    return eventually(() => this.ended, 'the end of a connection');
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface RawListener {
  readonly endpoint: Endpoint;
  /** How many have dialled us. */
  readonly arrivals: number;
  /** The next that did, in order. */
  next(): Promise<RawPeer>;
  close(): void;
}

export function listen(o: RawOptions): Promise<RawListener> {
  const arrived: RawPeer[] = [];
  let taken = 0;
  const server = createServer((socket) => { arrived.push(new RawPeer(socket, o)); });
  const next = async (): Promise<RawPeer> => {
    const mine = taken++;
    await eventually(() => arrived.length > mine, 'a connection');
    return arrived[mine]!;
  };
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    resolve({
      endpoint: { host: '127.0.0.1', port }, next,
      get arrivals() { return arrived.length; },
      close: () => { server.close(); for (const peer of arrived) peer.close(); },
    });
  }));
}
