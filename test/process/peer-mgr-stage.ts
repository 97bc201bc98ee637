/**
 * PeerMgr on a stage: its peers are stand-ins, the net answers when the test says so.
 */
import { infoHash, peerId, peerKey, torrentKey, type PeerId } from '../../src/base/brand.js';
import type { Endpoint } from '../../src/base/endpoint.js';
import { child } from '../../src/kernel/process.js';
import type { Handshake } from '../../src/protocol/handshake.js';
import { peerMgr, type NewPeer, type PeerMgrInput, type PeerMgrMsg } from '../../src/process/peer-mgr.js';
import { FakeConnection, FakeNet } from './fake-connection.js';
import { Stage } from './stage.js';

export const TORRENT = infoHash('ab'.repeat(20));
export const idOf = (n: number): PeerId => peerId(n.toString(16).padStart(40, '0'));
export const OWN = idOf(100);
export const at = (n: number): Endpoint => ({ host: `10.0.0.${n}`, port: 6881 });
export const keyOf = (n: number) => peerKey(n * 65_536 + 1);

export function start(over: Partial<PeerMgrInput> = {}) {
  const net = new FakeNet();
  const born: NewPeer[] = [];
  const controllers: any[] = [];
  const stage: Stage<typeof peerMgr> = new Stage(peerMgr, (cast, self) => ({
    torrent: TORRENT, key: torrentKey(1), ownId: OWN, maxPeers: 50, peers: [], banned: [], net,
    view: { key: torrentKey(1), private: false, totalSize: 9, pieceLength: 3, pieceCount: 3 },
    plan: (peer) => (reserve) => {
      const controller = self.standIn('Controller');
      const box = reserve(controller);
      born.push(peer);
      controllers.push(box);
      const children = [child(controller, box, () => undefined)];
      return { plan: { strategy: 'all-or-nothing', children }, exports: box };
    },
    chokeMgr: cast('ChokeMgr'), pieceMgr: cast('PieceMgr'), trackers: [cast('Tracker')], status: cast('Status'),
    torrentMgr: cast('TorrentMgr'), timer: cast('Timer'), ...over,
  }));
  const candidates = (...list: number[]): void =>
    void stage.send({ type: 'candidates', endpoints: list.map(at), from: 'tracker' });
  /** The net answers the oldest dial; `remote`: what its name or address comes to. */
  const connect = async (remote?: Endpoint): Promise<FakeConnection> => {
    const { to, resolve } = net.dials.shift()!;
    const connection = new FakeConnection(remote ?? to);
    resolve(connection);
    await stage.settle();
    return connection;
  };
  const refuse = async (): Promise<void> => {
    net.dials.shift()!.reject(new Error('refused'));
    await stage.settle();
  };
  const living = (): string[] => stage.kernel.processes().map((p) => p.id).filter((id) => /Peer-\d+$/.test(id));
  return { stage, net, born, controllers, candidates, connect, refuse, living };
}
export type Scene = ReturnType<typeof start>;

export const ready = (complete = false): PeerMgrMsg => ({ type: 'ready', have: complete ? 3 : 1, complete });
export const shaken = (n: number, id = idOf(n)): PeerMgrMsg =>
  ({ type: 'handshaken', peer: keyOf(n), peerId: id, fast: true, client: `X ${n}` });
export const ended = (n: number, fault = false): PeerMgrMsg => ({ type: 'ended', peer: keyOf(n), reason: 'closed', fault });
export const bad = (...peers: number[]): PeerMgrMsg => ({ type: 'badPeers', peers: peers.map(keyOf) });

export function incoming(n: number): { readonly message: PeerMgrMsg; readonly connection: FakeConnection } {
  const connection = new FakeConnection({ host: `10.0.0.${n}`, port: 40_000 + n }, true);
  const handshake: Handshake = { infoHash: TORRENT, peerId: idOf(n), fast: true, extensions: true, dht: false };
  return { message: { type: 'incoming', incoming: { connection, handshake, rest: new Uint8Array(0) } }, connection };
}

/** Running, with peers 1 to n connected and shaken. */
export async function connected(n: number, over: Partial<PeerMgrInput> = {}): Promise<Scene> {
  const scene = start(over);
  scene.stage.send(ready());
  for (let i = 1; i <= n; i++) {
    scene.candidates(i);
    await scene.stage.settle();
    await scene.connect();
    scene.stage.send(shaken(i));
  }
  scene.stage.forget();
  return scene;
}
export const notes = (stage: Scene['stage']): string[] =>
  stage.all('note').map(({ note }) => `${note.what} ${note.address}${note.reason ? `: ${note.reason}` : ''}`);
