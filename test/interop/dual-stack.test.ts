/**
 * A tracker with addresses of both families behind one name: our seeder is told to it over each, so that a libtorrent that has IPv4 only and
 * one that has IPv6 only both find it. The tracker is our own, since Debian's opentracker is IPv4 only.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../src/base/units.js';
import { startActorrent } from './clients/actorrent.js';
import { READY_MS } from './clients/client.js';
import { startLibtorrent } from './clients/libtorrent.js';
import { TRACKER_PORT } from './clients/opentracker.js';
import { differences } from './content.js';
import { listen } from './events.js';
import type { Lab } from './lab.js';
import { labTest } from './lab-test.js';
import type { Host } from './netns.js';
import { CLI } from './paths.js';
import { transferMs } from './settings.js';

const NAME = 'tracker.test';
const BYTES = 8 * MIB;

for (const transport of ['http', 'udp'] as const) {
  labTest(`over both families, ${transport}: peers of either find us through one tracker`, {
    needs: ['libtorrent'], hosts: ['tracker', 'seeder', 'four', 'six'],
  }, (lab) => meet(lab, `${transport}://${NAME}:${TRACKER_PORT}/announce`));
}

async function meet(lab: Lab, tracker: string): Promise<void> {
  const knows = knowing(lab);
  const content = await lab.content({ seed: 'both', bytes: BYTES, pieceBytes: 256 * 1024, tracker });
  const server = listen(lab.host('tracker').start({
    name: 'tracker', cwd: lab.folder('tracker'), argv: [process.execPath, CLI, 'tracker', '--json', '--port', String(TRACKER_PORT)],
  }));
  await server.first('the tracker', (h) => h.event === 'listening', READY_MS);

  const both = { torrent: content.torrent, tracked: true };
  const seeder = startActorrent({
    ...both, name: 'seeder', goal: 'seed', host: knows(lab.host('seeder')), home: lab.folder('seeder'), folder: content.folder, everywhere: true,
  });
  await seeder.ready();
  for (const address of [lab.host('seeder').ip4, `[${lab.host('seeder').ip6}]`]) {
    await server.first(`${address} at the tracker`, (h) => String(h.fields.peer).startsWith(`${address}:`), READY_MS);
  }
  for (const [name, ipv6] of [['four', false], ['six', true]] as const) {
    const folder = lab.folder(`downloaded by ${name}`);
    const leecher = startLibtorrent({ ...both, name, goal: 'fetch', host: knows(lab.host(name)), home: lab.folder(name), folder, ipv6 });
    await leecher.complete(transferMs(BYTES));
    await leecher.stop();
    assert.deepEqual(await differences({ content, folder }), [], name);
  }
  await seeder.stop();
  const goodbyes = server.all().filter((h) => h.fields.what === 'stopped').map((h) => String(h.fields.peer));
  assert.ok(goodbyes.some((peer) => peer.startsWith(lab.host('seeder').ip4)), 'goodbye over IPv4');
  assert.ok(goodbyes.some((peer) => peer.startsWith(`[${lab.host('seeder').ip6}]`)), 'goodbye over IPv6');
}

/** Hosts that know the tracker by its name. `ip netns exec` gives each program mounts of its own. */
function knowing(lab: Lab): (host: Host) => Host {
  const { ip4, ip6 } = lab.host('tracker');
  const hosts = join(lab.folder('names'), 'hosts');
  writeFileSync(hosts, `${ip4} ${NAME}\n${ip6} ${NAME}\n`);
  return (host) => ({
    ...host,
    start: (command) => host.start({ ...command, argv: ['sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts, ...command.argv] }),
  });
}
