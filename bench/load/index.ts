/**
 * How long a torrent of very many pieces and files takes to load, and in how much memory: until `info` ends, and until a download and a
 * seeder that is complete make their first announce. Without root or any other client; the built program, from its start.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/exit.js';
import { CLI } from '../../test/interop/paths.js';
import type { BenchOptions } from '../parts.js';
import type { Section } from '../report.js';
import { median } from '../stats.js';
import { pretend, writeTorrent } from './large.js';

const USUAL = { pieces: 100_000, files: 50_000 };
const QUICK = { pieces: 10_000, files: 5_000 };
const GOAL = { seconds: 2, mb: 300 };
/** What a tracker says that knows nobody. */
const ANSWER = 'd8:intervali1800e5:peers0:e';

interface Loaded {
  readonly seconds: number;
  /** The most that was ever resident, in MB. */
  readonly mb: number;
}
interface Line extends Loaded {
  readonly what: string;
}

export async function run({ quick, runs }: BenchOptions): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'actorrent-bench-'));
  const tracker = createServer((_, answer) => answer.end(ANSWER));
  try {
    const shape = quick ? QUICK : USUAL;
    const lines = await measure(shape, { folder, tracker, runs });
    const met = lines.every(({ seconds, mb }) => seconds <= GOAL.seconds && mb <= GOAL.mb);
    return {
      title: `Loading ${shape.pieces} pieces in ${shape.files} files`,
      columns: ['until', 'seconds', 'peak MB'],
      rows: lines.map(({ what, seconds, mb }) => [what, seconds.toFixed(2), mb.toFixed(0)]),
      notes: [`Medians of ${runs}; goal ${GOAL.seconds} s and ${GOAL.mb} MB: ${met ? 'met' : 'NOT met'}.`],
      json: lines,
    };
  } finally {
    tracker.close();
    rmSync(folder, { recursive: true });
  }
}

interface Stage {
  readonly folder: string;
  readonly tracker: Server;
  readonly runs: number;
}

async function measure(shape: typeof USUAL, { folder, tracker, runs }: Stage): Promise<readonly Line[]> {
  await once(tracker.listen(0, '127.0.0.1'), 'listening');
  const torrent = join(folder, 'large.torrent');
  const meta = writeTorrent(torrent, { ...shape, tracker: `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce` });
  pretend(meta, join(folder, 'complete'));
  const announced = (): Promise<unknown> => once(tracker, 'request');
  const share = (command: string, to: string): Promise<Loaded> =>
    load([command, torrent, '--folder', join(folder, to), '--ip', '127.0.0.1', '--port', '0'], announced);
  const cases: readonly (readonly [what: string, one: (run: number) => Promise<Loaded>])[] = [
    ['`info` has told all', () => load(['info', torrent])],
    ['a download announces itself', (i) => share('download', `new ${i}`)],
    ['a seeder that is complete does', () => share('seed', 'complete')],
  ];
  const lines: Line[] = [];
  for (const [what, one] of cases) {
    const all: Loaded[] = [];
    for (let i = 0; i < runs; i++) all.push(await one(i));
    lines.push({ what, seconds: median(all.map(({ seconds }) => seconds)), mb: median(all.map(({ mb }) => mb)) });
  }
  return lines;
}

/** Until the program ends, or what is given resolves; then it is asked to stop. */
async function load(args: readonly string[], until?: () => Promise<unknown>): Promise<Loaded> {
  const tell = "process.on('exit', () => process.stderr.write(`${process.resourceUsage().maxRSS}\\n`))";
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, CLI, ...args],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], ACTORRENT_CONFIG: 'none' } });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const ended = once(child, 'close');
  await Promise.race([ended, until?.() ?? ended]);
  const seconds = (performance.now() - begun) / 1000;
  child.kill('SIGINT');
  const [code] = await ended;
  if (code !== (until ? EXIT.stopped : EXIT.done)) throw new Error(`actorrent ${args[0]} ended with ${code}: ${said}`);
  const kib = Number(said.trim().split('\n').at(-1));
  return { seconds, mb: kib * 1024 / 1e6 };
}
