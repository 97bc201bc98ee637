/**
 * A small web server over node:http. What strangers can cost is bounded: connections, the size and time of a head, the size of a body,
 * and what waits for somebody who does not read. A failure of whoever answers is told as 500 and nothing more.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { concat } from '../base/bytes.js';
import { KIB, MIB, SECOND, type Bytes } from '../base/units.js';
import type { HttpServer, WebAnswer, WebRequest } from '../ports/http-server.js';
import { inWords } from './words.js';

const MOST_CONNECTIONS = 64;
const MOST_HEAD: Bytes = 8 * KIB;
const HEAD_WITHIN = 5 * SECOND;
/** With its body: a large torrent file over a slow network. */
const REQUEST_WITHIN = 60 * SECOND;
/** Whoever leaves so much unread is not there: it may come again. */
const MOST_UNREAD: Bytes = 4 * MIB;

class TooLarge extends Error {}

export const nodeHttpServer: HttpServer = {
  listen: (at, answer) => new Promise((resolve, reject) => {
    const server = createServer({
      maxHeaderSize: MOST_HEAD, headersTimeout: HEAD_WITHIN, requestTimeout: REQUEST_WITHIN,
    }, (incoming, response) => void serve(incoming, response, answer));
    server.maxConnections = MOST_CONNECTIONS;
    server.once('error', (error) => reject(new Error(`port ${at.port} of ${at.host}: ${inWords(error)}`)));
    server.listen(at, () => resolve({
      port: (server.address() as AddressInfo).port,
      close() {
        server.close();
        server.closeAllConnections();
      },
    }));
  }),
};

type Answerer = (asked: WebRequest) => Promise<WebAnswer>;

async function serve(incoming: IncomingMessage, response: ServerResponse, answer: Answerer): Promise<void> {
  // A connection that breaks needs no report: whoever was there is gone.
  response.on('error', () => undefined);
  try {
    send(response, await answer(requestOf(incoming)));
  } catch (error) {
    const status = error instanceof TooLarge ? 413 : 500;
    send(response, { status, headers: { connection: 'close' }, body: status === 413 ? 'too large' : 'failed' });
  }
}

function requestOf(incoming: IncomingMessage): WebRequest {
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  return {
    method: incoming.method ?? 'GET', path, query: new URLSearchParams(query),
    header(name) {
      const value = incoming.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    async body(most) {
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const part of incoming as AsyncIterable<Uint8Array>) {
        length += part.length;
        if (length > most) throw new TooLarge();
        parts.push(part);
      }
      return concat(parts);
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: WebAnswer): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, headers);
  if (typeof body === 'string' || body instanceof Uint8Array) return void response.end(body);
  response.flushHeaders();
  const gone = body.flow({
    write(text) {
      if (response.destroyed) return;
      response.write(text);
      if (response.writableLength > MOST_UNREAD) response.destroy();
    },
    end: () => response.end(),
  });
  response.once('close', gone);
}
