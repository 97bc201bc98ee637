/** A download on loopback, from one of us by another of whom every thread is profiled. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../src/base/units.js';
import { PROGRAM_IN_MODULES } from '../../src/cli/entries.js';
import { inLab } from '../../test/interop/lab.js';
import { PEER_PORT } from '../../test/interop/clients/client.js';
import { startClient } from '../side-by-side/clients.js';
import { mustBeWhole } from '../side-by-side/leech.js';
import { loopback } from '../side-by-side/loopback.js';
import { createTorrent } from '../side-by-side/own-torrent.js';
import { roomyFolder } from '../side-by-side/roomy-folder.js';

/** Microseconds between samples: V8's own thousand are too few for a download of a second. */
const INTERVAL = 200;
/** The seeder's, and the leecher's. */
const COPIES = 2;

/** The text of the profiles, one a thread. */
export function profileDownload(mib: number): Promise<readonly string[]> {
  const report = (line: string): void => { process.stderr.write(`  ${line}\n`); };
  return inLab({ network: loopback('seeder', 'leecher'), report, under: roomyFolder(COPIES * mib * MIB).folder }, async (lab) => {
    const content = await lab.content({ seed: 'flame', bytes: mib * MIB, pieceBytes: MIB, oneFile: true, author: createTorrent });
    const seeder = startClient('actorrent', {
      name: 'seeder', goal: 'seed', host: lab.host('seeder'), home: lab.folder('seeder'), folder: content.folder,
      torrent: content.torrent, tracked: false,
    });
    await seeder.ready();
    const [profiles, folder, home] = [lab.folder('profiles'), lab.folder('downloaded'), lab.folder('home')];
    const leecher = lab.host('leecher').start({
      name: 'leecher', cwd: home,
      argv: [
        process.execPath, '--cpu-prof', '--cpu-prof-dir', profiles, '--cpu-prof-interval', `${INTERVAL}`,
        '--import', new URL('./preload.js', import.meta.url).href,
        PROGRAM_IN_MODULES, 'download', content.torrent, '--folder', folder, '--quiet', '--ip', lab.host('leecher').ip4, '--port', `${PEER_PORT}`,
        '--peer', `${lab.host('seeder').ip4}:${PEER_PORT}`,
      ],
    });
    const { code, signal } = await leecher.exited;
    if (code !== 0) throw new Error(`the download ended with ${signal ?? `exit code ${code}`}:\n${leecher.tail()}`);
    await mustBeWhole(content, folder);
    return readdirSync(profiles).sort().map((file) => readFileSync(join(profiles, file), 'utf8'));
  });
}
