/**
 * `npm run bench -- flame [PROFILE...] [-o FILE]`: CPU profiles (`node --cpu-prof`), one a thread, to one picture. Without a profile a
 * download is made and profiled.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Misuse, wholeNumber } from '../options.js';
import { profileDownload } from './download.js';
import { parseProfile, threadsOf, type CpuProfile } from './profile.js';
import { draw } from './svg.js';

const MIB = 512;
const MOST_MIB = 65_536;
const FILE = 'flame.svg';

export const USAGE = 'npm run bench -- flame [PROFILE.cpuprofile...] [-o FILE] [--title TEXT] [--mib N]';

const OPTIONS = {
  output: { type: 'string', short: 'o' }, title: { type: 'string' }, mib: { type: 'string' }, help: { type: 'boolean', short: 'h' },
} as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help === true) return void process.stdout.write(`Usage: ${USAGE}\n`);
  const mib = wholeNumber('mib', values.mib, MOST_MIB) ?? MIB;
  const profiles = positionals.length > 0 ? positionals.map(load) : (await profileDownload(mib)).map(parseProfile);
  const title = values.title ?? (positionals.length > 0 ? 'CPU by part' : `CPU by part: download of ${mib} MiB on loopback`);
  const file = values.output ?? FILE;
  writeFileSync(file, draw({ title, threads: threadsOf(profiles) }));
  process.stdout.write(`${file}\n`);
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (e) {
    throw new Misuse(`flame: ${e instanceof Error ? e.message.split('. ')[0]! : String(e)}; usage: ${USAGE}`);
  }
}

function load(file: string): CpuProfile {
  try {
    return parseProfile(readFileSync(file, 'utf8'));
  } catch (e) {
    throw new Misuse(`${file}: ${e instanceof Error ? e.message : String(e)}`);
  }
}
