/**
 * A swarm on loopback for tests: real clients with the real edge, in one Node process, strict about undeclared edges
 * and crashes. Each has a folder of its own below a temporary one.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Endpoint } from '../../src/base/endpoint.js';
import { fork } from '../../src/base/random.js';
import type { Client, ClientConfig, MagnetRequest, TorrentRequest } from '../../src/client.js';
import { startClient } from '../../src/compose.js';
import { nodeClock } from '../../src/edge/clock.js';
import { nodeDisk } from '../../src/edge/disk.js';
import { nodeHttp } from '../../src/edge/http.js';
import { nodeNet } from '../../src/edge/net.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import type { ClientEvent } from '../../src/ports/events.js';
import type { Ports } from '../../src/ports/ports.js';
import { titForTat } from '../../src/policy/choke/tit-for-tat.js';
import type { ChokePolicy } from '../../src/policy/choke/policy.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { makePeerId } from '../../src/protocol/peer-id.js';

export interface Content {
  /** The torrent file. */
  readonly file: Uint8Array;
  readonly meta: Metainfo;
  readonly files: readonly { readonly path: readonly string[]; readonly bytes: Uint8Array }[];
}

/** `sizes` in bytes, one a file; several files unless there is only one. */
export function makeContent(o: {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly pieceLength: number;
  readonly trackers?: readonly (readonly string[])[];
  readonly private?: boolean;
}): Content {
  const random = fork(1, o.name);
  const files = o.sizes.map((size, i) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at++) bytes[at] = at % 4 === 0 ? random.u32() & 0xff : (at * 31) & 0xff;
    return { path: o.sizes.length === 1 ? [o.name] : [o.name, `file-${i}.bin`], bytes };
  });
  const all = Buffer.concat(files.map((f) => f.bytes));
  const hashes = Buffer.concat(Array.from({ length: Math.ceil(all.length / o.pieceLength) }, (_, i) =>
    nodeSha1(all.subarray(i * o.pieceLength, (i + 1) * o.pieceLength))));
  const file = buildMetainfo({
    name: o.name, pieceLength: o.pieceLength, hashes, single: o.sizes.length === 1, trackers: o.trackers ?? [], private: o.private ?? false,
    files: files.map((f) => ({ path: f.path, length: f.bytes.length, padding: false })),
  });
  const parsed = parseMetainfo(file, nodeSha1);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return { file, meta: parsed.value, files };
}

/** The events of this name; also of those that share one form. */
export type Named<N extends ClientEvent['event'], E extends ClientEvent = ClientEvent> =
  E extends ClientEvent ? N extends E['event'] ? E : never : never;

export interface Member {
  readonly client: Client;
  readonly folder: string;
  readonly events: readonly ClientEvent[];
  /** The first event like this, past or to come. */
  until<N extends ClientEvent['event']>(event: N, accept?: (e: Named<N>) => boolean): Promise<Named<N>>;
  /** The first event like this from now on. */
  next<N extends ClientEvent['event']>(event: N, accept?: (e: Named<N>) => boolean): Promise<Named<N>>;
  port(): Promise<number>;
  type(line: string): void;
  stop(): Promise<void>;
}

/** What is never to happen silently: a promise that is not kept in this time fails and says what came instead. */
const PATIENCE_MS = 60_000;

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'actorrent-test-'));
  private readonly disk = nodeDisk({ procs: 1 });
  private readonly members: Member[] = [];

  /** `ports` replace those of the machine: a clock driven by hand, a net that is slow. */
  start(name: string, config: Partial<ClientConfig> = {}, ports: Partial<Ports> = {}): Member {
    const log = new EventLog(name);
    let typed: (line: string) => void = () => undefined;
    const seed = this.members.length + 1;
    const client = startClient({
      seed, peerId: makePeerId(fork(seed, name)), agent: 'actorrent test', listen: { host: '127.0.0.1', port: 0 },
      limits: { up: null, down: null },
      choke: { policy: titForTat as unknown as ChokePolicy, params: titForTat.defaults },
      maxPeers: 50, pieceMemory: () => 64 * 2 ** 20, strict: true, ...config,
    }, {
      clock: nodeClock(), net: nodeNet(), disk: this.disk, http: nodeHttp({ agent: 'actorrent test' }), sha1: nodeSha1,
      terminal: {
        lines: (onLine) => { typed = onLine; return () => undefined; },
        show: (event) => log.add(event),
      },
      ...ports,
    });
    const member: Member = {
      client, events: log.events, folder: join(this.folder, name),
      until: (event, accept = () => true) => log.wait(0, { event, accept: accept as never }) as never,
      next: (event, accept = () => true) => log.wait(log.events.length, { event, accept: accept as never }) as never,
      port: async () => (await member.until('listening')).port,
      type: (line) => typed(line),
      stop: async () => {
        client.stop();
        await member.until('stopped');
        await eventually(() => client.kernel.processes().length === 0, `the end of the processes of ${name}`);
      },
    };
    this.members.push(member);
    return member;
  }

  /** Ends everything, removes the folder, and tells of any process that crashed without being killed. */
  async close(): Promise<void> {
    await Promise.all(this.members.map((m) => m.stop()));
    rmSync(this.folder, { recursive: true, force: true });
    const crashes = this.members.flatMap((m) =>
      m.events.filter((e) => e.event === 'warning' && e.reason.includes(' crashed after ') && !e.reason.endsWith('Error: killed')));
    assert.deepEqual(crashes, []);
  }
}

