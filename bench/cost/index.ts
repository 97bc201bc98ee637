/**
 * What it costs to be watched: the same download from one seeder, with nothing counted, as always, with the live page open, with a trace.
 * In turn, each round beginning with another; compared within a round, since the machine's speed drifts, and the median of the ratios is
 * told. Everything is on loopback and in one program each, so all CPU time of the client counts, that of its threads too.
 */
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { MIB } from '../../src/base/units.js';
import type { Child } from '../../test/interop/child.js';
import type { Content } from '../../test/interop/content.js';
import { PEER_PORT } from '../../test/interop/clients/client.js';
import { inLab, type Lab } from '../../test/interop/lab.js';
import { transferMs } from '../../test/interop/settings.js';
import type { BenchOptions } from '../parts.js';
import type { Section } from '../report.js';
import { startClient } from '../side-by-side/clients.js';
import { mustBeWhole } from '../side-by-side/leech.js';
import { loopback } from '../side-by-side/loopback.js';
import { createTorrent } from '../side-by-side/own-torrent.js';
import { roomyFolder } from '../side-by-side/roomy-folder.js';
import { tell, type Round } from './tell.js';
import { WATCHINGS, type LeechOrder, type LeechWord, type Watching, type WatchingName } from './watched.js';

const MIB_USUAL = 1024;
const MIB_QUICK = 64;
/** The seeder's, and the leecher's. */
const COPIES = 2;
const LEECHER = fileURLToPath(new URL('leecher.js', import.meta.url));

export function run({ quick, runs, mib = quick ? MIB_QUICK : MIB_USUAL }: BenchOptions): Promise<Section> {
  const { folder, notes } = roomyFolder(COPIES * mib * MIB);
  const report = (line: string): void => { process.stderr.write(`  ${line}\n`); };
  return inLab({ network: loopback('seeder', 'leecher'), report, under: folder }, async (lab) => {
    const content = await lab.content({ seed: 'cost', bytes: mib * MIB, pieceBytes: MIB, oneFile: true, author: createTorrent });
    const seeder = startClient('actorrent', {
      name: 'seeder', goal: 'seed', host: lab.host('seeder'), home: lab.folder('seeder'), folder: content.folder,
      torrent: content.torrent, tracked: false,
    });
    await seeder.ready();
    const rounds: Round[] = [];
    for (let round = 0; round < runs; round++) rounds.push(await play({ lab, content, round }));
    return tell(rounds, { mib, notes });
  });
}

interface Stage {
  readonly lab: Lab;
  readonly content: Content;
  /** From 0. */
  readonly round: number;
}

async function play(stage: Stage): Promise<Round> {
  const cpuMs = new Map<WatchingName, number>();
  const first = stage.round % WATCHINGS.length;
  for (const watching of [...WATCHINGS.slice(first), ...WATCHINGS.slice(0, first)]) cpuMs.set(watching.name, await download(watching, stage));
  return cpuMs;
}

/** CPU time, ms. */
function download({ name: watching }: Watching, { lab, content, round }: Stage): Promise<number> {
  return lab.part(`${watching} ${round + 1}`, async (part) => {
    const folder = part.folder('downloaded');
    const order: LeechOrder = {
      watching, folder, torrent: content.torrent, ip: part.host('leecher').ip4, peer: `${part.host('seeder').ip4}:${PEER_PORT}`,
    };
    const leecher = part.host('leecher').start({ name: watching, cwd: folder, argv: [process.execPath, LEECHER, JSON.stringify(order)] });
    const cpuMs = await cpuOf(leecher, content);
    await mustBeWhole(content, folder);
    return cpuMs;
  });
}

async function cpuOf(leecher: Child, content: Content): Promise<number> {
  let cpuMs: number | undefined;
  leecher.onStdout((line) => {
    const word = JSON.parse(line) as LeechWord;
    if ('page' in word) lookAt(word.page, content, () => leecher.write('go'));
    else ({ cpuMs } = word);
  });
  const late = setTimeout(() => leecher.kill(), transferMs(content.bytes));
  const { code, signal } = await leecher.exited.finally(() => clearTimeout(late));
  if (cpuMs === undefined || code !== 0) throw new Error(`the download ended with ${signal ?? `exit code ${code}`}:\n${leecher.tail()}`);
  return cpuMs;
}

/** As the page does that shows the processes beside the torrent; `begun` when it is being told. */
function lookAt(page: string, { infoHash }: Content, begun: () => void): void {
  const url = new URL(`events?torrent=${infoHash}&processes=`, page);
  const request = get(url, (answer) => {
    if (answer.statusCode !== 200) throw new Error(`the page answered ${answer.statusCode}`);
    answer.once('data', begun).resume();
    answer.on('error', () => undefined);
  });
  // The client's end is the end of this.
  request.on('error', () => undefined);
}
