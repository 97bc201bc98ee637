/**
 * `--down-limit` and `--up-limit` against libtorrent, by a clock outside: from the first block on the wire to the
 * moment the one who downloads says that it is done. The promise is the time that the limit gives, within 2 %;
 * only finding the pace at the start may lengthen it a little more. For uploads the wire itself also shows the pace in
 * between. For downloads it shows what the kernel takes in ahead of us, several MB at its own whim, so there it is
 * reported only.
 * Where both sides have a limit, the lower of the two holds. libtorrent counts the headers of TCP and IP in its own, so
 * there what it serves may take a little longer.
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
const TOLERANCE = 0.02;
const START_SECONDS = 0.5;
/** A packet of 1500 bytes carries some 1450 of content; requests and acknowledgements count, too. */
const THEIR_OVERHEAD = 0.08;

const start = { actorrent: startActorrent, libtorrent: startLibtorrent };
const uses = { needs: ['libtorrent'] as const, hosts: ['seeder', 'leecher'] };

labTest(`--down-limit ${LIMIT} is what we download at`, uses, (lab) => limited(lab, {
  from: 'libtorrent', to: 'actorrent', option: '--down-limit', ours: LIMIT,
}));
labTest(`--up-limit ${LIMIT} is what we upload at`, uses, (lab) => limited(lab, {
  from: 'actorrent', to: 'libtorrent', option: '--up-limit', ours: LIMIT,
}));
for (const [ours, theirs] of [[LIMIT, 2 * LIMIT], [2 * LIMIT, LIMIT]] as const) {
  labTest(`with --down-limit ${ours} and a seeder that gives ${theirs} the lower of the two holds`, uses, (lab) => limited(lab, {
    from: 'libtorrent', to: 'actorrent', option: '--down-limit', ours, theirs,
  }));
}

/** Limits in KB/s. */
interface Limited {
  readonly from: 'actorrent' | 'libtorrent';
  readonly to: 'actorrent' | 'libtorrent';
  readonly option: '--down-limit' | '--up-limit';
  readonly ours: number;
  /** What libtorrent uploads at; absent: no limit. */
  readonly theirs?: number;
}

async function limited(lab: Lab, { from, to, option, ours, theirs = Infinity }: Limited): Promise<void> {
  const content = await lab.content({ seed: 'limited', bytes: LIMITED_BYTES, pieceBytes: 128 * 1024 });
  const both = {
    torrent: content.torrent, tracked: false, options: [option, String(ours)],
    ...(theirs < Infinity && { upLimit: theirs * 1000 }),
  };
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
  const limit = Math.min(ours, theirs) * 1000;
  const due = content.bytes / limit;
  const done = await leecher.complete(transferMs(content.bytes) + 2000 * due).finally(wire.stop);
  await leecher.stop();
  await seeder.stop();

  const seconds = (done - wire.firstBlock()) / 1000;
  // Not from the start, where a burst counts, and not to the end, where few blocks are left.
  const pace = wire.rate(0.3, 0.9);
  lab.report(`${option} ${ours}: ${content.bytes} bytes in ${seconds.toFixed(2)} s; `
    + `the limit gives ${due.toFixed(2)} s; pace ${(pace / 1000).toFixed(1)} KB/s on the wire`);
  checkMemory(lab, we);
  assert.ok(seconds >= due * (1 - TOLERANCE), `too fast: ${seconds} s instead of ${due} s`);
  const slower = theirs < ours ? THEIR_OVERHEAD : TOLERANCE;
  assert.ok(seconds <= due * (1 + slower) + START_SECONDS, `too slow: ${seconds} s instead of ${due} s`);
  if (from === 'actorrent') {
    assert.ok(Math.abs(pace / limit - 1) <= TOLERANCE, `a pace of ${pace} bytes/s instead of ${limit}`);
  }
}
