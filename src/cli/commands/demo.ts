/**
 * `demo`: a whole swarm on this machine, offline: content, a torrent, a tracker, one seeder and three leechers, each a
 * process of the operating system that runs the real CLI. At the end every byte is compared. What `npm start` runs
 * without arguments.
 */
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { MIB } from '../../base/units.js';
import { defineCommand } from '../command.js';
import { claimFolder, contentPlan, differences, writeContent, type ContentFile } from '../demo/content.js';
import { PROGRAM } from '../entries.js';
import { openScreen } from '../demo/screen.js';
import { Casualties } from '../demo/casualties.js';
import { CONTENT, LEECHER_NAMES, Swarm } from '../demo/swarm.js';
import { EXIT, failure } from '../exit.js';
import type { Io } from '../io.js';
import { flag, integer, text, value } from '../option.js';
import { duration, plural, size } from '../../base/format.js';
import { onStopSignal } from '../signals.js';

/** It takes about ten seconds; after this long it has failed. */
const PATIENCE_MS = 120_000;

/** In each client: four a second in all are as many as one can read. */
const KILL_EVERY_MS = 1000;

export const demo = defineCommand({
  name: 'demo',
  group: 'Learn',
  summary: 'a whole swarm on this machine, offline',
  args: '',
  arity: { least: 0, most: 0 },
  options: {
    folder: value('DIR', text, {
      group: 'Files', meaning: 'where everything goes', initial: undefined, shownDefault: 'a temporary folder',
    }),
    trace: value('FILE', text, { group: 'Files', meaning: 'every message in leecher-1; .json: for Perfetto', initial: undefined }),
    size: value('MIB', integer(1, 4096), { group: 'Files', meaning: 'how much content to share', initial: 64 }),
    chaos: flag({ group: 'Chaos', meaning: 'processes die all the time, and come back' }),
  },
  notes: ['The files stay for you to look at; the next run replaces them.'],
  async run({ values, io }) {
    const folder = resolve(values.folder ?? join(tmpdir(), `actorrent-demo-${userName()}`));
    const screen = openScreen(io);
    const casualties = new Casualties();
    const swarm = new Swarm({
      folder, env: io.env, onPage: (url) => screen.step(`  live page ${url}`), ...(values.chaos && { killEvery: KILL_EVERY_MS }),
      ...(values.trace !== undefined && { trace: resolve(values.trace) }),
      onWarning(client, warning) {
        const line = casualties.report(client, warning);
        if (line !== undefined) screen.step(io.colors.dim(`  ${line}`));
      },
    });
    let interrupted = false;
    const unhear = onStopSignal(() => {
      interrupted = true;
      void swarm.stop();
    });
    const late = setTimeout(() => void swarm.stop(), PATIENCE_MS);
    const { bold, green } = io.colors;
    const plan = contentPlan(values.size * MIB);
    try {
      screen.step(bold('A swarm on this machine: a tracker, a seeder, three leechers'));
      await claimFolder(folder);
      await writeContent(join(folder, 'seeder', CONTENT), plan);
      screen.step(`  content   ${size(values.size * MIB)} in ${plural(plan.length, 'file')}, in ${folder}`);
      const tracker = await swarm.startTracker();
      screen.step(`  tracker   ${tracker}`);
      await swarm.createTorrent(tracker);
      const started = performance.now();
      screen.follow(() => swarm.board);
      await swarm.share();
      screen.end();
      screen.step(`  complete  in ${duration(performance.now() - started)}; ${sharesOf(swarm)}`);
      if (values.chaos) screen.step(`  chaos     ${casualties.summary}`);
      await swarm.stop();
      await mustBeEqual(folder, plan);
      screen.step(green(`  checked   every byte of ${plural(plan.length, 'file')} is the same in all four folders`));
      sayHowTo(folder, swarm, io);
      return EXIT.done;
    } catch (e) {
      if (interrupted) return EXIT.stopped;
      throw e;
    } finally {
      clearTimeout(late);
      screen.end();
      await swarm.stop();
      unhear();
    }
  },
});

/** How much of what the leechers got came from the seeder, by their own counts: the seeder's last ones may still be on their way. */
function sharesOf(swarm: Swarm): string {
  const leechers = [...swarm.board].filter(([name]) => name !== 'seeder').map(([, row]) => row.stats);
  const received = leechers.reduce((sum, { downloaded }) => sum + downloaded, 0);
  const sent = leechers.reduce((sum, { uploaded }) => sum + uploaded, 0);
  return `${size(received - sent)} came from the seeder, ${size(sent)} from other leechers`;
}

async function mustBeEqual(folder: string, plan: readonly ContentFile[]): Promise<void> {
  const source = join(folder, 'seeder', CONTENT);
  for (const name of LEECHER_NAMES) {
    const different = await differences({ source, copy: join(folder, name, CONTENT), plan });
    if (different.length > 0) throw failure(`${name} has other bytes in ${different.join(', ')}`);
  }
}

function sayHowTo(folder: string, swarm: Swarm, io: Io): void {
  io.print([
    '', 'The same by hand:',
    `  alias actorrent='node ${quoted(PROGRAM)}'`,
    `  cd ${quoted(folder)}`,
    `  rm -r ${LEECHER_NAMES.join(' ')}`,
    ...swarm.commands.map(({ words, goesOn }) => `  actorrent ${words.map(quoted).join(' ')}${goesOn ? ' &' : ''}`),
  ].join('\n'));
}

const quoted = (word: string): string => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A number where the system has no name for us, as in some containers. */
function userName(): string {
  try {
    return userInfo().username.replace(/\W/g, '_');
  } catch {
    return String(process.getuid?.() ?? 0);
  }
}
