/** TCP: listens on all addresses of both families unless told otherwise, and dials. Errors are told in words. */
import { connect, createServer, type AddressInfo } from 'node:net';
import { formatEndpoint, type Endpoint } from '../base/endpoint.js';
import { SECOND, type Millis } from '../base/units.js';
import type { Connection, Listening, Net } from '../ports/net.js';
import { adopt, tapped } from './intake.js';
import { remoteOf, SocketConnection } from './socket.js';
import { codeOf, inWords } from './words.js';

/** Connections the system keeps ready for us to accept; a tracker's answer brings many peers at once. */
const BACKLOG = 511;
/** What `::` fails with where IPv6 is absent or switched off. */
const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

type At = Parameters<Net['listen']>[0];
type Accept = (connection: Connection) => void;

export const nodeNet = (): Net => ({ listen, dial });

async function listen({ host, port }: At, accept: Accept): Promise<Listening> {
  try {
    return await listenAt({ host: host ?? '::', port }, accept).catch((error: unknown) => {
      if (host === undefined && NO_IPV6.has(codeOf(error))) return listenAt({ host: '0.0.0.0', port }, accept);
      throw error;
    });
  } catch (error) {
    throw new Error(listenTrouble(error, host, port), { cause: error });
  }
}

function listenAt(at: Endpoint, accept: Accept): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      const remote = remoteOf(socket);
      if (remote === undefined) socket.destroy(); // gone while it waited to be accepted
      else accept(new SocketConnection(adopt(socket), { remote, incoming: true }));
    });
    // Once listening, only accept() can fail, for want of descriptors: that peer may come again.
    server.on('error', reject);
    server.listen({ ...at, backlog: BACKLOG }, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, close: () => { server.close(); } });
    });
  });
}

function listenTrouble(error: unknown, host: string | undefined, port: number): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE': return `port ${port} is in use; choose another, or 0 for any`;
    case 'EACCES': return `port ${port} is not open to this user; choose one above 1023`;
    case 'EADDRNOTAVAIL': return `${host} is not an address of this machine`;
    default: return `${host === undefined ? '' : `${host} `}port ${port}: ${inWords(error)}`;
  }
}

function dial(to: Endpoint, timeout: Millis): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const dialled = tapped((onread) => connect({ ...to, onread }));
    const { socket } = dialled;
    const timer = setTimeout(() => socket.destroy(new Error(`no answer in ${timeout / SECOND} s`)), timeout);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(new Error(`${formatEndpoint(to)}: ${inWords(error)}`, { cause: error }));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(new SocketConnection(dialled, { remote: remoteOf(socket) ?? to, incoming: false }));
      socket.off('error', fail);
    });
  });
}
