/**
 * An HTTP tracker for tests, on our own codec: keeps what was announced, and names everybody to everybody. It can be
 * told to hang.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '../../src/base/endpoint.js';
import { encodeAnnounceAnswer, parseAnnounceQuery, type AnnounceQuery } from '../../src/protocol/tracker-http.js';

export interface TinyTracker {
  readonly url: string;
  readonly announces: readonly AnnounceQuery[];
  /** From now on nobody is answered. */
  hang(): void;
  close(): void;
}

export function startTracker(): Promise<TinyTracker> {
  const announces: AnnounceQuery[] = [];
  const swarm = new Map<string, Endpoint>();
  let hanging = false;
  const server = createServer((request, answer) => {
    const parsed = parseAnnounceQuery(new URL(request.url ?? '/', 'http://localhost').search);
    if (!parsed.ok) return void answer.writeHead(400).end();
    const query = parsed.value;
    announces.push(query);
    if (hanging) return;
    const peers = [...swarm].filter(([id]) => id !== query.peerId).map(([, endpoint]) => endpoint);
    if (query.event === 'stopped') swarm.delete(query.peerId);
    else swarm.set(query.peerId, { host: '127.0.0.1', port: query.port });
    answer.end(encodeAnnounceAnswer({ kind: 'peers', intervalMs: 30_000, minIntervalMs: 10_000, peers }));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    resolve({
      url: `http://127.0.0.1:${port}/announce`, announces,
      hang: () => { hanging = true; },
      close: () => { server.close(); server.closeAllConnections(); },
    });
  }));
}
