/** The tracker's UDP socket. The rules and the answers are elsewhere; here is only node:dgram. */
import { randomBytes, randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { fromSeed } from '../../base/random.js';
import { addressOf } from './address.js';
import type { Serving } from './server.js';
import { answerUdp } from './udp-answer.js';

export interface UdpServer {
  close(): Promise<void>;
}

/** Rejects with the system's error where the port is taken. */
export async function startUdpTracker({ host, port, onAnnounce, turnstile, ...rules }: Serving): Promise<UdpServer> {
  const random = fromSeed(randomInt(2 ** 32));
  const secret = randomBytes(32);
  const socket = await bound({ host: host ?? '::', port }).catch((error: unknown) => {
    if (host !== undefined) throw error;
    return bound({ host: '0.0.0.0', port }); // where there is no IPv6
  });
  // What cannot be sent now is lost, as packets are: the asker asks again.
  socket.on('error', () => undefined);
  socket.on('message', (packet, remote) => {
    const from = addressOf(remote.address);
    const now = performance.now();
    if (from === undefined || !turnstile.admits(from, now)) return;
    const reply = answerUdp(packet, { from, now, random }, { ...rules, secret });
    if (reply === undefined) return;
    socket.send(reply.packet, remote.port, remote.address);
    if (reply.announced) onAnnounce?.(reply.announced);
  });
  return { close: () => new Promise((resolve) => socket.close(() => resolve())) };
}

function bound({ host, port }: { readonly host: string; readonly port: number }): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
