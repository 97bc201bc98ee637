/**
 * The built-in scenarios, in the form that a file of the user's has: `actorrent simulate scenarios --json` prints them,
 * to begin one's own with. Sized so that each runs in seconds. Who names no policy has that of the run.
 */
import { describe, flaw, ok, type Result } from '../../base/result.js';
import { parseScenario } from './parse.js';
import type { Scenario } from './scenario.js';

const SEED = { name: 'seed', has: 1, up: '400K', down: '1M' };
const HOME = { up: '50K', down: '400K' };
const UPLINKS = [['slow', '20K'], ['mid', '50K'], ['fast', '200K']];
/** Limited a little below the link, as by users who know their line: without a limit there is nothing for shares to divide. */
const LIMITED = { down: '1M', limitsUpTo: 0.95 };
const classes = (more: object) => UPLINKS.map(([name, up]) => ({ name, count: 8, up, ...LIMITED, ...more }));

export const BUILT_IN: readonly { readonly name: string; readonly summary: string; readonly [key: string]: unknown }[] = [
  {
    name: 'flash-crowd', summary: 'twenty-four alike come at once to one good seed', size: '16Mi', pieceLength: '128Ki',
    peers: [SEED, { name: 'leecher', count: 24, ...HOME }],
  },
  {
    name: 'poisson', summary: 'one comes every five seconds or so, and leaves a while after completion', size: '8Mi', pieceLength: '64Ki',
    peers: [SEED, { name: 'leecher', count: 40, ...HOME, arrives: { every: 5 }, leaves: { about: 30 } }],
  },
  {
    name: 'classes', summary: 'slow, middling and fast uplinks, alike downlinks, and a strong seed with tit-for-tat',
    size: '16Mi', pieceLength: '128Ki', lasts: 1200,
    peers: [
      { ...SEED, up: '1M', policy: 'tit-for-tat' },
      ...classes({}),
    ],
  },
  {
    name: 'seed-leaves', summary: 'the only seed leaves once about one copy and a half is out', size: '16Mi', pieceLength: '128Ki',
    peers: [{ ...SEED, leaves: 65 }, { name: 'leecher', count: 24, ...HOME }],
  },
  {
    name: 'free-riders', summary: 'one in five gives nothing', size: '16Mi', pieceLength: '128Ki',
    peers: [
      { ...SEED, up: '100K' },
      { name: 'giver', count: 20, ...HOME },
      { name: 'rider', count: 5, ...HOME, policy: 'freerider' },
    ],
  },
  {
    name: 'mixed', summary: 'four policies of the field in one swarm', size: '16Mi', pieceLength: '128Ki',
    peers: [
      { ...SEED, policy: 'tit-for-tat' },
      { name: 'mainline', count: 6, ...HOME, policy: 'mainline-4' },
      { name: 'libtorrent', count: 6, ...HOME, policy: 'libtorrent-fixed' },
      { name: 'transmission', count: 6, ...HOME, policy: 'transmission' },
      { name: 'ours', count: 6, ...HOME },
    ],
  },
  {
    name: 'churn', summary: 'peers come, break off and give up; a third cannot be dialled', size: '8Mi', pieceLength: '64Ki',
    connectionsBreakAfter: 120, slowStart: true,
    peers: [
      SEED,
      { name: 'open', count: 24, ...HOME, arrives: { every: 5 }, leaves: { about: 20 }, givesUpAfter: 600 },
      { name: 'hidden', count: 12, ...HOME, arrives: { every: 10 }, leaves: { about: 20 }, givesUpAfter: 600, behindNat: true },
    ],
  },
  {
    name: 'newcomer', summary: 'one with the policy of the run among many with tit-for-tat', size: '16Mi', pieceLength: '128Ki',
    peers: [
      { ...SEED, up: '1M', policy: 'tit-for-tat' },
      ...classes({ policy: 'tit-for-tat' }),
      { name: 'newcomer', up: '100K', ...LIMITED },
    ],
  },
];

export function findScenario(name: string): Result<Scenario> {
  const found = BUILT_IN.find((s) => s.name === name);
  if (!found) return flaw('scenario', `one of ${BUILT_IN.map((s) => s.name).join(', ')}, or a file`, JSON.stringify(name.slice(0, 80)));
  const parsed = parseScenario(found);
  if (!parsed.ok) throw new Error(`built-in scenario ${name}: ${describe(parsed.error)}`);
  return ok(parsed.value);
}
