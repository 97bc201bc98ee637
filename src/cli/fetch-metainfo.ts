/**
 * A magnet link -> its metainfo, from peers (BEP 9): a client that lives until it has that. For commands that want to know what a link
 * leads to; `download` lets its own client find out.
 */
import { duration } from '../base/format.js';
import { MINUTE, type Millis } from '../base/units.js';
import type { ClientConfig } from '../client.js';
import { startClient } from '../compose.js';
import { nodePorts } from '../edge/ports.js';
import { freshPeerId, freshSeed } from '../library/identity.js';
import { AGENT } from '../library/version.js';
import { hasWay, type Ways } from '../library/ways.js';
import type { ClientEvent } from '../ports/events.js';
import type { Magnet } from '../protocol/magnet.js';
import type { Metainfo } from '../protocol/metainfo.js';
import { failure, misuse } from './exit.js';
import { choosePolicies } from './policy-source.js';

const PATIENCE: Millis = 2 * MINUTE;

export async function fetchMetainfo(magnet: Magnet, ways: Ways): Promise<Metainfo> {
  await mustHaveWay(magnet, ways);
  const { peers = [], folder } = ways;
  const config = await quietConfig();
  return new Promise((resolve, reject) => {
    let meta: Metainfo | undefined;
    let met = 0;
    const show = (event: ClientEvent): void => {
      if (event.event === 'metadata') met = Math.max(met, event.peers);
      if (event.event === 'error' && !meta) reject(failure(`${shown(magnet)}: ${event.reason}`));
      // Not from within the client's own step.
      if (meta || event.event === 'error') setImmediate(() => client.stop());
      if (event.event !== 'stopped') return;
      clearTimeout(timer);
      if (meta) resolve(meta);
      reject(failure(`${shown(magnet)}: no metadata after ${duration(PATIENCE)}; ${met === 0 ? 'no peer was reached' : 'no peer gave it'}`));
    };
    const client = startClient(config, {
      ...nodePorts({ procs: 0, agent: AGENT }),
      terminal: { show, lines: () => () => undefined },
    });
    const timer = setTimeout(() => client.stop(), PATIENCE);
    client.add({
      magnet, peers, ...(folder !== undefined && { folder }),
      whenKnown: (found) => {
        meta = found;
        return 'all is known that was asked for';
      },
    });
  });
}

export async function mustHaveWay(magnet: Magnet, ways: Ways): Promise<void> {
  if (await hasWay(magnet, ways)) return;
  throw misuse(`${shown(magnet)}: nobody to ask for its metadata: there is no DHT here. `
    + 'Give a magnet link with a tracker (&tr=URL), or a peer that has the torrent (--peer HOST:PORT)');
}

const quietConfig = async (): Promise<ClientConfig> => ({
  seed: freshSeed(), peerId: freshPeerId(), agent: AGENT, listen: { port: 0 }, limits: { up: null, down: null },
  choke: (await choosePolicies([], [])).forAll, maxPeers: 80, pieceMemory: () => 0,
});

const shown = ({ infoHash, name }: Magnet): string => name === undefined ? `info-hash ${infoHash}` : `magnet link for ${name}`;
