/**
 * A swarm on loopback for tests: real clients with the real edge, in one Node process, strict about undeclared edges and crashes. Each has
 * a folder of its own below a temporary one.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fork } from '../../src/base/random.js';
import type { Client, ClientConfig, TorrentRequest } from '../../src/client.js';
import { startClient } from '../../src/compose.js';
import { nodeClock } from '../../src/edge/clock.js';
import { nodeDisk } from '../../src/edge/disk.js';
import { nodeHttp } from '../../src/edge/http.js';
import { nodeNet } from '../../src/edge/net.js';
import { nodeSha1 } from '../../src/edge/sha1.js';
import type { ClientEvent } from '../../src/ports/events.js';
import { titForTat } from '../../src/policy/choke/tit-for-tat.js';
import type { ChokePolicy } from '../../src/policy/choke/policy.js';
import { buildMetainfo } from '../../src/protocol/metainfo-build.js';
import { parseMetainfo, type Metainfo } from '../../src/protocol/metainfo.js';
import { makePeerId } from '../../src/protocol/peer-id.js';

export interface Content {
  readonly meta: Metainfo;
  readonly files: readonly { readonly path: readonly string[]; readonly bytes: Uint8Array }[];
}

/** `sizes` in bytes, one a file; several files unless there is only one. */
export function makeContent(
  o: { name: string; sizes: readonly number[]; pieceLength: number; seed?: number; trackers?: readonly (readonly string[])[] },
): Content {
  const random = fork(o.seed ?? 1, o.name);
  const files = o.sizes.map((size, i) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at++) bytes[at] = at % 4 === 0 ? random.u32() & 0xff : (at * 31) & 0xff;
    return { path: o.sizes.length === 1 ? [o.name] : [o.name, `file-${i}.bin`], bytes };
  });
  const all = Buffer.concat(files.map((f) => f.bytes));
  const hashes = Buffer.concat(Array.from({ length: Math.ceil(all.length / o.pieceLength) }, (_, i) =>
    nodeSha1(all.subarray(i * o.pieceLength, (i + 1) * o.pieceLength))));
  const parsed = parseMetainfo(buildMetainfo({
    name: o.name, pieceLength: o.pieceLength, hashes, single: o.sizes.length === 1, trackers: o.trackers ?? [],
    files: files.map((f) => ({ path: f.path, length: f.bytes.length, padding: false })),
  }), nodeSha1);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return { meta: parsed.value, files };
}

export interface Member {
  readonly client: Client;
  readonly folder: string;
  readonly events: readonly ClientEvent[];
  /** The first event like this, past or to come. */
  until<E extends ClientEvent['event']>(event: E, accept?: (e: Extract<ClientEvent, { event: E }>) => boolean):
    Promise<Extract<ClientEvent, { event: E }>>;
  port(): Promise<number>;
  type(line: string): void;
  stop(): Promise<void>;
}

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'actorrent-test-'));
  private readonly members: Member[] = [];

  start(name: string, config: Partial<ClientConfig> = {}): Member {
    const events: ClientEvent[] = [];
    const waiting: { accept: (e: ClientEvent) => boolean; resolve: (e: ClientEvent) => void }[] = [];
    let typed: (line: string) => void = () => undefined;
    const seed = this.members.length + 1;
    const client = startClient({
      seed, peerId: makePeerId(fork(seed, name)), agent: 'actorrent test', listen: { host: '127.0.0.1', port: 0 },
      limits: { up: null, down: null }, choke: { policy: titForTat as unknown as ChokePolicy, params: titForTat.defaults },
      maxPeers: 50, pieceMemory: 64 * 2 ** 20, strict: true, ...config,
    }, {
      clock: nodeClock(), net: nodeNet(), disk: nodeDisk({ procs: 1 }), http: nodeHttp({ agent: 'actorrent test' }), sha1: nodeSha1,
      terminal: {
        lines: (onLine) => { typed = onLine; return () => undefined; },
        show(event) {
          events.push(event);
          for (const w of [...waiting]) if (w.accept(event)) { waiting.splice(waiting.indexOf(w), 1); w.resolve(event); }
        },
      },
    });
    const until: Member['until'] = (event, accept = () => true) => {
      const wanted = (e: ClientEvent): boolean => e.event === event && accept(e as never);
      const past = events.find(wanted);
      if (past) return Promise.resolve(past as never);
      return new Promise((resolve) => waiting.push({ accept: wanted, resolve: resolve as never }));
    };
    const member: Member = {
      client, events, until, folder: join(this.folder, name), port: async () => (await until('listening')).port,
      type: (line) => typed(line), stop: async () => { client.stop(); await until('stopped'); },
    };
    this.members.push(member);
    return member;
  }

  /** Ends everything and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.members.map((m) => m.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function put(content: Content, folder: string, which: (file: number) => boolean = () => true): void {
  content.files.forEach(({ path, bytes }, i) => {
    if (!which(i)) return;
    const file = join(folder, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  });
}

export function assertHas(content: Content, folder: string): void {
  for (const { path, bytes } of content.files) {
    assert.ok(Buffer.from(bytes).equals(readFileSync(join(folder, ...path))), `${path.join('/')} differs in ${folder}`);
  }
}

export const request = (content: Content, folder: string, more: Partial<TorrentRequest> = {}): TorrentRequest =>
  ({ meta: content.meta, folder, peers: [], sequential: false, check: 'record', ...more });
