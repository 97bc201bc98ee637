/**
 * `--down-limit` and `--up-limit` against libtorrent, by a clock outside: from the first block on the wire to the
 * moment the one who downloads says that it is done. The promise is the time that the limit gives, within 2 %;
 * only finding the pace at the start may lengthen it a little more. For uploads the wire itself also shows the pace in
 * between. For downloads it shows what the kernel takes in ahead of us, several MB at its own whim, so there it is
 * reported only.
 */
import assert from 'node:assert/strict';
import { startActorrent } from './clients/actorrent.js';
import type { Client } from './clients/client.js';
import { startLibtorrent } from './clients/libtorrent.js';
import type { Lab } from './lab.js';
import { labTest } from './lab-test.js';
import { LIMITED_BYTES, transferMs } from './settings.js';
import { checkMemory } from './transfer.js';
import { recordWire } from './wire.js';

/** As the option has it: KB/s. */
const LIMIT = 2000;
const LIMIT_BYTES = LIMIT * 1000;
const TOLERANCE = 0.02;
const START_SECONDS = 0.5;

const start = { actorrent: startActorrent, libtorrent: startLibtorrent };
const uses = { needs: ['libtorrent'] as const, hosts: ['seeder', 'leecher'] };

labTest(`--down-limit ${LIMIT} is what we download at`, uses, (lab) => limited(lab, {
  from: 'libtorrent', to: 'actorrent', options: ['--down-limit', String(LIMIT)],
}));
labTest(`--up-limit ${LIMIT} is what we upload at`, uses, (lab) => limited(lab, {
  from: 'actorrent', to: 'libtorrent', options: ['--up-limit', String(LIMIT)],
}));

interface Limited {
  readonly from: 'actorrent' | 'libtorrent';
  readonly to: 'actorrent' | 'libtorrent';
  /** For the one that is actorrent. */
  readonly options: readonly string[];
}

async function limited(lab: Lab, { from, to, options }: Limited): Promise<void> {
  const content = await lab.content({ seed: 'limited', bytes: LIMITED_BYTES, pieceBytes: 128 * 1024 });
  const both = { torrent: content.torrent, tracked: false, options };
  const seeder = start[from]({
    ...both, name: `${from} seeder`, goal: 'seed', host: lab.host('seeder'), home: lab.folder('seeder'),
    folder: content.folder,
  });
  await seeder.ready();
  const leecher = start[to]({
    ...both, name: `${to} leecher`, goal: 'fetch', host: lab.host('leecher'), home: lab.folder('leecher'),
    folder: lab.folder('downloaded'), peers: [lab.host('seeder').ip4],
  });
  const we: Client = from === 'actorrent' ? seeder : leecher;
  const wire = recordWire(we.pid, from === 'actorrent' ? 'sent' : 'received');
  const due = content.bytes / LIMIT_BYTES;
  const done = await leecher.complete(transferMs(content.bytes) + 2000 * due).finally(wire.stop);
  await leecher.stop();
  await seeder.stop();

  const seconds = (done - wire.firstBlock()) / 1000;
  // Not from the start, where a burst counts, and not to the end, where few blocks are left.
  const pace = wire.rate(0.3, 0.9);
  lab.report(`${options.join(' ')}: ${content.bytes} bytes in ${seconds.toFixed(2)} s; `
    + `the limit gives ${due.toFixed(2)} s; pace ${(pace / 1000).toFixed(1)} KB/s on the wire`);
  checkMemory(lab, we);
  assert.ok(seconds >= due * (1 - TOLERANCE), `too fast: ${seconds} s instead of ${due} s`);
  assert.ok(seconds <= due * (1 + TOLERANCE) + START_SECONDS, `too slow: ${seconds} s instead of ${due} s`);
  if (from === 'actorrent') {
    assert.ok(Math.abs(pace / LIMIT_BYTES - 1) <= TOLERANCE, `a pace of ${pace} bytes/s instead of ${LIMIT_BYTES}`);
  }
}
