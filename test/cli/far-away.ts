/**
 * A peer on loopback, put far away: a TCP proxy that holds the bytes of each direction for a while. It slows nothing
 * down, so what is on the way to the one who connects tells how much that one keeps asked for.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { MIB, type Bytes, type Millis } from '../../src/base/units.js';

/** Of each direction; who sends more has to wait. */
const MOST_HELD: Bytes = 8 * MIB;

/** One direction, of all connections. */
class Way {
  private readonly delay: Millis;
  /** Taken from the one, and not yet in the hands of the other's kernel. */
  private held: Bytes = 0;
  most: Bytes = 0;
  total: Bytes = 0;

  constructor(delay: Millis) {
    this.delay = delay;
  }

  join(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      this.total += chunk.length;
      this.held += chunk.length;
      this.most = Math.max(this.most, this.held);
      if (this.held >= MOST_HELD) from.pause();
      // Timers of one length end in the order in which they began.
      setTimeout(() => to.write(chunk, () => {
        this.held -= chunk.length;
        from.resume();
      }), this.delay);
    });
    from.on('error', () => { /* 'close' follows. */ });
    from.on('close', () => setTimeout(() => to.end(), this.delay));
  }
}

export class FarAway {
  /** From the one who is far away to the one who connects. */
  readonly coming: Way;
  private readonly going: Way;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(port: number, oneWay: Millis) {
    this.coming = new Way(oneWay);
    this.going = new Way(oneWay);
    this.server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) this.sockets.add(socket);
      this.going.join(near, far);
      this.coming.join(far, near);
    });
  }

  /** Puts who listens at this port of 127.0.0.1 so far away. */
  static async open(port: number, oneWay: Millis): Promise<FarAway> {
    const proxy = new FarAway(port, oneWay);
    await once(proxy.server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get peer(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
