/**
 * A peer on loopback, put far away: a TCP proxy that holds the bytes of each direction for a while. It slows nothing
 * down, so what is on the way to the one who connects tells how much that one keeps asked for.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { MIB, type Bytes, type Millis } from '../../src/base/units.js';

const ONE_WAY: Millis = 50;
/** Of each direction; who sends more has to wait. */
const MOST_HELD: Bytes = 8 * MIB;

/** One direction, of all connections. */
class Way {
  /** Taken from the one, and not yet in the hands of the other's kernel. */
  private held: Bytes = 0;
  most: Bytes = 0;
  total: Bytes = 0;

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
      }), ONE_WAY);
    });
    from.on('error', () => { /* 'close' follows. */ });
    from.on('close', () => setTimeout(() => to.end(), ONE_WAY));
  }
}

export class FarAway {
  /** From the one who is far away to the one who connects. */
  readonly coming = new Way();
  private readonly going = new Way();
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(port: number) {
    this.server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) this.sockets.add(socket);
      this.going.join(near, far);
      this.coming.join(far, near);
    });
  }

  /** Puts who listens at this port of 127.0.0.1 far away. */
  static async open(port: number): Promise<FarAway> {
    const proxy = new FarAway(port);
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
