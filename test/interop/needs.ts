/**
 * What a test needs of the machine, and what to say where it is missing. `ACTORRENT_INTEROP=required` turns every skip
 * into a failure: a CI that quietly skips proves nothing.
 */
import { spawnSync } from 'node:child_process';
import { PYTHON } from './paths.js';
import { whyNoNetwork } from './netns.js';

export type Need = 'libtorrent' | 'transmission' | 'opentracker';

export const required = process.env.ACTORRENT_INTEROP === 'required';

const runs = (argv: readonly [string, ...string[]]): boolean => {
  const { error, status } = spawnSync(argv[0], argv.slice(1), { stdio: 'ignore', timeout: 20_000 });
  return !error && status === 0;
};
const onPath = (program: string): boolean => runs(['sh', '-c', `command -v ${program}`]);

const programs: Readonly<Record<Need, () => string | undefined>> = {
  libtorrent: () => runs([PYTHON, '-c', 'import libtorrent'])
    ? undefined : 'libtorrent for Python is not installed (apt-get install python3-libtorrent)',
  transmission: () => onPath('transmission-daemon')
    ? undefined : 'transmission-daemon is not installed (apt-get install transmission-daemon)',
  opentracker: () => onPath('opentracker')
    ? undefined : 'opentracker is not installed (apt-get install opentracker)',
};

function machine(): string | undefined {
  if (process.platform !== 'linux') return `network namespaces are Linux's own; this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'network namespaces need root (run as root)';
  if (!onPath('ip')) return 'ip is not installed (apt-get install iproute2)';
  if (!onPath('setpriv')) return 'setpriv is not installed (apt-get install util-linux)';
  const why = whyNoNetwork();
  return why === undefined ? undefined : `no network namespaces here (${why})`;
}

const known = new Map<Need | 'machine', string | undefined>();
function ask(need: Need | 'machine'): string | undefined {
  if (!known.has(need)) known.set(need, need === 'machine' ? machine() : programs[need]());
  return known.get(need);
}

/** The first thing missing, as a sentence; undefined when all is there. Each is looked for once a process. */
export const missing = (needs: readonly Need[]): string | undefined =>
  ask('machine') ?? needs.map(ask).find((why) => why !== undefined);
