/**
 * The tracker's HTTP server. Bounded against strangers: connections, header sizes and times, one short answer a
 * request. The rules and the table are elsewhere; here is only node:http.
 */
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatEndpoint, parseHost } from '../../base/endpoint.js';
import { fromSeed } from '../../base/random.js';
import { SECOND } from '../../base/units.js';
import { answer, type Reply, type TrackerRules } from './answer.js';

export interface TrackerServer {
  /** For torrents: `http://127.0.0.1:6969/announce`. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface ServerOptions extends TrackerRules {
  /** Absent: all addresses. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  readonly onReply?: (reply: Reply) => void;
}

const MOST_CONNECTIONS = 2000;

/** Rejects with the system's error where it cannot listen. */
export async function startTracker({ host, port, onReply, ...rules }: ServerOptions): Promise<TrackerServer> {
  const random = fromSeed(randomInt(2 ** 32));
  const server = createServer({
    maxHeaderSize: 16_384, headersTimeout: 10 * SECOND, requestTimeout: 10 * SECOND, keepAliveTimeout: 5 * SECOND,
    connectionsCheckingInterval: 5 * SECOND,
  }, (request, response) => {
    request.resume();
    const from = addressOf(request);
    if (from === undefined) return void request.destroy();
    if (request.method !== 'GET') return send(response, { status: 405, body: new Uint8Array(0) });
    const reply = answer({ target: request.url ?? '/', from, now: performance.now(), random }, rules);
    send(response, reply);
    onReply?.(reply);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://${formatEndpoint({ host: host ?? '127.0.0.1', port: taken })}/announce`,
    port: taken,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** Dual-stack sockets show IPv4 as `::ffff:1.2.3.4`, which nobody could dial as such. */
function addressOf({ socket: { remoteAddress = '' } }: IncomingMessage): string | undefined {
  return parseHost(remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, ''));
}

interface Page {
  readonly status: number;
  readonly body: Uint8Array;
}

function send(response: ServerResponse, { status, body }: Page): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
}