/** Runs `work` in a lab of its own, which is closed whatever happens. */
export async function inLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = new Lab();
  try {
    await work(lab);
  } finally {
    await lab.close();
  }
}

interface Awaited {
  readonly event: ClientEvent['event'];
  readonly accept: (e: ClientEvent) => boolean;
}

class EventLog {
  readonly events: ClientEvent[] = [];
  private readonly name: string;
  private readonly waiting = new Set<(e: ClientEvent) => void>();

  constructor(name: string) {
    this.name = name;
  }

  add(event: ClientEvent): void {
    this.events.push(event);
    for (const look of [...this.waiting]) look(event);
  }

  /** The first like this at or after index `from`. */
  wait(from: number, { event, accept }: Awaited): Promise<ClientEvent> {
    const past = this.events.slice(from).find((e) => e.event === event && accept(e));
    if (past) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const look = (e: ClientEvent): void => {
        if (e.event !== event || !accept(e)) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(e);
      };
      const timer = setTimeout(() => {
        const last = this.events.slice(-8).map((e) => JSON.stringify(e)).join('\n');
        reject(new Error(`${this.name} never said this '${event}'; its last events:\n${last}`));
      }, PATIENCE_MS);
      this.waiting.add(look);
    });
  }
}

/** For what is no event: looks again at every turn of the event loop. */
export async function eventually(holds: () => boolean, what: string | (() => string)): Promise<void> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > PATIENCE_MS) {
      throw new Error(`in vain waited for ${typeof what === 'string' ? what : what()}`);
    }
    await turn();
  }
}

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

export function put(content: Content, folder: string, which: (file: number) => boolean = () => true): void {
  content.files.forEach(({ path, bytes }, i) => {
    if (!which(i)) return;
    const file = join(folder, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  });
}

/** Only these pieces are right; the rest of the files is there, and zero. */
export function putPieces(content: Content, folder: string, which: (piece: number) => boolean): void {
  const { pieceLength } = content.meta;
  let start = 0;
  const files = content.files.map(({ path, bytes }) => {
    const from = start;
    start += bytes.length;
    return { path, bytes: bytes.map((byte, i) => (which(Math.floor((from + i) / pieceLength)) ? byte : 0)) };
  });
  put({ ...content, files }, folder);
}

export function assertHas(content: Content, folder: string): void {
  for (const { path, bytes } of content.files) {
    assert.ok(Buffer.from(bytes).equals(readFileSync(join(folder, ...path))), `${path.join('/')} differs in ${folder}`);
  }
}

/** Where a member is to be dialled. */
export const at = async (member: Member): Promise<Endpoint> => ({ host: '127.0.0.1', port: await member.port() });

export const request = (content: Content, folder: string, more: Partial<TorrentRequest> = {}): TorrentRequest =>
  ({ meta: content.meta, folder, peers: [], order: 'rarest', check: 'record', ...more });

/** The same torrent, of which only the link is known. */
export const magnetRequest = ({ meta }: Content, folder: string, peers: readonly Endpoint[] = []): MagnetRequest => ({
  magnet: { infoHash: meta.infoHash, trackers: meta.trackers.flat(), peers: [], webSeeds: [] },
  folder, peers, whenKnown: (known) => ({ meta: known, folder, peers, order: 'rarest', check: 'record' }),
});
