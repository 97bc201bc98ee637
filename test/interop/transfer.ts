/**
 * The plain transfer: one client has everything, another wants it, and in the end holds the same bytes. They meet
 * through opentracker, or, over IPv6, because the one who wants is told the address (Debian's opentracker is IPv4
 * only).
 */
import assert from 'node:assert/strict';
import { MIB } from '../../src/base/units.js';
import { needsOf, startClient, type ClientName } from './clients/all.js';
import type { Client } from './clients/client.js';
import { announceUrl, startOpentracker } from './clients/opentracker.js';
import { differences } from './content.js';
import type { Lab } from './lab.js';
import { labTest } from './lab-test.js';
import { MOST_RSS, transferMs } from './settings.js';

const PIECE_BYTES = 256 * 1024;
/** So that the info dictionary is of several pieces itself. */
const LINKED_PIECE_BYTES = 16 * 1024;

export interface Transfer {
  readonly from: ClientName;
  readonly to: ClientName;
  readonly bytes: number;
  readonly ipv6?: boolean;
  /** The one who wants it has a magnet link only. */
  readonly linked?: boolean;
  readonly once?: boolean;
}

export function transferTest({ from, to, bytes, ipv6 = false, linked = false, once = false }: Transfer): void {
  const how = `${ipv6 ? 'over IPv6' : 'through opentracker'}${linked ? ' by a magnet link' : ''}`;
  const needs = ipv6 ? needsOf(from, to) : [...needsOf(from, to), 'opentracker' as const];
  const hosts = ['tracker', 'seeder', 'leecher'];
  labTest(`${from} -> ${to} ${how}: ${bytes / MIB} MiB`, { needs, once, hosts }, async (lab) => {
    const tracker = lab.host('tracker');
    const content = await lab.content({
      seed: 'transfer', bytes, pieceBytes: linked ? LINKED_PIECE_BYTES : PIECE_BYTES, ...(ipv6 ? {} : { tracker: announceUrl(tracker) }),
    });
    if (!ipv6) await startOpentracker({ host: tracker, home: lab.folder('tracker'), infoHashes: [content.infoHash] });
    const both = { torrent: content.torrent, tracked: !ipv6, ipv6 };

    const seeder = startClient[from]({
      ...both, name: `${from} seeder`, goal: 'seed', host: lab.host('seeder'), home: lab.folder('seeder'),
      folder: content.folder,
    });
    await seeder.ready();
    const folder = lab.folder('downloaded');
    const begin = performance.now();
    const leecher = startClient[to]({
      ...both, ...(linked && { torrent: content.magnet }), name: `${to} leecher`, goal: 'fetch', host: lab.host('leecher'), home: lab.folder('leecher'), folder,
      peers: ipv6 ? [lab.host('seeder').ip6] : [],
    });
    const seconds = (await leecher.complete(transferMs(bytes)) - begin) / 1000;

    await leecher.stop();
    await seeder.stop();
    assert.deepEqual(await differences({ content, folder, emptyMayBeAbsent: to === 'transmission' }), []);
    lab.report(`${from} -> ${to}: ${bytes / MIB} MiB in ${seconds.toFixed(1)} s from the start of the program, `
      + `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`);
    if (from === 'actorrent') checkMemory(lab, seeder);
    if (to === 'actorrent') checkMemory(lab, leecher);
  });
}

export function checkMemory(lab: Lab, client: Client): void {
  const peak = client.peakRss();
  lab.report(`${client.name}: ${(peak / 1e6).toFixed(0)} MB resident at the peak`);
  assert.ok(peak > 0, `${client.name}: its peak memory was never read`);
  assert.ok(peak < MOST_RSS, `${client.name}: ${peak} bytes resident at the peak; ${MOST_RSS} are promised`);
}
