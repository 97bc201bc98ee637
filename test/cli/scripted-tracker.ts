/** An HTTP tracker that does as it is told: what trackers out there do, by path, and what was asked of it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { parseEndpoint } from '../../src/base/endpoint.js';
import { MINUTE } from '../../src/base/units.js';
import { encodeAnnounceAnswer } from '../../src/protocol/tracker-http.js';

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly gzip: boolean;
}

export class ScriptedTracker {
  readonly asked: Asked[] = [];
  /** Questions to /silent that the client has given up. */
  givenUp = 0;
  readonly #server: Server;
  readonly #peers: readonly string[];

  private constructor(peers: readonly string[]) {
    this.#peers = peers;
    this.#server = createServer((request, answer) => this.#answer(request, answer));
  }

  static async open(...peers: readonly string[]): Promise<ScriptedTracker> {
    const tracker = new ScriptedTracker(peers);
    tracker.#server.listen(0, '127.0.0.1');
    await once(tracker.#server, 'listening');
    return tracker;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** The events that were announced to this path, in their order. */
  events(path = '/announce'): (string | null)[] {
    return this.asked.filter((a) => a.path === path).map(({ query }) => query.get('event'));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, answer: ServerResponse): void {
    const { pathname: path, searchParams: query, search } = new URL(request.url!, this.url('/'));
    this.asked.push({ path, query, gzip: request.headers['accept-encoding'] === 'gzip' });
    switch (path) {
      case '/silent': return void answer.on('close', () => { this.givenUp++; });
      case '/broken': return void answer.writeHead(500).end();
      case '/moved': return void answer.writeHead(302, { location: `/again${search}` }).end();
      case '/again': return void answer.writeHead(307, { location: this.url(`/announce${search}`) }).end();
    }
    const peers = this.#peers.flatMap((text) => {
      const parsed = parseEndpoint(text);
      return parsed.ok ? [parsed.value] : [];
    });
    const body = gzipSync(encodeAnnounceAnswer({ kind: 'peers', intervalMs: 30 * MINUTE, peers }));
    answer.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  }
}
