/**
 * The tracker's HTTP server. Bounded against strangers: connections, header sizes and times, one short answer a
 * request. The rules and the table are elsewhere; here is only node:http.
 */
import { randomInt } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromSeed } from '../../base/random.js';
import { SECOND } from '../../base/units.js';
import { addressOf } from './address.js';
import { answer } from './http-answer.js';
import type { Serving } from './server.js';

export interface HttpServer {
  /** As taken. */
  readonly port: number;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 2000;
const NOTHING = new Uint8Array(0);

/** Rejects with the system's error where it cannot listen. */
export async function startHttpTracker({ host, port, onAnnounce, turnstile, ...rules }: Serving): Promise<HttpServer> {
  const random = fromSeed(randomInt(2 ** 32));
  const server = createServer({
    maxHeaderSize: 16_384, headersTimeout: 10 * SECOND, requestTimeout: 10 * SECOND, keepAliveTimeout: 5 * SECOND,
    connectionsCheckingInterval: 5 * SECOND,
  }, (request, response) => {
    request.resume();
    const from = addressOf(request.socket.remoteAddress ?? '');
    if (from === undefined) return void request.destroy();
    const now = performance.now();
    if (!turnstile.admits(from, now)) return send(response, { status: 429, body: NOTHING });
    if (request.method !== 'GET') return send(response, { status: 405, body: NOTHING });
    const reply = answer({ target: request.url ?? '/', from, now, random }, rules);
    send(response, reply);
    if (reply.announced) onAnnounce?.(reply.announced);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

interface Page {
  readonly status: number;
  readonly body: Uint8Array;
}

function send(response: ServerResponse, { status, body }: Page): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
}
