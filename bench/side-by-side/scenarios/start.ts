/**
 * From the start of the program to its first request on the wire, for a download that is half done: it has its record of
 * what is there, and a peer that has everything and unchokes at once. The clock is that peer's.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { infoHash } from '../../../src/base/brand.js';
import { MIB } from '../../../src/base/units.js';
import { Bitfield } from '../../../src/model/bitfield.js';
import { startActorrent, type ActorrentClient } from '../../../test/interop/clients/actorrent.js';
import { PEER_PORT, READY_MS } from '../../../test/interop/clients/client.js';
import { copyPieces, type Content } from '../../../test/interop/content.js';
import type { Lab } from '../../../test/interop/lab.js';
import { RawPeer } from '../../../test/system/raw-peer.js';
import type { Metric } from '../compare.js';
import { loopback } from '../loopback.js';
import { createTorrent } from '../own-torrent.js';
import type { Scenario } from '../scenario.js';

const toRequest: Metric = { key: 'requestMs', head: 'ms to the first request', show: (ms) => ms.toFixed(0), goal: { most: 250 } };

export const START: Scenario = {
  name: 'start', doc: 'from start to first request, with a resume record', clients: ['actorrent'], metrics: [toRequest],
  needs: [], hosts: { loopback: () => loopback('client', 'peer') }, size: { mib: 1024, copies: 2 },
  async prepare(lab, bytes) {
    const content = await lab.content({ seed: 'start', bytes, pieceBytes: MIB, oneFile: true, author: createTorrent });
    const folder = lab.folder('half');
    await copyPieces(content, folder, (piece) => piece % 2 === 0);
    await lab.part('recording', async (part) => {
      const client = begin(part, { content, folder });
      await client.events.first('the check', (h) => h.event === 'checked', READY_MS);
      await client.stop();
    });
    return async (_, part) => {
      const peer = await awaitRequest(part.host('peer').ip4, content);
      const started = performance.now();
      const client = begin(part, { content, folder });
      const never = client.events.first('its first request', () => false, READY_MS); // rejects in time, or when it ends
      await Promise.race([peer.requested, never]);
      const requestMs = await peer.requested - started;
      peer.close();
      const { fields } = await client.events.first('the record', (h) => h.event === 'checked', READY_MS);
      if (fields.resumed !== true) throw new Error('it checked its files, and did not go by its record');
      await client.stop();
      return { requestMs };
    };
  },
};

interface HalfDone {
  readonly content: Content;
  readonly folder: string;
}

const begin = (part: Lab, { content, folder }: HalfDone): ActorrentClient => startActorrent({
  name: 'actorrent', goal: 'share', host: part.host('client'), home: part.folder('home'), folder, torrent: content.torrent,
  tracked: false, peers: [part.host('peer').ip4],
});

interface Requested {
  /** When (ms, monotonic) the first request came. */
  readonly requested: Promise<number>;
  readonly close: () => void;
}

async function awaitRequest(host: string, content: Content): Promise<Requested> {
  let peer: RawPeer | undefined;
  let heard: (at: number) => void;
  const requested = new Promise<number>((resolve) => { heard = resolve; });
  const server = createServer((socket) => {
    peer = new RawPeer(socket, { infoHash: infoHash(content.infoHash) });
    peer.answer = ({ type }) => { if (type === 'request') heard(performance.now()); };
    peer.send({ type: 'bitfield', bits: Bitfield.full(content.pieces).bytes() }, { type: 'unchoke' });
  }).listen(PEER_PORT, host);
  await once(server, 'listening');
  return { requested, close: () => { server.close(); peer?.close(); } };
}
