/**
 * The live page's server: its document, script and style; one connection on which a viewer is told what it looks at (server-sent
 * events); and two POSTs: a line of the console's language, and a torrent file. Below a token, for this machine only unless told otherwise.
 */
import { infoHash } from '../base/brand.js';
import { fromUtf8Lossy } from '../base/bytes.js';
import { formatEndpoint } from '../base/endpoint.js';
import { describe } from '../base/result.js';
import { KIB, MIB, type Bytes } from '../base/units.js';
import type { Layout } from '../graph/layout.js';
import type { HttpServer, Outflow, WebAnswer, WebRequest } from '../ports/http-server.js';
import type { Answer, Focus, LivePage, Reply, Viewer, Visits } from '../ports/live-page.js';
import { admit } from './admission.js';
import { DOCUMENT, HEADERS } from './document.js';

export interface PageOptions {
  readonly http: HttpServer;
  readonly at: { readonly host: string; readonly port: number };
  /** Long and random: whoever knows it may command. */
  readonly token: string;
  /** `page.js` or `page.css`. */
  readonly file: (name: string) => Promise<Uint8Array>;
  /** Who talks and who owns, with positions. */
  readonly graphs: () => Promise<Graphs>;
}

export interface Graphs {
  readonly talks: Layout;
  readonly owns: Layout;
}

const TYPES: Readonly<Record<string, string>> = {
  'page.js': 'text/javascript; charset=utf-8', 'page.css': 'text/css; charset=utf-8',
};
const MOST_VIEWERS = 16;
const MOST_LINE: Bytes = KIB;
/** Characters of the name or the id of a process, or of a glob. */
const MOST_ID = 200;
/** Of half a million pieces. Larger ones are for the command line. */
const MOST_TORRENT: Bytes = 16 * MIB;
/** Browsers come back so soon after a connection was lost. */
const RETRY_MS = 1000;

export function livePage(options: PageOptions): LivePage {
  let { port } = options.at;
  return {
    async open(visits) {
      const { host } = options.at;
      const flows = new Set<Outflow>();
      const listening = await options.http.listen({ host, port }, (asked) => answer(asked, { ...options, visits, flows }));
      port = listening.port;
      return {
        url: `http://${formatEndpoint({ host: reachable(host), port })}/${options.token}/`,
        close() {
          for (const flow of flows) flow.end();
          listening.close();
        },
      };
    },
  };
}

/** Every address of the machine is also reached by this one. */
const reachable = (host: string): string => host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;

interface Desk extends PageOptions {
  readonly visits: Visits;
  /** One a viewer. */
  readonly flows: Set<Outflow>;
}

async function answer(asked: WebRequest, desk: Desk): Promise<WebAnswer> {
  const admitted = admit(asked, { token: desk.token, host: desk.at.host });
  if (!admitted.ok) return plain(403, describe(admitted.error));
  switch (`${asked.method} ${admitted.value}`) {
    case 'GET ': return { status: 200, headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }, body: DOCUMENT };
    case 'GET page.js':
    case 'GET page.css':
      return { status: 200, headers: { ...HEADERS, 'content-type': TYPES[admitted.value]! }, body: await desk.file(admitted.value) };
    case 'GET graphs': return json(200, await desk.graphs());
    case 'GET events': return desk.flows.size < MOST_VIEWERS ? events(focusOf(asked.query), desk) : plain(503, 'too many look already');
    case 'POST line': {
      const line = fromUtf8Lossy(await asked.body(MOST_LINE));
      return replied((done) => desk.visits.said(line, done));
    }
    case 'POST torrent': {
      const file = await asked.body(MOST_TORRENT);
      return replied((done) => desk.visits.gave(file, done));
    }
    default: return plain(404, 'nothing is here');
  }
}

const plain = (status: number, body: string): WebAnswer =>
  ({ status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', connection: 'close' }, body });

async function replied(ask: (answer: Answer) => void): Promise<WebAnswer> {
  const reply = await new Promise<Reply>(ask);
  return json(reply.done ? 200 : 422, reply);
}

const json = (status: number, body: unknown): WebAnswer =>
  ({ status, headers: { ...HEADERS, 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) });

/** A torrent of which nobody has heard is simply never told of. */
function focusOf(query: URLSearchParams): Focus {
  const torrent = query.get('torrent') ?? '';
  const [from, find] = [Number(query.get('from')), query.get('find')?.slice(0, MOST_ID) || '*'];
  const [kind, process] = ['kind', 'process'].map((name) => query.get(name)?.slice(0, MOST_ID));
  return {
    ...(/^[0-9a-f]{40}$/.test(torrent) && { torrent: infoHash(torrent) }), processes: query.has('processes'),
    ...(query.has('from') && Number.isSafeInteger(from) && from >= 0 && { files: { find, from } }),
    ...(kind !== undefined && { kind }), ...(process !== undefined && { process }),
  };
}

function events(focus: Focus, { visits, flows }: Desk): WebAnswer {
  return {
    status: 200,
    headers: { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' },
    body: {
      flow(out) {
        const viewer: Viewer = { focus, tell: (topic, json) => out.write(`event: ${topic}\ndata: ${json}\n\n`) };
        flows.add(out);
        out.write(`retry: ${RETRY_MS}\n\n`);
        visits.came(viewer);
        return () => {
          flows.delete(out);
          visits.left(viewer);
        };
      },
    },
  };
}
